using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>A host that does not let the replayer send on time: its first run is stopped for a tenth of a second five times a second.</summary>
[Collection(ComparisonsCollection.Name)]
public sealed class LateRunTests(ServersFixture servers)
{
    private const int Rounds = 50;

    [ServerFact(Live = true)]
    public async Task ARunThatWasLateByTheHostsFaultIsPlayedAgain()
    {
        var kind = ServerKind.Postgres18;
        using var folder = new TempFolder("late");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 0)", database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database)))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            await SendAsync(source, database);
            await capture.StopAsync();
        }

        // It starts no program once it is at work: a stop that lasts longer than it should would spoil the rate too, and such a run is not played again.
        await File.WriteAllTextAsync(folder.File("stop.sh"), $$"""
            mkfifo '{{folder.Path}}/never' && exec 3<>'{{folder.Path}}/never'
            until pid=$(pgrep -f '{{folder.Path}}/out/A1.run') || [ ! -d '{{folder.Path}}' ]; do read -r -t 0.05 -u 3; done
            while kill -STOP $pid; do
              read -r -t 0.1 -u 3
              kill -CONT $pid
              read -r -t 0.1 -u 3
            done

            """);
        await using TestServer old = await TestServer.StartAsync(kind), candidate = await TestServer.StartAsync(kind);
        await File.WriteAllTextAsync(folder.File("plan.yaml"), $$"""
            workload: w.workload
            out: out
            order: AB
            play_again: 1
            confirm: false
            prewarm: false
            tools: ["{{Path.GetDirectoryName(ProjectPrograms.Compare)}}"]
            baseline:
              url: "{{old.Url(database)}}"
              before_run:
                - "mkdir '{{folder.Path}}/stopped' 2>/dev/null && (bash '{{folder.Path}}/stop.sh' >/dev/null 2>&1 &) || true"
            candidate: { url: "{{candidate.Url(database)}}" }

            """);
        (await ReplayRunner.TryAsync(kind, "upgrade", folder.File("plan.yaml"))).Expect(0, 1, 3); // of so little nothing can be said
        Assert.True(Directory.Exists(folder.File("out/A1-late1.run")), Why(folder.File("out/A1.run")));
        using var late = RunReader.Open(folder.File("out/A1-late1.run"));
        Assert.Equal(["own_lag"], late.Manifest.Fitness.Gates);
        using var again = RunReader.Open(folder.File("out/A1.run"));
        Assert.Contains(again.Manifest.Warnings, warning => warning.StartsWith("played again, because the run before it (A1-late1.run) was unfit", StringComparison.Ordinal));
        Assert.Equal((late.Manifest.Captured, late.Manifest.Replayed), (again.Manifest.Captured, again.Manifest.Replayed));
        Assert.Contains("A1-late1.run", await File.ReadAllTextAsync(folder.File("out/report.html")), StringComparison.Ordinal);
        Assert.Equal($"{Rounds}", await old.SqlAsync("SELECT v FROM t", database));
    }

    private static string Why(string folder)
    {
        using var run = RunReader.Open(folder);
        return $"not played again: {string.Join("; ", run.Manifest.Fitness.Gates)}: {string.Join("; ", run.Manifest.Fitness.Reasons)}";
    }

    // A client that thinks: what it asks for is due while nothing of it is on the wire, so no response can be blamed.
    private static async Task SendAsync(TestServer server, string database)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username={TestServer.User};Password={TestServer.Password};Database={database};SSL Mode=Disable;Pooling=false");
        await connection.OpenAsync();
        for (var i = 0; i < Rounds; i++)
        {
            await using var command = new NpgsqlCommand("UPDATE t SET v = v + 1", connection);
            await command.ExecuteNonQueryAsync();
            await Task.Delay(30);
        }
    }
}
