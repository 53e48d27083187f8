using System.Globalization;
using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>
/// What a MySQL or MariaDB database has besides tables is on the target and works there: generated columns, views, triggers, routines with definers that
/// the target lacked; events are there and do not run; AUTO_INCREMENT stands where it stood at the cut, after a reset too.
/// </summary>
[Collection(SnapshotsCollection.Name)]
public sealed class MySqlObjectsTests
{
    private const string Objects = """
        CREATE USER 'definer'@'10.0.0.%' IDENTIFIED BY 'Hush-hush-9';
        CREATE DATABASE shop; CREATE DATABASE stock;
        GRANT SELECT, INSERT, EXECUTE, TRIGGER, EVENT ON shop.* TO 'definer'@'10.0.0.%';
        USE shop;
        CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, price INT NOT NULL, gross INT AS (price * 2) STORED, half INT AS (price / 2) VIRTUAL);
        CREATE TABLE audit (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(50));
        CREATE TABLE ticks (id INT PRIMARY KEY AUTO_INCREMENT);
        INSERT INTO item (price) VALUES (10), (20), (30), (40);
        DELETE FROM item WHERE id = 4;
        CREATE DEFINER = 'definer'@'10.0.0.%' SQL SECURITY DEFINER VIEW dear AS SELECT id, gross FROM item WHERE price > 15;
        CREATE DEFINER = 'definer'@'10.0.0.%' TRIGGER item_in AFTER INSERT ON item FOR EACH ROW INSERT INTO audit (what) VALUES (CONCAT('item ', NEW.id));
        CREATE DEFINER = 'definer'@'10.0.0.%' FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
        CREATE DEFINER = 'definer'@'10.0.0.%' PROCEDURE add_item(p INT) INSERT INTO audit (what) VALUES (p);
        CREATE DEFINER = 'definer'@'10.0.0.%' EVENT tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO ticks VALUES ();
        USE stock;
        CREATE TABLE moves (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, v TEXT) AUTO_INCREMENT = 5000000000;
        """;

    private const string Content = """
        SELECT * FROM shop.item; SELECT * FROM shop.dear; SELECT shop.twice(21); SELECT COUNT(*) FROM shop.audit;
        SELECT event_name, status FROM information_schema.events WHERE event_schema = 'shop';
        SELECT routine_name, definer FROM information_schema.routines WHERE routine_schema = 'shop' ORDER BY 1;
        """;

    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task AllObjectsWorkAndCountersStandWhereTheyStood(string version)
    {
        var kind = ServerKind.Parse(version);
        await using var source = await TestServer.StartAsync(kind);
        await source.SqlAsync(Objects);
        using var folder = new TempFolder("objects");
        var workload = await CaptureAsync(source, folder);
        Assert.DoesNotContain("hush", await File.ReadAllTextAsync(Path.Combine(workload, "snapshot", "accounts.json")), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("IDENTIFIED", await File.ReadAllTextAsync(Path.Combine(workload, "snapshot", "accounts.json")), StringComparison.Ordinal);

        await using var target = await TestServer.StartAsync(kind, new TestServerOptions { Options = ["--event-scheduler=ON"] });
        var url = kind.Engine == "mysql" ? target.Url() : target.Url() + "?sslmode=disable";
        var restored = await ReplayRunner.RunAsync(kind, "restore", workload, "--target", url);
        Assert.Contains("definer@10.0.0.%", restored.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("all privileges", restored.Error, StringComparison.Ordinal);
        Assert.Equal(await source.SqlAsync(Content), await target.SqlAsync(Content));
        Assert.Equal("OFF", await target.SqlAsync("SELECT @@GLOBAL.event_scheduler"));
        await AssertCountersAsync(workload, target);

        // A run's writes, which take the trigger and the procedure; then all of it back.
        var before = await StateAsync(target);
        await target.SqlAsync("INSERT INTO shop.item (price) VALUES (77); CALL shop.add_item(5); INSERT INTO stock.moves (v) VALUES ('x'), ('y'); DROP VIEW shop.dear");
        Assert.EndsWith("item 5\n5", await target.SqlAsync("SELECT what FROM shop.audit ORDER BY id"), StringComparison.Ordinal);
        await ReplayRunner.RunAsync(kind, "restore", workload, "--target", url, "--reset");
        Assert.Equal(before, await StateAsync(target));
        await AssertCountersAsync(workload, target);
    }

    // Rows come and go while the snapshot is taken, so that its counter at the cut is not the dump's.
    private static async Task<string> CaptureAsync(TestServer source, TempFolder folder)
    {
        var url = source.Kind.Engine == "mysql" ? source.Url() : source.Url() + "?sslmode=disable";
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(source.Kind), "--snapshot-url", url);
        for (var round = 0; !capture.Messages.Contains("snapshot: done", StringComparison.Ordinal) && round < 500; round++)
        {
            await source.SqlAsync(string.Concat(Enumerable.Repeat("INSERT INTO stock.moves (v) VALUES ('a');\n", 50)));
        }

        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await capture.StopAsync();
        return capture.Folder;
    }

    // As the manifest says, or behind the largest id that was in the snapshot.
    private static async Task AssertCountersAsync(string workload, TestServer target)
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(workload, "manifest.json")));
        var recorded = Positions(manifest.RootElement).ToDictionary(p => p.Name, p => p.Next, StringComparer.Ordinal);
        Assert.Equal(5, recorded["shop.item"]);
        Assert.True(recorded["stock.moves"] >= 5_000_000_000);
        foreach (var (name, next) in recorded)
        {
            var stands = long.Parse(await target.SqlAsync(
                $"{(target.Kind.Engine == "mysql" ? "SET SESSION information_schema_stats_expiry = 0; " : "")}SELECT auto_increment FROM information_schema.tables WHERE CONCAT(table_schema, '.', table_name) = '{name}'"), CultureInfo.InvariantCulture);
            var largest = long.Parse(await target.SqlAsync($"SELECT COALESCE(MAX(id), 0) FROM {name}"), CultureInfo.InvariantCulture);
            Assert.Equal(Math.Max(next, largest + 1), stands);
        }
    }

    private static IEnumerable<(string Name, long Next)> Positions(JsonElement manifest) =>
        from property in manifest.EnumerateObject()
        where property.Name.Equals("snapshot", StringComparison.OrdinalIgnoreCase)
        from database in Get(property.Value, "databases").EnumerateArray()
        from sequence in Get(database, "sequences").EnumerateArray()
        select (Get(sequence, "name").GetString()!, LastValue(sequence) + 1);

    private static long LastValue(JsonElement sequence) =>
        sequence.EnumerateObject().FirstOrDefault(p => p.Name.Replace("_", "", StringComparison.Ordinal).Equals("lastvalue", StringComparison.OrdinalIgnoreCase)) is { Value.ValueKind: JsonValueKind.Number } p
            ? p.Value.GetInt64() : 0;

    private static JsonElement Get(JsonElement element, string name) => element.EnumerateObject().First(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static Task<string> StateAsync(TestServer server) => server.SqlAsync(Content + " SELECT * FROM stock.moves ORDER BY id; SELECT * FROM shop.audit ORDER BY id");
}
