using System.Text;
using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>Two servers up at once, one pair of runs: slices of three seconds of traffic in turn.</summary>
public sealed class InterleavedTests
{
    private const int Rounds = 60;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18", 0)]
    [InlineData("mariadb 11.8", 2)]
    public async Task TwoServersArePlayedInTurn(string version, int clones)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("interleaved");
        await using (var source = await TestServer.StartAsync(kind))
        {
            await source.SqlAsync("CREATE DATABASE shop");
            await source.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)", "shop");
            await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url("shop") + (kind.IsPostgres ? "" : "?sslmode=disable"));
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            var sql = new StringBuilder();
            for (var i = 0; i < Rounds; i++)
            {
                sql.Append($"UPDATE t SET v = v + 1 WHERE id = {1 + (i % 3)}; SELECT v FROM t WHERE id = {1 + (i % 3)}; SELECT {(kind.IsPostgres ? "pg_sleep" : "SLEEP")}(0.05);\n");
            }

            await source.SqlAsync(sql.ToString(), "shop");
            await capture.StopAsync();
        }

        await using TestServer old = await TestServer.StartAsync(kind), candidate = await TestServer.StartAsync(kind);
        await File.WriteAllTextAsync(folder.File("plan.yaml"), $$"""
            workload: w.workload
            out: out
            design: interleaved
            slice: 1s
            order: BA
            play_again: 0
            confirm: false
            prewarm: false
            clones: {{clones}}
            tools: ["{{Path.GetDirectoryName(ProjectPrograms.Compare)}}"]
            baseline: { url: "{{old.Url("shop")}}" }
            candidate: { url: "{{candidate.Url("shop")}}" }

            """);
        (await ReplayRunner.TryAsync(kind, "upgrade", folder.File("plan.yaml"))).Expect(0, 1, 3); // of so little nothing can be said
        using var a = RunReader.Open(folder.File("out/A1.run"));
        using var b = RunReader.Open(folder.File("out/B1.run"));
        Assert.Equal((0, a.Manifest.Replayed), (a.Manifest.FailedByReason.Count, b.Manifest.Replayed));
        Assert.True(a.Manifest.Replayed >= 3 * Rounds, $"{a.Manifest.Replayed} replayed");
        Assert.Equal((a.Manifest.StartedAtMicroseconds, a.Manifest.Slices! with { GoesFirst = true }), (b.Manifest.StartedAtMicroseconds, b.Manifest.Slices));
        Assert.False(a.Manifest.Slices.GoesFirst);

        // B A, A B, B A ...: each has its own turns. The first slices may be empty: what the capture holds begins with the snapshot.
        long[] ofA = await TurnsAsync(kind, a), ofB = await TurnsAsync(kind, b);
        Assert.True(ofA.Length >= 3 && ofB.Length >= 3, $"turns {string.Join(' ', ofA)} and {string.Join(' ', ofB)}");
        Assert.All(ofB, turn => Assert.True(turn % 4 is 0 or 3, $"turn {turn}"));
        Assert.All(ofA, turn => Assert.True(turn % 4 is 1 or 2, $"turn {turn}"));
        Assert.Equal(await StateAsync(old), await StateAsync(candidate));

        Assert.All(new[] { a, b }, run => Assert.True((run.Manifest.Knobs?.ClonedReplayed ?? 0) >= clones * 2 * Rounds, $"{run.Manifest.Knobs?.ClonedReplayed} by clones"));
        Assert.All(new[] { a, b }, run => Assert.Equal(0, run.Manifest.Knobs?.ClonedNewErrors ?? 0));
        using var comparison = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("out/comparison.json")));
        Assert.Equal(("interleaved", 1.0), (comparison.RootElement.GetProperty("design").GetString(), comparison.RootElement.GetProperty("slice_seconds").GetDouble()));
        Assert.Equal(0, comparison.RootElement.GetProperty("errors").GetArrayLength());
    }

    private static Task<string> StateAsync(TestServer server) => server.SqlAsync("SELECT * FROM t ORDER BY id", "shop");

    // The turns in which something was due.
    private static async Task<long[]> TurnsAsync(ServerKind kind, RunReader run)
    {
        var shown = await ReplayRunner.RunAsync(kind, "show", run.Folder, "--format", "ndjson");
        var turns = new SortedSet<long>();
        foreach (var line in shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("due_at", out var due) && due.ValueKind == JsonValueKind.String && json.RootElement.GetProperty("status").GetString() == "replayed")
            {
                var since = (long)(due.GetDateTimeOffset() - DateTimeOffset.UnixEpoch).TotalMicroseconds - run.Manifest.StartedAtMicroseconds;
                turns.Add(since / (run.Manifest.Slices!.LengthMicroseconds + run.Manifest.Slices.PauseMicroseconds));
            }
        }

        return [.. turns];
    }
}
