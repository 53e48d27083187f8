using System.Text;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>
/// The target ends a session's connection in mid-run. What was on the wire has failed, the rest of its transaction is left out, and what follows goes on a new connection that
/// has the session's settings and prepared statements.
/// </summary>
[Collection(ServersCollection.Name)]
public sealed class LostConnectionTests(ServersFixture servers)
{
    private const string User = "wired";
    private const string All = "SELECT n, s FROM t ORDER BY n";

    // The connection is ended in a statement that lasts as long as a table says: no time in production, on the target until it is ended.
    private const int SleepSeconds = 60;
    private const string Nap = "CREATE TABLE nap (seconds INT NOT NULL); INSERT INTO nap VALUES (0);";
    private static readonly TimeSpan FoundWithin = TimeSpan.FromSeconds(60);

    private static readonly string[] Outcomes = ["n=1:replayed", "n=2:replayed", "n=3:lost", "commit:transaction_lost", "n=4:replayed"];

    public enum How
    {
        /// <summary>The server ends the connection.</summary>
        Terminate,

        /// <summary>The server is stopped and started again.</summary>
        Restart,
    }

    [ServerTheory(Live = true)]
    [InlineData("postgres 18", How.Terminate)]
    [InlineData("postgres 15", How.Restart)]
    public async Task Postgres(string kind, How how)
    {
        var source = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync($"{Nap} CREATE SCHEMA private; CREATE TABLE private.t (n int PRIMARY KEY, s text)", database);
        await RoundTripAsync(
            source,
            database,
            () => source.SqlAsync(
                $"""
                SET search_path = private;
                SET my.mark = 'kept';
                INSERT INTO t VALUES ($1, current_setting('my.mark')) \parse put
                \bind_named put 1 \g
                BEGIN;
                \bind_named put 2 \g
                SELECT pg_sleep(seconds) FROM public.nap;
                \bind_named put 3 \g
                COMMIT;
                \bind_named put 4 \g
                """,
                database),
            how,
            target => target.SqlAsync("SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"),
            (target, id) => target.SqlAsync($"SELECT pg_terminate_backend({id})"),
            "private.t");
    }

    [ServerTheory(Live = true)]
    [InlineData("mariadb 11.8", How.Terminate)]
    [InlineData("mysql 9.7", How.Restart)]
    public async Task MySql(string kind, How how)
    {
        var source = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync($"{MySqlWireClient.CreateUser(User)}{Nap} CREATE TABLE t (n INT PRIMARY KEY, s VARCHAR(20))", database);
        await RoundTripAsync(
            source,
            database,
            async () =>
            {
                var plugin = source.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password";
                await using var client = await MySqlWireClient.OpenAsync(source, User, "mysql", MySqlWire.Basic | 0x0020_0000, plugin);
                await client.AskAsync(MySqlWire.Command(2, Encoding.ASCII.GetBytes(database)));
                await client.AskAsync(MySqlWire.Query("SET @mark = 'kept'"));
                var put = await client.PrepareAsync("INSERT INTO t VALUES (?, @mark)");
                await client.AskAsync(MySqlWire.Execute(put, [3], MySqlWire.Little(1, 4)));
                await client.AskAsync(MySqlWire.Query("BEGIN"));
                await client.AskAsync(MySqlWire.Execute(put, null, MySqlWire.Little(2, 4)));
                await client.AskAsync(MySqlWire.Query("DO SLEEP((SELECT seconds FROM nap))"));
                await client.AskAsync(MySqlWire.Execute(put, null, MySqlWire.Little(3, 4)));
                await client.AskAsync(MySqlWire.Query("COMMIT"));
                await client.AskAsync(MySqlWire.Execute(put, null, MySqlWire.Little(4, 4)));
            },
            how,
            target => target.SqlAsync("SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'"),
            (target, id) => target.SqlAsync($"KILL {id}"),
            "t");
    }

    private async Task RoundTripAsync(
        TestServer source, string database, Func<Task> traffic, How how, Func<TestServer, Task<string>> find, Func<TestServer, string, Task> end, string table)
    {
        using var folder = new TempFolder("lost");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await traffic();
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(source.Kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(target.Kind, "restore", capture.Folder, "--target", target.Url(database));
        await target.SqlAsync($"UPDATE nap SET seconds = {SleepSeconds}", database);
        await using var run = await ReplayRunner.StartAsync(target.Kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"));
        var id = await FindAsync(() => find(target));
        if (how == How.Terminate)
        {
            await end(target, id);
        }
        else
        {
            await target.StopAsync();
            await target.StartAgainAsync();
        }

        var result = (await run.WaitAsync()).Expect();
        Assert.Contains("1 lost their connection, 1 were opened again", result.Output, StringComparison.Ordinal);
        Assert.Equal(Outcomes, await OutcomesAsync(folder.File("r.run")));
        var rows = All.Replace(" t ", $" {table} ", StringComparison.Ordinal);
        Assert.Equal(4, (await source.SqlAsync(rows, database)).Split('\n').Length);
        Assert.Equal(["1 kept", "4 kept"], (await target.SqlAsync(rows, database)).Split('\n').Select(r => r.Replace('|', ' ').Replace('\t', ' ')));
    }

    private static async Task<string> FindAsync(Func<Task<string>> find)
    {
        for (var since = DateTime.UtcNow; DateTime.UtcNow - since < FoundWithin;)
        {
            if (await find() is { Length: > 0 } id)
            {
                return id;
            }
        }

        throw new InvalidOperationException("the replay did not come to the statement that sleeps");
    }

    private static async Task<List<string>> OutcomesAsync(string run)
    {
        var shown = await ShownWorkload.OfRunAsync(run);
        var outcomes = new List<string>();
        foreach (var exchange in shown.Exchanges.OrderBy(e => e.Key))
        {
            // What the server makes of the statement that sleeps is its own affair: it says nothing, or why it ends, or wakes it up first.
            var what = exchange.Sql?.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase) == true ? "commit"
                : exchange.Command is "execute" or "stmt_execute" ? $"n={exchange.Parameters[0]}"
                : null;
            if (what is not null && exchange.Reason != "snapshot_tool")
            {
                // The next one may have been due while the other slept: then it is the connection's, else the transaction's.
                var reason = what == "n=3" && exchange.Reason is "connection_lost" or "transaction_lost" ? "lost" : exchange.Reason;
                outcomes.Add($"{what}:{reason ?? exchange.Status}");
            }
        }

        return outcomes;
    }
}
