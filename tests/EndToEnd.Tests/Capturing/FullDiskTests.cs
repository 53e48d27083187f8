using System.Globalization;
using System.Text.Json.Nodes;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>A disk that is full, of each program: status 2, one line, and nothing lost of what was there.</summary>
[Collection(CapturesCollection.Name)]
public sealed class FullDiskTests(ServersFixture servers) : IDisposable
{
    private const string NoSpace = "o space left";

    private readonly TempFolder _folder = new("full");

    private string Disk => _folder.File("disk");

    public void Dispose() => _folder.Dispose();

    [SmallDiskFact]
    public async Task ACaptureKeepsWhatWasWritten()
    {
        // Texts that do not compress, several times what the disk holds.
        var pcap = await PcapAsync(60_000, NoiseOf(new Random(9)));
        var result = await SmallDisk.RunAsync(Disk, "3m",
            $"{ProjectPrograms.Capture} pcap {pcap} --server postgres:5432 --out {Disk}/w.workload --quiet",
            "echo status $?",
            $"echo kept $({ProjectPrograms.Capture} show {Disk}/w.workload --format ndjson | grep -c '\"exchange\"')");
        AssertOneLine(result);
        Assert.True(int.Parse(After(result, "kept "), CultureInfo.InvariantCulture) > 1000);
    }

    [SmallDiskFact]
    public async Task ARunWithoutRoomForItsOutcomesDoesNotBegin()
    {
        var (workload, url) = await WorkloadAsync(20_000, i => $"SELECT {i}");
        var result = await SmallDisk.RunAsync(Disk, "256k",
            $"echo mine >{Disk}/mine",
            $"{ProjectPrograms.Replay} run {workload} --target '{url}' --out {Disk}/a.run --speed max --force source --quiet",
            "echo status $?",
            $"echo kept $(cat {Disk}/mine)");
        AssertOneLine(result);
        Assert.Contains("--force disk", result.Error, StringComparison.Ordinal);
        Assert.Equal("mine", After(result, "kept "));
    }

    [SmallDiskFact]
    public async Task ARunWhoseDiskFillsUpIsReadableAsFarAsItCame()
    {
        // The outcomes have their room from the start; the errors' texts have not.
        var noise = NoiseOf(new Random(10));
        var (workload, url) = await WorkloadAsync(20_000, i => $"SELECT '{noise(i)}'::int");
        var result = await SmallDisk.RunAsync(Disk, "1100k",
            $"{ProjectPrograms.Replay} run {workload} --target '{url}' --out {Disk}/a.run --speed max --force source --quiet >/dev/null",
            "echo status $?",
            $"echo kept $({ProjectPrograms.Replay} show {Disk}/a.run --format ndjson | grep -c '\"replayed\"')");
        AssertOneLine(result);
        Assert.True(int.Parse(After(result, "kept "), CultureInfo.InvariantCulture) > 1000, result.Output);
    }

    [SmallDiskFact]
    public async Task ACopyThatDoesNotFitLeavesTheSnapshot()
    {
        var workload = await PhysicalSnapshotAsync();
        var result = await SmallDisk.RunAsync(Disk, "256k",
            $"{ProjectPrograms.Replay} restore {workload} --data-directory {Disk}/data --quiet",
            "echo status $?",
            $"echo kept $(wc -c <{workload}/snapshot/base/large)");
        AssertOneLine(result);
        Assert.Equal($"{1 << 20}", After(result, "kept "));
    }

    [SmallDiskFact]
    public async Task AReportThatDoesNotFitLeavesTheOldOne()
    {
        var (workload, url) = await WorkloadAsync(200, i => $"SELECT {i} AS c{i % 40}");
        foreach (var run in (string[])["a.run", "b.run"])
        {
            (await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["run", workload, "--target", url, "--out", _folder.File(run), "--speed", "max", "--force", "source", "--quiet"])).Expect();
        }

        var result = await SmallDisk.RunAsync(Disk, "12k",
            $"echo yesterday >{Disk}/report.html",
            $"{ProjectPrograms.Compare} {_folder.File("a.run")} --against {_folder.File("b.run")} --html {Disk}/report.html >/dev/null",
            "echo status $?",
            $"echo kept $(cat {Disk}/report.html)",
            $"echo files $(ls {Disk})");
        AssertOneLine(result);
        Assert.Equal("yesterday", After(result, "kept "));
        Assert.Equal("report.html", After(result, "files "));
    }

    private static void AssertOneLine(ProcessResult result)
    {
        Assert.True(After(result, "status ") == "2", result.Output + result.Error);
        // What was forced is said besides.
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.Contains(NoSpace, Assert.Single(lines), StringComparison.Ordinal);
    }

    private static string After(ProcessResult result, string word) =>
        result.Output.Split('\n').FirstOrDefault(line => line.StartsWith(word, StringComparison.Ordinal))?[word.Length..].Trim() ?? throw new InvalidOperationException($"no line '{word}' in\n{result.Output}\n{result.Error}");

    private static Func<int, string> NoiseOf(Random random)
    {
        var noise = new byte[100];
        return _ =>
        {
            random.NextBytes(noise);
            return Convert.ToHexString(noise);
        };
    }

    private async Task<string> PcapAsync(int queries, Func<int, string> text)
    {
        var file = _folder.File("traffic.pcap");
        await File.WriteAllBytesAsync(file, PcapWriter.ToBytes(SmallCaptures.Postgres(queries, i => text(i).StartsWith("SELECT", StringComparison.Ordinal) ? text(i) : $"SELECT '{text(i)}'")));
        return file;
    }

    private async Task<(string Workload, string Url)> WorkloadAsync(int queries, Func<int, string> sql)
    {
        var server = await servers.GetAsync(ServerKind.Postgres18);
        // The captures' own; other tests' shared server may have it.
        await server.SqlAsync("DROP DATABASE IF EXISTS app");
        await server.SqlAsync("CREATE DATABASE app");
        var workload = _folder.File("w.workload");
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["pcap", await PcapAsync(queries, sql), "--server", "postgres:5432", "--out", workload, "--quiet"])).Expect();
        return (workload, server.Url());
    }

    // By hand: what matters is that its files do not fit.
    private async Task<string> PhysicalSnapshotAsync()
    {
        var workload = _folder.File("p.workload");
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["pcap", await PcapAsync(5, i => $"SELECT {i}"), "--server", "postgres:5432", "--out", workload, "--quiet"])).Expect();
        var from = Path.Combine(workload, "snapshot", "base");
        Directory.CreateDirectory(from);
        await File.WriteAllBytesAsync(Path.Combine(from, "large"), new byte[1 << 20]);
        await File.WriteAllTextAsync(Path.Combine(from, "PG_VERSION"), "18\n");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(workload, "manifest.json")))!;
        manifest["snapshot"] = JsonNode.Parse("""{"tool": "pg_basebackup", "engine": "PostgreSql", "serverVersion": "18.1", "databases": [{"name": "shop", "file": "base"}]}""");
        await File.WriteAllTextAsync(Path.Combine(workload, "manifest.json"), manifest.ToJsonString());
        return workload;
    }
}
