using System.Globalization;
using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>Eight sessions on three connections of versions that hand them over in ways of their own, measured by the wire: answers are production's, and no exchange is taken for one that a hand-over sends.</summary>
[Collection(LoginsCollection.Name)]
public sealed class SharedVersionTests(ServersFixture servers)
{
    private const int Sessions = 8;
    private const int Connections = 3;
    private const int Rounds = 2;

    [ServerTheory(Live = true)]
    [InlineData("postgres 13")]
    [InlineData("mysql 9.7")]
    public async Task EightSessionsOnThreeConnectionsByTheWire(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("shared");
        var server = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO t VALUES (0, 0), (1, 0), (2, 0)", database);
        await using (var capture = await LiveCapture.StartAsync(server, folder.File("w.workload")))
        {
            await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => server.SqlAsync(Script(kind, i), database)));
            await capture.StopAsync();
        }

        await server.SqlAsync("UPDATE t SET n = 0", database);
        await using var log = await StatementLog.StartAsync(server, "n + 1");
        var run = folder.File("r.run");
        var result = await ReplayRunner.RunAsync(
            kind, "run", folder.File("w.workload"), "--target", $"{server.Url(database)}?sslmode=disable", "--out", run, "--force", "source,others", "--explain", "0", "--speed", "max",
            "--connections", Connections.ToString(CultureInfo.InvariantCulture), "--wire", "lo", "--tools", Path.GetDirectoryName(ProjectPrograms.Capture)!);
        Assert.Contains("measured by the wire", result.Output, StringComparison.Ordinal);
        Assert.Contains("against    the capture: 0 new errors, 0 errors gone, 0 other row counts, 0 other values", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not seen whole on the wire", result.Output + result.Error, StringComparison.Ordinal);
        var updates = await log.TakeAsync();
        Assert.Equal(Sessions * Rounds, updates.Count);
        Assert.InRange(updates.Select(static s => s.Session).Distinct().Count(), 1, Connections);
        Assert.Equal($"{Sessions * Rounds}", await server.SqlAsync("SELECT SUM(n) FROM t", database));
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "run.json")));
        var sharing = manifest.RootElement.GetProperty("knobs").GetProperty("sharing");
        Assert.InRange(sharing.GetProperty("most").GetInt32(), 1, Connections);
        Assert.True(sharing.GetProperty("handOvers").GetInt32() >= Sessions - Connections, sharing.ToString());
    }

    private static string Script(ServerKind kind, int i)
    {
        var (pause, given, asked) = kind.IsPostgres
            ? ("SELECT pg_sleep(0.1)", $"SET timezone TO '{(i % 2 == 0 ? "UTC" : "Asia/Tokyo")}'; SET my.who = 'w{i}'", "SELECT current_setting('timezone'), current_setting('my.who'), '2020-01-01 12:00+00'::timestamptz::text")
            : ("SELECT SLEEP(0.1)", $"SET time_zone = '+0{i}:00'; SET @who = 'w{i}'", "SELECT @@time_zone, @who, FROM_UNIXTIME(1000)");
        return $"{given};\n{string.Concat(Enumerable.Repeat($"{asked};\nBEGIN;\nUPDATE t SET n = n + 1 WHERE id = {i % 3};\nCOMMIT;\n{pause};\n", Rounds))}";
    }
}
