using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>
/// MySQL and MariaDB lock the definition of the table at a foreign key's other end until the transaction ends. A statement that stood behind DDL on that table must do so in the replay too: sent
/// first, it would hold up the DDL, for which its transaction's next statement waits by order.
/// </summary>
[Collection(TrafficCollection.Name)]
public sealed class DefinitionTests(ServersFixture servers)
{
    [ServerTheory(Live = true)]
    [InlineData("mysql 9.7")]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    public async Task AStatementOnTheParentStandsBehindDdlOnTheChild(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE parent (id INT PRIMARY KEY, n INT NOT NULL); CREATE TABLE child (id INT PRIMARY KEY, parent INT NOT NULL, n INT NOT NULL, FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE); INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (1, 1, 1)", database);
        await source.SqlAsync(MySqlWireClient.CreateUser("anyone"));
        using var folder = new TempFolder("definition");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using (var relay = new HoldingRelay(source))
        await using (var capture = await LiveCapture.StartAsync(source, relay.Port, folder.File("w.workload"), snapshot.Options))
        {
            await snapshot.TakeAsync();
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            await using var holder = await OpenAsync(source, database, relay.Port);
            await using var definer = await OpenAsync(source, database, relay.Port);
            await using var writer = await OpenAsync(source, database, relay.Port);
            await DoAsync(holder, "BEGIN");
            await DoAsync(holder, "SELECT n INTO @n FROM child WHERE id = 1");
            var waiting = $"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{database}' AND state = 'Waiting for table metadata lock'";
            relay.Hold(1); // who stood behind the DDL is often answered first by a server with much to do
            var index = DoAsync(definer, "ALTER TABLE child ADD INDEX by_n (n), ALGORITHM = COPY"); // in place it would let others in before its end
            await source.UntilAsync(waiting, "1");
            await DoAsync(writer, "BEGIN");
            var behind = DoAsync(writer, "UPDATE parent SET n = n + 1 WHERE id = 1");
            await source.UntilAsync(waiting, "2");
            await DoAsync(holder, "COMMIT");
            await behind;
            relay.Release(1);
            await index;
            await DoAsync(writer, "UPDATE child SET n = n + 1 WHERE id = 1");
            await DoAsync(writer, "COMMIT");
            await capture.StopAsync();
        }

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", folder.File("w.workload"), "--target", target.Url(database), "--quiet");
        await ReplayRunner.RunAsync(kind, "run", folder.File("w.workload"), "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--quiet", "--force", "users");
        using var order = JsonDocument.Parse((await ReplayRunner.RunAsync(kind, "show", folder.File("r.run"), "--document", "order.json")).Output);
        var stalls = order.RootElement.GetProperty("stalls");
        Assert.True(stalls.GetProperty("circles").GetInt64() == 0 && stalls.GetProperty("limits").GetInt64() == 0, stalls.GetRawText());
        Assert.Equal("2\t2", await target.SqlAsync("SELECT parent.n, child.n FROM parent JOIN child ON child.parent = parent.id", database));
    }

    private static Task<MySqlWireClient> OpenAsync(TestServer server, string database, int port) =>
        MySqlWireClient.OpenAsync(server, "anyone", database, MySqlWire.Basic | MySqlWire.WithDatabase, server.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password", port);

    private static Task DoAsync(MySqlWireClient client, string sql) => client.AskAsync(MySqlWire.Query(sql));
}
