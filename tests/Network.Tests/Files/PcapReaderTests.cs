using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Files;

public sealed class PcapReaderTests
{
    private static readonly List<TestPacket> Packets = new TcpConversation().Open().Request("select 1"u8).Response(new byte[3_000]).Close().Packets;

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void EachKindIsRead(bool isBigEndian, bool isNanoseconds, bool isModified) =>
        Reading.Equal(Packets, Reading.All(PcapWriter.ToBytes(Packets, 1, isBigEndian, isNanoseconds, isModified)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void FromAPipeInAnyPieces(int step) => Reading.Equal(Packets, Reading.All(PcapWriter.ToBytes(Packets), step));

    [Fact]
    public void APacketOfAPipeIsDeliveredBeforeTheNextIsWritten()
    {
        byte[] bytes = PcapWriter.ToBytes(Packets);
        var pipe = new SlowStream(bytes, 24 + 16 + Packets[0].Frame.Length);
        using var source = PcapFile.Open(pipe);
        Assert.True(source.TryNext(out _));
        Assert.Equal(24 + 16 + Packets[0].Frame.Length, pipe.Delivered);
    }

    [Fact]
    public void CutOffAnywhereWhatIsWholeIsDeliveredAndTheRestReported()
    {
        byte[] bytes = PcapWriter.ToBytes(Packets);
        var ends = new List<int> { 24 };
        foreach (var packet in Packets)
        {
            ends.Add(ends[^1] + 16 + packet.Frame.Length);
        }

        for (int length = 24; length < bytes.Length; length++)
        {
            using var source = PcapFile.Open(new MemoryStream(bytes, 0, length), "x.pcap");
            Assert.Equal(ends.Count(end => end <= length) - 1, Reading.All(source).Count);
            Assert.Equal(!ends.Contains(length), source.Problem is not null);
            Assert.True(source.Problem?.Contains("x.pcap", StringComparison.Ordinal) ?? true);
        }
    }

    [Fact]
    public void CutOffPacketsKeepTheirLengthOnTheWire()
    {
        var cut = Packets.Select(packet => packet.Cut(60)).ToList();
        using var source = PcapFile.Open(new MemoryStream(PcapWriter.ToBytes(cut)));
        Reading.Equal(cut, Reading.All(source));
        Assert.Equal(Packets.Count(packet => packet.Frame.Length > 60), source.Counters.Truncated);
    }

    [Fact]
    public void PacketsLargerThanTheReadBufferAreRead()
    {
        var packets = new List<TestPacket> { new(1, new byte[300_000]), new(2, new byte[1_000_000]), new(3, [1, 2, 3]) };
        Reading.Equal(packets, Reading.All(PcapWriter.ToBytes(packets), 100_000));
    }

    [Fact]
    public void ManyPacketsCrossTheReadBufferAtAnyPlace()
    {
        var random = new Random(1);
        var packets = Enumerable.Range(0, 3_000).Select(i => new TestPacket(i, RandomBytes(random, random.Next(1, 1_500)))).ToList();
        Reading.Equal(packets, Reading.All(PcapWriter.ToBytes(packets)));
    }

    [Fact]
    public void AnImpossibleLengthEndsReadingWithAReport()
    {
        byte[] bytes = PcapWriter.ToBytes(Packets);
        int second = 24 + 16 + Packets[0].Frame.Length;
        bytes.AsSpan(second + 8, 4).Fill(0xFF);
        using var source = PcapFile.Open(new MemoryStream(bytes), "x.pcap");
        Assert.Single(Reading.All(source));
        Assert.Contains($"damaged at byte {second}", source.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void LengthsTheOtherWayRoundInOldFilesArePutRight()
    {
        var cut = Packets.Select(packet => packet.Cut(60)).ToList();
        byte[] bytes = PcapWriter.ToBytes(cut);
        bytes[6] = 3;
        int at = 24;
        foreach (var packet in cut)
        {
            var captured = bytes.AsSpan(at + 8, 4).ToArray();
            bytes.AsSpan(at + 12, 4).CopyTo(bytes.AsSpan(at + 8));
            captured.CopyTo(bytes, at + 12);
            at += 16 + packet.Frame.Length;
        }

        Reading.Equal(cut, Reading.All(bytes));
    }

    [Fact]
    public void AReadErrorIsReported()
    {
        using var source = PcapFile.Open(new SlowStream(PcapWriter.ToBytes(Packets), int.MaxValue, new IOException("disk on fire")), "x.pcap");
        Assert.Equal(Packets.Count, Reading.All(source).Count);
        Assert.Contains("disk on fire", source.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TheUpperBitsOfTheLinkTypeMeanSomethingElse()
    {
        using var source = PcapFile.Open(new MemoryStream(PcapWriter.ToBytes(Packets, 0x9000_0001)));
        Assert.Equal(LinkType.Ethernet, source.LinkType);
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
