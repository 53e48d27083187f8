using System.Runtime.InteropServices;
using System.Text;
using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Files;

/// <summary>Opening: what is a capture, what is not, and several at once.</summary>
public sealed partial class PcapFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pcap-file-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("abc", "is not a capture file")]
    [InlineData("a text file with some words in it", "is not a capture file")]
    [InlineData("\u001f\u008b\u0008\u0000zipped", "is compressed")]
    public void WhatIsNoCaptureIsRefusedInOneLine(string content, string message)
    {
        string path = Write("x", Encoding.Latin1.GetBytes(content));
        var error = Assert.Throws<PcapFormatException>(() => PcapFile.Open(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void AHeaderCutOffIsRefused()
    {
        byte[] bytes = PcapWriter.ToBytes([]);
        for (int length = 4; length < bytes.Length; length++)
        {
            Assert.Throws<PcapFormatException>(() => PcapFile.Open(new MemoryStream(bytes, 0, length)));
        }
    }

    [Fact]
    public void AFileThatIsNotThereAndAFolderAreRefused()
    {
        Assert.Contains("cannot be read", Assert.Throws<PcapFormatException>(() => PcapFile.Open(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<PcapFormatException>(() => PcapFile.Open(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileIsReadAsAStreamIs()
    {
        var packets = Enumerable.Range(0, 2_000).Select(i => new TestPacket(i, new byte[i % 1_400 + 1])).ToList();
        using var source = PcapFile.Open(Write("x.pcap", PcapWriter.ToBytes(packets)));
        Reading.Equal(packets, Reading.All(source));
    }

    [Fact]
    public void SeveralFilesAreReadInTheOrderOfTheirFirstPackets()
    {
        string[] paths =
        [
            Write("c.pcap", PcapWriter.ToBytes([new(10, [1]), new(20, [2])])),
            Write("c.pcap10", PcapWriter.ToBytes([new(50, [5])])),
            Write("c.pcap2", new PcapNgWriter().Section().Interface().Enhanced(0, 30, new(30, [3])).Enhanced(0, 40, new(40, [4])).ToArray()),
            Write("c.pcap3", PcapWriter.ToBytes([])),
        ];
        using var source = PcapFile.Open(paths);
        Assert.Equal([10, 20, 30, 40, 50], Reading.All(source).Select(packet => packet.AtMicroseconds));
        Assert.Null(source.Problem);
    }

    [Fact]
    public void AFileCutOffAmongOthersIsReportedAndTheOthersAreRead()
    {
        byte[] whole = PcapWriter.ToBytes([new(10, [1]), new(20, [2, 3])]);
        string[] paths = [Write("a", whole[..^1]), Write("b", PcapWriter.ToBytes([new(30, [4])]))];
        using var source = PcapFile.Open(paths);
        Assert.Equal([10, 30], Reading.All(source).Select(packet => packet.AtMicroseconds));
        Assert.Contains(paths[0], source.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void OneThatIsNoCaptureAmongOthersIsRefusedBeforeAnythingIsRead()
    {
        string[] paths = [Write("a", PcapWriter.ToBytes([new(10, [1])])), Write("b", "text"u8.ToArray())];
        Assert.Contains(paths[1], Assert.Throws<PcapFormatException>(() => PcapFile.Open(paths)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APipeThatIsSilentLetsTheCallerDoItsChores()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        byte[] bytes = PcapWriter.ToBytes([new(10, [1]), new(20, [2, 3])]);
        string path = Path.Combine(_folder, "pipe");
        Assert.Equal(0, MakeFifo(path, 0x180));

        // Opened for both directions, as opening for one waits for the other.
        using var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        writer.Write(bytes, 0, 24 + 16 + 1 + 5);
        using var source = PcapFile.Open(path);
        Assert.True(source.TryNext(out var packet));
        Assert.Equal(10, packet.AtMicroseconds);
        Assert.False(source.TryNext(out _));
        Assert.False(source.IsEnded);
        Assert.False(source.IsLive);

        writer.Write(bytes, 24 + 16 + 1 + 5, bytes.Length - (24 + 16 + 1 + 5));
        Assert.True(source.TryNext(out packet));
        Assert.Equal(20, packet.AtMicroseconds);
        Assert.Null(source.Problem);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
