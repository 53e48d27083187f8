using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>What cannot be done ends with status 2 and one line that says what and how to mend it; nothing is lost of what was there.</summary>
public sealed partial class BadInputTests : IDisposable
{
    private const int CannotBeDone = 2;
    private const int Queries = 20;

    private readonly TempFolder _folder = new("bad");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheSmallCaptureIsGood()
    {
        var workload = await ShownWorkload.OfWorkloadAsync(await CaptureAsync());
        Assert.Equal(Queries, workload.Statements.Count());
        Assert.Equal(Queries / SmallCaptures.FailsEvery, workload.Statements.Count(s => s.ErrorCode == "22012"));
    }

    [Fact]
    public async Task ATruncatedPcapKeepsWhatCameBefore()
    {
        var file = Pcap();
        var cut = _folder.File("cut.pcap");
        File.WriteAllBytes(cut, File.ReadAllBytes(file)[..^30]);
        await FailsAsync(ProjectPrograms.Capture, "pcap", cut, "--server", "postgres:5432", "--out", _folder.File("cut.workload"), "--quiet");
        // The packets at the end close the connection.
        Assert.Equal(Queries, (await ShownWorkload.OfWorkloadAsync(_folder.File("cut.workload"))).Statements.Count());
    }

    [Fact]
    public async Task ATextFileIsNoCapture()
    {
        var file = _folder.File("notes.txt");
        await File.WriteAllTextAsync(file, "to whom it may concern\n");
        await FailsAsync(ProjectPrograms.Capture, "pcap", file, "--server", "postgres:5432", "--out", _folder.File("w.workload"), "--quiet");
    }

    [Fact]
    public Task AMissingFileIsNamed() =>
        FailsAsync(ProjectPrograms.Capture, "pcap", _folder.File("nowhere.pcap"), "--server", "postgres:5432", "--out", _folder.File("w.workload"), "--quiet");

    [Theory]
    [InlineData("postgres")]
    [InlineData("oracle:1521")]
    [InlineData("postgres:99999")]
    [InlineData("mysql:10.0.0.300:3306")]
    public Task AServerThatCannotBeIsRefused(string server) =>
        FailsAsync(ProjectPrograms.Capture, "pcap", Pcap(), "--server", server, "--out", _folder.File("w.workload"), "--quiet");

    [Fact]
    public Task AnUnknownOptionIsUsage() => FailsAsync(ProjectPrograms.Capture, "pcap", Pcap(), "--no-such-option", "--out", _folder.File("w.workload"));

    [Fact]
    public Task AnInterfaceThatIsNotThereIsNamed() =>
        FailsAsync(ProjectPrograms.Capture, "live", "--interface", "nosuch0", "--server", "postgres:5432", "--out", _folder.File("w.workload"), "--quiet");

    [Fact]
    public async Task AFolderThatHoldsSomethingIsNotOverwritten()
    {
        var workload = await CaptureAsync();
        await FailsAsync(ProjectPrograms.Capture, "pcap", Pcap(), "--server", "postgres:5432", "--out", workload, "--quiet");
        Assert.Equal(Queries, (await ShownWorkload.OfWorkloadAsync(workload)).Statements.Count());
    }

    [Fact]
    public async Task AWorkloadOfANewerFormatIsRefused()
    {
        var workload = await CaptureAsync();
        var manifest = Directory.EnumerateFiles(workload, "*.json").Single(f => FormatVersion().IsMatch(File.ReadAllText(f)));
        await File.WriteAllTextAsync(manifest, FormatVersion().Replace(await File.ReadAllTextAsync(manifest), "${key}999"));
        var line = await FailsAsync(ProjectPrograms.Capture, "info", workload);
        Assert.Contains("newer", line, StringComparison.Ordinal);
        await FailsAsync(ProjectPrograms.Replay, "run", workload, "--target", "postgres://app:secret@127.0.0.1:1/x", "--out", _folder.File("r.run"), "--quiet");
    }

    [Theory]
    [InlineData("info")]
    [InlineData("show")]
    public async Task AFolderThatIsNoWorkloadIsNamed(string verb)
    {
        Directory.CreateDirectory(_folder.File("empty"));
        await FailsAsync(ProjectPrograms.Capture, verb, _folder.File("empty"));
        await FailsAsync(ProjectPrograms.Capture, verb, _folder.File("nowhere.workload"));
    }

    [Fact]
    public async Task AServerThatIsDownIsNamed()
    {
        var line = await FailsAsync(ProjectPrograms.Replay, "run", await CaptureAsync(), "--target", "postgres://app:topsecret@127.0.0.1:1/x", "--out", _folder.File("r.run"), "--quiet");
        Assert.DoesNotContain("topsecret", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres:/app@x")]
    [InlineData("oracle://app:secret@127.0.0.1/x")]
    public async Task AUrlThatCannotBeIsRefused(string url) =>
        await FailsAsync(ProjectPrograms.Replay, "run", await CaptureAsync(), "--target", url, "--out", _folder.File("r.run"), "--quiet");

    [Fact]
    public async Task RunsThatAreNotThereAreNamed() => await FailsAsync(ProjectPrograms.Compare, _folder.File("a.run"), "--against", _folder.File("b.run"));

    private string Pcap()
    {
        var file = _folder.File("small.pcap");
        File.WriteAllBytes(file, PcapWriter.ToBytes(SmallCaptures.Postgres(Queries)));
        return file;
    }

    private async Task<string> CaptureAsync()
    {
        var folder = _folder.File("good.workload");
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["pcap", Pcap(), "--server", "postgres:5432", "--out", folder, "--quiet"])).Expect();
        return folder;
    }

    /// <summary>Runs a program that must end with 2 and one line on standard error, which is returned.</summary>
    private static async Task<string> FailsAsync(string program, params string[] arguments)
    {
        var result = (await ProcessRunner.RunAsync(program, arguments)).Expect(CannotBeDone);
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, $"one line was wanted on standard error, not:\n{result.Error}");
        Assert.Equal("", result.Output);
        return lines[0];
    }

    [GeneratedRegex("(?<key>\"format_?version\"\\s*:\\s*)\\d+", RegexOptions.IgnoreCase)]
    private static partial Regex FormatVersion();
}
