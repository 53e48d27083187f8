using System.Globalization;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>DDL comes between a dump's snapshot and its reading of a table, of which the vendors' tools die: the dump is taken anew.</summary>
[Collection(SnapshotsCollection.Name)]
public sealed class ChangedDefinitionTests
{
    private static readonly TimeSpan SnapshotTime = TimeSpan.FromSeconds(60);

    [ServerTheory(Live = true)]
    [InlineData("postgres 15")]
    [InlineData("postgres 18")]
    public async Task ATableThatGoesAwayUnderPgDump(string version)
    {
        // Once it waits for the table's lock it has seen the table; then it is gone.
        const string dropUnderTheDump = """
            DO $$ BEGIN
              DROP TABLE gone;
              WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'dbcapture-snapshot-%' AND wait_event_type = 'Lock') LOOP
                PERFORM pg_sleep(0.01);
                PERFORM pg_stat_clear_snapshot();
              END LOOP;
            END $$;
            SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
            """;
        await using var source = await TestServer.StartAsync(ServerKind.Parse(version));
        await source.SqlAsync("CREATE DATABASE shop");
        await source.SqlAsync("CREATE TABLE gone (id int); CREATE TABLE stays (id serial PRIMARY KEY)", "shop");
        var dropped = source.SqlAsync(dropUnderTheDump, "shop");
        await source.UntilAsync("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND c.relname = 'gone'", "1", "shop");
        using var folder = new TempFolder("definitions");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), Options("pg_dump", source.Url("shop")));
        await AssertTakenAnewAsync(capture, long.Parse(await dropped, CultureInfo.InvariantCulture));
    }

    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task ATableThatIsAlteredUnderMySqlDump(string version)
    {
        var kind = ServerKind.Parse(version);
        await using var source = await TestServer.StartAsync(kind);
        await source.SqlAsync("CREATE DATABASE shop; CREATE TABLE shop.a (id INT PRIMARY KEY); CREATE TABLE shop.z (id INT PRIMARY KEY); INSERT INTO shop.z VALUES (1)");
        // The dump has its snapshot when it waits for the first table; the second is altered in that time.
        const string holding = "FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(600%'";
        var held = source.SqlAsync("LOCK TABLES shop.a WRITE; DO SLEEP(600)");
        await source.UntilAsync($"SELECT COUNT(*) {holding}", "1");
        using var folder = new TempFolder("definitions");
        var url = kind.Engine == "mysql" ? source.Url("shop") : source.Url("shop") + "?sslmode=disable";
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), Options(VendorTools.SnapshotTool(kind), url));
        await source.UntilAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock'", "1");
        await source.SqlAsync("ALTER TABLE shop.z ADD COLUMN added INT NOT NULL DEFAULT 7, ALGORITHM = COPY");
        var altered = (long)(DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds;
        await source.SqlAsync($"KILL {await source.SqlAsync($"SELECT id {holding}")}");
        await Assert.ThrowsAnyAsync<Exception>(() => held);
        var workload = await AssertTakenAnewAsync(capture, altered);
        Assert.Contains("`added` int", await File.ReadAllTextAsync(Path.Combine(workload, "snapshot", "dump.sql")), StringComparison.Ordinal);
    }

    private static string[] Options(string tool, string url) => ["--snapshot", tool, "--snapshot-url", url, "--snapshot-wait", "0s", "--snapshot-hold", "0s"];

    // The cut is the second attempt's, not the first one's, which was before.
    private static async Task<string> AssertTakenAnewAsync(LiveCapture capture, long changedMicroseconds)
    {
        await capture.WaitForAsync("snapshot: done", SnapshotTime);
        await capture.StopAsync();
        Assert.Contains("DDL met it, attempt 2 of 5", capture.Messages, StringComparison.Ordinal);
        using var reader = WorkloadReader.Open(capture.Folder);
        var snapshot = reader.Manifest.Snapshot!;
        Assert.Empty(snapshot.Warnings);
        Assert.True(snapshot.CutEarliestMicroseconds > changedMicroseconds, capture.Messages);
        return capture.Folder;
    }
}
