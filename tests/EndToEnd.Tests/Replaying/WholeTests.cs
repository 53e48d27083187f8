using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>An upgrade of a day in small: the peak as often as the plan says, and the whole once a side, in which a function fails that the peak has not. Both comparisons are kept in PostgreSQL.</summary>
[Collection(EnduranceCollection.Name)]
public sealed class WholeTests(ServersFixture servers)
{
    private const int Rounds = 60;

    [ServerFact(Live = true)]
    public async Task ThePeakIsReplicatedAndWhatIsOutsideOfItIsPlayedToo()
    {
        var kind = ServerKind.Postgres18;
        using var folder = new TempFolder("whole");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 0); CREATE FUNCTION nightly(x INT) RETURNS INT LANGUAGE sql AS 'SELECT x + 1'", database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database)))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            await SendAsync(source, database);
            await capture.StopAsync();
        }

        await using TestServer old = await TestServer.StartAsync(kind), candidate = await TestServer.StartAsync(kind);
        await File.WriteAllTextAsync(folder.File("fault.sql"), "DROP FUNCTION nightly(INT);");
        await File.WriteAllTextAsync(folder.File("plan.yaml"), $$"""
            workload: w.workload
            out: out
            order: AB
            whole: true
            peak: 1s
            play_again: 0
            confirm: false
            clones: 1
            store: "{{source.Url(database)}}"
            prewarm: false
            tools: ["{{Path.GetDirectoryName(ProjectPrograms.Compare)}}"]
            baseline: { url: "{{old.Url(database)}}" }
            candidate:
              url: "{{candidate.Url(database)}}"
              after_restore: [ fault.sql ]

            """);
        var upgrade = (await ReplayRunner.TryAsync(kind, "upgrade", folder.File("plan.yaml"))).Expect(1);
        Assert.Contains($"the whole workload, once a side: fail ({folder.File("out/whole/report.html")})", upgrade.Output, StringComparison.Ordinal);
        Assert.Contains("42883", await File.ReadAllTextAsync(folder.File("out/whole/report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain("42883", await File.ReadAllTextAsync(folder.File("out/report.html")), StringComparison.Ordinal);
        using RunReader peak = RunReader.Open(folder.File("out/B1.run")), whole = RunReader.Open(folder.File("out/whole/B1.run"));
        Assert.InRange(peak.Manifest.Replayed, 10, whole.Manifest.Replayed - 1);
        Assert.Equal(whole.Manifest.Captured, whole.Manifest.Replayed + whole.Manifest.SkippedByReason.Values.Sum());
        Assert.Equal(1, whole.Manifest.Knobs?.Clones);
        Assert.Equal("2", await source.SqlAsync("SELECT count(*) FROM replay.comparisons", database));
        Assert.Equal($"{Rounds}", await candidate.SqlAsync("SELECT v FROM t", database));
    }

    // Most of it within a second, the rest alone behind a pause.
    private static async Task SendAsync(TestServer server, string database)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username={TestServer.User};Password={TestServer.Password};Database={database};SSL Mode=Disable;Pooling=false");
        await connection.OpenAsync();
        for (var i = 0; i < Rounds; i++)
        {
            await using var command = new NpgsqlCommand("UPDATE t SET v = v + 1", connection);
            await command.ExecuteNonQueryAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var late = new NpgsqlCommand("SELECT nightly(1)", connection);
        await late.ExecuteScalarAsync();
    }
}
