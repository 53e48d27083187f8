using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>
/// Statements that were prepared, and whose parameters' types were told, before the snapshot: what is executed after it relies on the server's memory. Also
/// where the target's protocol lacks the query attributes that the captured clients sent.
/// </summary>
[Collection(ServersCollection.Name)]
public sealed class MySqlStatementTests(ServersFixture servers)
{
    private const ushort Int = 3;
    private const ushort String = 254;
    private const string User = "wired";

    [ServerTheory(Live = true)]
    [InlineData("mysql 9.7", "mysql 9.7", true)]
    [InlineData("mysql 9.7", "mysql 9.7", false)]
    [InlineData("mysql 9.7", "mariadb 11.8", true)]
    [InlineData("mariadb 11.8", "mysql 9.7", false)]
    [InlineData("mariadb 11.8", "mariadb 11.8", false)]
    public async Task TypesToldBeforeTheSnapshotAreToldAgain(string from, string to, bool hasAttributes)
    {
        var source = await servers.GetAsync(ServerKind.Parse(from));
        var database = await servers.NewDatabaseAsync(source);
        // Neither engine knows the other's usual collation.
        await source.SqlAsync($"ALTER DATABASE {database} CHARACTER SET latin1;\n{MySqlWireClient.CreateUser(User)}CREATE TABLE {database}.t (n INT PRIMARY KEY, s VARCHAR(20))");
        using var folder = new TempFolder("typed");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await using (var client = await MySqlWireClient.OpenAsync(
            source, User, database, MySqlWire.Basic | 0x0020_0000 | (hasAttributes ? MySqlWire.QueryAttributes : 0), source.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password"))
        {
            var insert = await client.PrepareAsync("INSERT INTO t VALUES (?, ?)");
            await client.AskAsync(Execute(hasAttributes, insert, [Int, String], 1, "typed before"));
            await client.AskAsync(Execute(hasAttributes, insert, null, 2, "also before"));
            await snapshot.TakeAsync();
            await client.AskAsync(Execute(hasAttributes, insert, null, 3, "relies on it"));
            await client.AskAsync(Execute(hasAttributes, insert, null, 4, "and again"));
            if (hasAttributes)
            {
                await client.AskAsync(MySqlWire.ExecuteWithNames(insert, [Int, String, String], ["", "", "trace"], MySqlWire.Little(5, 4), MySqlWire.Text("with"), MySqlWire.Text("id")));
                await client.AskAsync(MySqlWire.Command(
                    3, [1, 1], [0], [1], MySqlWire.Little(String, 2), MySqlWire.Text("trace"), MySqlWire.Text("abc"), "INSERT INTO t VALUES (6, 'as text')"u8.ToArray()));
                await client.AskAsync(MySqlWire.Command(3, [0, 1], "INSERT INTO t VALUES (7, 'none')"u8.ToArray()));
            }

            if (source.Kind.Engine == "mariadb")
            {
                // MySQL has no name for a statement whose number is on its way: there the execution waits for it.
                var last = await client.PrepareAndExecuteAsync("INSERT INTO t VALUES (?, ?)", [Int, String], MySqlWire.Little(5, 4), MySqlWire.Text("in one go"));
                await client.AskAsync(Execute(hasAttributes: false, last, null, 6, "by its number"));
            }

            await client.AskAsync(MySqlWire.Command(31));
            var second = await client.PrepareAsync("INSERT INTO t VALUES (?, ?)");
            await client.AskAsync(Execute(hasAttributes, second, [Int, String], 8, "after a reset"));
            await client.AskAsync(Execute(hasAttributes, second, null, 9, "remembered"));
        }

        await capture.StopAsync();

        var target = await servers.GetTargetAsync(ServerKind.Parse(to));
        await target.SqlAsync($"CREATE DATABASE {database} CHARACTER SET latin1");
        await ReplayRunner.RunAsync(target.Kind, "restore", capture.Folder, "--target", target.Url(database));
        await ReplayRunner.RunAsync(target.Kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max");

        Assert.Empty(await Divergences.OfAsync(capture.Folder, folder.File("r.run")));
        const string All = "SELECT n, s FROM t ORDER BY n";
        var rows = await source.SqlAsync(All, database);
        Assert.Equal(hasAttributes ? 9 : source.Kind.Engine == "mariadb" ? 8 : 6, rows.Split('\n').Length);
        Assert.Equal(rows, await target.SqlAsync(All, database));
    }

    private static byte[] Execute(bool hasAttributes, uint id, ushort[]? types, int n, string s) => hasAttributes
        ? MySqlWire.ExecuteWithNames(id, types, null, MySqlWire.Little((ulong)n, 4), MySqlWire.Text(s))
        : MySqlWire.Execute(id, types, MySqlWire.Little((ulong)n, 4), MySqlWire.Text(s));
}
