using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>A snapshot by a command of the user's, put back by another one of his, and replayed on.</summary>
[Collection(ServersCollection.Name)]
public sealed class HookTests(ServersFixture servers)
{
    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 10.11")]
    public async Task WhatTheCommandsCarryIsReplayedOn(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO t VALUES (1, 'in the snapshot');", database);

        // On the capturing host the command sees to its password itself; it must not show in what is kept.
        using var folder = new TempFolder("hook");
        var (take, put) = kind.IsPostgres
            ? ($"PGPASSWORD={TestServer.Password} pg_dump -h $REPLAY_HOST -p $REPLAY_PORT -U $REPLAY_USER --create -f $REPLAY_SNAPSHOT_FOLDER/all.sql $REPLAY_DATABASE",
                "psql -q -v ON_ERROR_STOP=1 -h $REPLAY_HOST -p $REPLAY_PORT -U $REPLAY_USER -d $REPLAY_DATABASE -f $REPLAY_SNAPSHOT_FOLDER/all.sql")
            : ($"MYSQL_PWD={TestServer.Password} mariadb-dump -h $REPLAY_HOST -P $REPLAY_PORT -u $REPLAY_USER --databases $REPLAY_DATABASE >$REPLAY_SNAPSHOT_FOLDER/all.sql",
                "mariadb -h $REPLAY_HOST -P $REPLAY_PORT -u $REPLAY_USER <$REPLAY_SNAPSHOT_FOLDER/all.sql");
        var url = Url(source, database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", $"hook:echo cut begins; {take} && echo cut ends", "--snapshot-url", url))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            await source.SqlAsync("INSERT INTO t VALUES (2, 'replayed')", database);
            await capture.StopAsync();
        }

        var manifest = await File.ReadAllTextAsync(folder.File("w.workload/manifest.json"));
        Assert.Contains("\"echo\"", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain(TestServer.Password, manifest, StringComparison.Ordinal);
        Assert.Equal(!kind.IsPostgres, manifest.Contains("\"autoIncrement\": {", StringComparison.Ordinal));

        var target = await servers.GetTargetAsync(kind);
        var refused = (await ReplayRunner.TryAsync(kind, "restore", folder.File("w.workload"), "--target", Url(target))).Expect(2);
        Assert.Contains("--hook", refused.Error, StringComparison.Ordinal);
        await ReplayRunner.RunAsync(kind, "restore", folder.File("w.workload"), "--target", Url(target), "--hook", put);
        Assert.Equal("in the snapshot", await target.SqlAsync("SELECT v FROM t", database));
        await ReplayRunner.RunAsync(kind, "run", folder.File("w.workload"), "--target", Url(target), "--out", folder.File("r.run"), "--speed", "max");
        Assert.Equal("replayed", await target.SqlAsync("SELECT v FROM t WHERE id = 2", database));
    }

    private static string Url(TestServer server, string? database = null) => server.Kind.IsPostgres ? server.Url(database ?? "postgres") : server.Url(database) + "?sslmode=disable";
}
