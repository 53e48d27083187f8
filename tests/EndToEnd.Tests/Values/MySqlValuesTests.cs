using System.Globalization;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Values;

/// <summary>
/// Rows that the server fills in by itself come out on a restored copy as they did in production: ids that concurrent writers drew, clocks of defaults and of
/// NOW(); and what the server made by chance is found again by the requests that name it.
/// </summary>
[Collection(TrafficCollection.Name)]
public sealed class MySqlValuesTests(ServersFixture servers)
{
    private const int Writers = 8;
    private const int Rounds = 6;
    private const string User = "valued";

    // The wire has the moment of the request; the server looks at its clock a little later, on a busy machine when its turn has come. The replay is seconds later.
    private const double ClockToleranceSeconds = 0.5;

    private static readonly TimeSpan SnapshotWithin = TimeSpan.FromSeconds(60);

    private const string Schema = """
        CREATE TABLE parent (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) UNIQUE, made DATETIME DEFAULT CURRENT_TIMESTAMP, touched TIMESTAMP(6) NULL ON UPDATE CURRENT_TIMESTAMP(6));
        CREATE TABLE child (id INT PRIMARY KEY AUTO_INCREMENT, parent BIGINT, at DATETIME(6), CONSTRAINT belongs FOREIGN KEY (parent) REFERENCES parent (id));
        CREATE TABLE token (token CHAR(36) PRIMARY KEY, raw BINARY(16), used INT NOT NULL DEFAULT 0);
        CREATE TABLE chance (n INT PRIMARY KEY, v DOUBLE);
        """;

    private const string Ids = "SELECT id, name FROM parent ORDER BY id; SELECT c.id, p.name FROM child c LEFT JOIN parent p ON p.id = c.parent ORDER BY c.id; SELECT used, count(*) FROM token GROUP BY used ORDER BY used";
    private const string Clocks = "SELECT UNIX_TIMESTAMP(at) FROM child ORDER BY id; SELECT UNIX_TIMESTAMP(touched) FROM parent WHERE touched IS NOT NULL ORDER BY id";
    private const string Seconds = "SELECT made FROM parent ORDER BY id";

    [ServerTheory(Live = true)]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task RowsComeOutAsTheyDid(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(Schema + MySqlWireClient.CreateUser(User), database);
        using var folder = new TempFolder("values");
        await using var capture = await StartCaptureAsync(source, database, folder);
        await capture.WaitForAsync("snapshot: done", SnapshotWithin);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => source.SqlAsync(Writer(w), database)));
        await UseTokensAsync(source, database);
        await PrepareAsync(source, database);
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        var run = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"));

        Assert.Empty(await Divergences.OfAsync(capture.Folder, folder.File("r.run")));
        Assert.Equal(await source.SqlAsync(Ids, database), await target.SqlAsync(Ids, database));
        AssertClose(await source.SqlAsync(Clocks, database), await target.SqlAsync(Clocks, database));
        var (before, after) = ((await source.SqlAsync(Seconds, database)).Split('\n'), (await target.SqlAsync(Seconds, database)).Split('\n'));
        // A second may have ended between the wire and the server.
        Assert.InRange(before.Zip(after).Count(p => p.First != p.Second), 0, Writers);
        Assert.Contains("values     exact: set 437 clock, 244 id, 1 seeds; 2 of the server's own mapped, into 4 requests; 1 missed", run.Output, StringComparison.Ordinal);
        Assert.Contains("missed: 1 chance", run.Output, StringComparison.Ordinal);

        // Seeds are the same in every run, though not production's.
        var drawn = await target.SqlAsync("SELECT v FROM chance", database);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database), "--reset");
        await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("s.run"), "--speed", "max");
        Assert.Equal(drawn, await target.SqlAsync("SELECT v FROM chance", database));
        Assert.Equal(await source.SqlAsync(Ids, database), await target.SqlAsync(Ids, database));

        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database), "--reset");
        var asRecorded = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("t.run"), "--speed", "max", "--values", "as-recorded");
        Assert.Contains("values     as-recorded: set none; 0 of the server's own mapped, into 0 requests; 0 missed", asRecorded.Output, StringComparison.Ordinal);
        Assert.NotEmpty(await Divergences.OfAsync(capture.Folder, folder.File("t.run")));
    }

    /// <summary>Production's servers leave ids to each other, as Galera's and Group Replication's nodes do; the target is one server.</summary>
    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11")]
    [InlineData("mysql 9.7")]
    public async Task IdsOfOneInsertFollowEachOtherAsTheyDid(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(Schema, database);
        using var folder = new TempFolder("values");
        await source.SqlAsync("SET GLOBAL auto_increment_increment = 3, GLOBAL auto_increment_offset = 2");
        try
        {
            await using var capture = await StartCaptureAsync(source, database, folder);
            await capture.WaitForAsync("snapshot: done", SnapshotWithin);
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => source.SqlAsync(WriterOfSeveral(w), database)));
            // Not beside others: their ids would fall between its rows.
            await source.SqlAsync("INSERT INTO child (parent) SELECT id FROM parent", database);
            await capture.StopAsync();
        }
        finally
        {
            await source.SqlAsync("SET GLOBAL auto_increment_increment = 1, GLOBAL auto_increment_offset = 1");
        }

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", folder.File("w.workload"), "--target", target.Url(database));
        // It takes no privilege.
        await target.SqlAsync($"CREATE USER IF NOT EXISTS plain@'%' IDENTIFIED BY 'plain'; GRANT ALL ON {database}.* TO plain@'%'; GRANT SELECT ON replay_target.* TO plain@'%'");
        var run = await ReplayRunner.RunAsync(kind, "run", folder.File("w.workload"), "--target", target.Url(database, "plain", "plain"), "--out", folder.File("r.run"));

        Assert.Empty(await Divergences.OfAsync(folder.File("w.workload"), folder.File("r.run")));
        Assert.Equal(await source.SqlAsync(Ids, database), await target.SqlAsync(Ids, database));
        Assert.Contains("17 increment", run.Output, StringComparison.Ordinal);
        Assert.Contains("; 0 missed", run.Output, StringComparison.Ordinal);
    }

    private static Task<LiveCapture> StartCaptureAsync(TestServer source, string database, TempFolder folder) =>
        LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(source.Kind), "--snapshot-url", source.Url(database));

    // Children name their parents by the step, as drivers tell the ids of several rows. What the session sets for itself holds in the replay too.
    private static string WriterOfSeveral(int writer) => string.Concat(Enumerable.Range(0, Rounds).Select(round => $"""
        INSERT INTO parent (name) VALUES ('{writer}-{round}'), ('{writer}-{round} second'), ('{writer}-{round} third');
        INSERT INTO child (parent) VALUES (LAST_INSERT_ID()), (LAST_INSERT_ID() + 3), (LAST_INSERT_ID() + 6);
        INSERT INTO parent (name) VALUES ('{writer}-{round} one');
        INSERT IGNORE INTO parent (name) VALUES ('{writer}-{round} new'), ('{writer}-{round} new too');

        """)) + $"""
        SET SESSION auto_increment_increment = 10;
        INSERT INTO parent (name) VALUES ('{writer} own'), ('{writer} own second');
        INSERT INTO child (parent) VALUES (LAST_INSERT_ID()), (LAST_INSERT_ID() + 10);
        SET SESSION auto_increment_increment = DEFAULT;
        INSERT INTO parent (name) VALUES ('{writer} back'), ('{writer} back second');

        """;

    // Others' inserts fall between a writer's; what is rolled back has drawn an id too.
    private static string Writer(int writer) => string.Concat(Enumerable.Range(0, Rounds).Select(round => $"""
        INSERT INTO parent (name) VALUES ('{writer}-{round}');
        INSERT INTO child (parent, at) VALUES (LAST_INSERT_ID(), NOW(6));
        BEGIN;
        INSERT INTO parent (name) VALUES ('{writer}-{round} gone');
        ROLLBACK;
        INSERT INTO parent VALUES (NULL, '{writer}-{round} second', DEFAULT, NULL), (NULL, '{writer}-{round} third', '2001-01-01 00:00:00', NULL);
        INSERT INTO parent (name) VALUES ('{writer}-{round}') ON DUPLICATE KEY UPDATE made = made;
        INSERT IGNORE INTO parent (name) VALUES ('{writer}-{round}');
        INSERT INTO parent (id, name) VALUES ({-1 - (writer * 1000) - round}, '{writer}-{round} own id');
        INSERT INTO child (parent, at) SELECT id, NOW(6) FROM parent WHERE name = '{writer}-{round} own id';
        UPDATE parent SET name = CONCAT(name, '!') WHERE name = '{writer}-{round} third';

        """));

    private static async Task UseTokensAsync(TestServer server, string database)
    {
        var first = await server.SqlAsync("SELECT UUID()", database);
        await server.SqlAsync($"INSERT INTO token (token, raw) VALUES ('{first}', x'{first.Replace("-", "", StringComparison.Ordinal)}'); UPDATE token SET used = 1 WHERE token = '{first}'", database);
        var raw = await server.SqlAsync("SELECT HEX(raw) FROM token", database);
        await server.SqlAsync($"UPDATE token SET used = used + 10 WHERE raw = 0x{raw}", database);
        // Made where nobody saw it, read later.
        await server.SqlAsync("INSERT INTO token (token, used) VALUES (UUID(), 7)", database);
        var second = await server.SqlAsync("SELECT token FROM token WHERE used = 7", database);
        await server.SqlAsync($"UPDATE token SET used = 8 WHERE token = '{second}'", database);
        await server.SqlAsync("INSERT INTO chance VALUES (1, RAND())", database);
    }

    // The types of the parameters are told once; what is set in between does not disturb that.
    private static async Task PrepareAsync(TestServer server, string database)
    {
        const ushort Int = 3;
        await using var client = await MySqlWireClient.OpenAsync(
            server, User, database, MySqlWire.Basic | 0x0020_0000, server.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password");
        var insert = await client.PrepareAsync("INSERT INTO child (id, parent, at) VALUES (?, ?, NOW(6))");
        await client.AskAsync(MySqlWire.Execute(insert, [Int, Int], null, null));
        await client.AskAsync(MySqlWire.Execute(insert, null, null, null));
        await client.AskAsync(MySqlWire.Execute(insert, null, MySqlWire.Little(50_000, 4), null));
        await client.AskAsync(MySqlWire.Execute(insert, null, MySqlWire.Little(0, 4), null));
        await client.AskAsync(MySqlWire.Execute(insert, null, null, null));
    }

    private static void AssertClose(string before, string after)
    {
        var (expected, actual) = (before.Split('\n').Select(Number).ToList(), after.Split('\n').Select(Number).ToList());
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, ClockToleranceSeconds));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
