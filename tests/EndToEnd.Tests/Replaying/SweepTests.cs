using System.Text;
using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>One session whose schedule has slack at the recorded rate and none at all at fifty times that; and the same at full speed with more and more in flight.</summary>
[Collection(KnobsCollection.Name)]
public sealed class SweepTests(ServersFixture servers)
{
    private const int Rounds = 10;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task StepsAreMeasuredOnFreshData(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("sweep");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 0)", database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database) + (kind.IsPostgres ? "" : "?sslmode=disable")))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            var sql = new StringBuilder();
            for (var i = 0; i < Rounds; i++)
            {
                sql.Append($"UPDATE t SET v = v + 1; SELECT {(kind.IsPostgres ? "pg_sleep" : "SLEEP")}(0.05);\n\\! sleep 0.08\n");
            }

            await source.SqlAsync(sql.ToString(), database);
            await capture.StopAsync();
        }

        // What the snapshot has put back is where the counter begins: after the last step it has been raised by one run's updates alone. Both sides are one server.
        await using var target = await TestServer.StartAsync(kind);
        var url = target.Url(database);
        var rates = await ReplayRunner.TryAsync(
            kind, "sweep", folder.File("w.workload"), "--target", url, "--against", url, "--rates", "1,50", "--objective", "p99<5s,errors<1%", "--no-prewarm", "--out", folder.File("rates"), "--play-again", "0");
        rates.Expect(0, 1, 3); // a busy host may not play the first step on time
        Assert.Equal($"{Rounds}", await target.SqlAsync("SELECT v FROM t", database));
        using (var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("rates/sweep.json"))))
        {
            var sides = json.RootElement.GetProperty("servers").EnumerateArray().ToList();
            Assert.Equal(["baseline", "candidate"], sides.Select(static s => s.GetProperty("name").GetString()));
            foreach (var steps in sides.Select(static s => s.GetProperty("steps").EnumerateArray().ToList()))
            {
                Assert.Equal(["1", "50"], steps.Select(static s => s.GetProperty("step").GetString()));
                Assert.False(steps[1].GetProperty("kept_up").GetBoolean());
                Assert.NotEqual(true, Boolean(steps[1].GetProperty("met")));
                Assert.All(steps, static s => Assert.Equal((0, 0), (s.GetProperty("errors").GetProperty("new").GetInt32(), s.GetProperty("errors").GetProperty("failed").GetInt32())));
                Assert.True(steps[1].GetProperty("per_second").GetDouble() > 1.5 * steps[0].GetProperty("per_second").GetDouble(), json.RootElement.ToString());
                Assert.True(steps[0].GetProperty("latency_us").GetProperty("p99").GetDouble() >= 49_000);
                Assert.True(steps[1].GetProperty("from_due_us").GetProperty("p99").GetDouble() > 3 * steps[1].GetProperty("latency_us").GetProperty("p99").GetDouble(), json.RootElement.ToString());
                var (fit, keptUp) = (steps[0].GetProperty("fit").GetBoolean(), steps[0].GetProperty("kept_up").GetBoolean());
                Assert.Equal(fit ? keptUp : null, Boolean(steps[0].GetProperty("met")));
            }

            if (sides.TrueForAll(static s => Boolean(s.GetProperty("steps")[0].GetProperty("met")) == true))
            {
                rates.Expect(0);
            }
        }

        var lines = rates.Output.Split('\n').Where(static l => l.StartsWith("50 ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, static l => Assert.True(l.EndsWith("| not kept up", StringComparison.Ordinal) || l.EndsWith("| unfit", StringComparison.Ordinal), l));

        // On data as they were left, by the run's own options.
        var concurrency = await ReplayRunner.RunAsync(
            kind, "sweep", folder.File("w.workload"), "--target", url, "--concurrency", "1,2", "--no-restore", "--out", folder.File("concurrency"), "--format", "json", "--", "--writes", "skip", "--order", "session");
        using (var json = JsonDocument.Parse(concurrency.Output))
        {
            Assert.Equal(2, json.RootElement.GetProperty("servers")[0].GetProperty("steps").GetArrayLength());
        }

        foreach (var step in (string[])["1", "2"])
        {
            using var run = RunReader.Open(folder.File($"concurrency/A-{step}.run"));
            Assert.Equal((step, "max", "session", "skip"), ($"{run.Manifest.Knobs!.Concurrency}", run.Manifest.Speed, run.Manifest.Order, run.Manifest.Knobs.Writes));
        }

        Assert.Equal($"{Rounds}", await target.SqlAsync("SELECT v FROM t", database));
        Assert.Contains("--speed", (await ReplayRunner.TryAsync(kind, "sweep", folder.File("w.workload"), "--target", url, "--rates", "1", "--out", folder.File("wrong"), "--", "--speed", "2")).Expect(2).Error, StringComparison.Ordinal);
    }

    private static bool? Boolean(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetBoolean();
}
