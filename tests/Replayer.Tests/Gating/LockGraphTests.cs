using System.Globalization;
using Replay.Client;
using Replay.TestKit;

namespace Replay.Replayer.Tests;

/// <summary>Who waits for whom inside real servers: for a row, and for a table's definition.</summary>
public sealed class LockGraphTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [ServerTheory]
    [InlineData("postgres 15")]
    [InlineData("mysql 9.7")]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    public async Task WaitsForRowsAndDefinitionsAreSeen(string version)
    {
        var server = await servers.GetAsync(ServerKind.Parse(version));
        var url = TargetUrl.Parse($"{server.Url(await servers.NewDatabaseAsync(server))}{(server.Kind.Engine == "mariadb" ? "?sslmode=disable" : "")}");
        if (server.Kind.Engine == "mariadb")
        {
            await server.SqlAsync("INSTALL SONAME 'metadata_lock_info'");
        }

        await using var holder = await TargetControl.OpenAsync(url);
        await using var waiter = await TargetControl.OpenAsync(url);
        await using var graph = new LockGraph(url, (await holder.ReadFactsAsync()).ServerVersion);
        var pair = (await PortAsync(waiter), await PortAsync(holder));
        await holder.QueryAsync("CREATE TABLE held (id int PRIMARY KEY, v int)", "");
        await holder.QueryAsync("INSERT INTO held VALUES (1, 1)", "");
        await holder.QueryAsync("BEGIN", "");
        await holder.QueryAsync("UPDATE held SET v = 2", "");
        Assert.Empty(await graph.ReadAsync(default));
        foreach (var statement in new[] { "UPDATE held SET v = 3", "ALTER TABLE held ADD COLUMN w int" })
        {
            var waiting = waiter.QueryAsync(statement, "");
            IReadOnlyList<(int Waiting, int Blocking)> seen = [];
            for (var end = DateTime.UtcNow + Within; seen.Count == 0 && DateTime.UtcNow < end;)
            {
                seen = await graph.ReadAsync(default);
            }

            Assert.Null(graph.Problem);
            Assert.Equal([pair], seen.Distinct());
            await holder.QueryAsync("COMMIT", "");
            await waiting;
            await holder.QueryAsync("BEGIN", "");
            await holder.QueryAsync("SELECT * FROM held", "");
        }
    }

    private static async Task<int> PortAsync(TargetControl control)
    {
        var sql = control.Url.Engine == Workload.Engine.PostgreSql ? "SELECT inet_client_port()" : "SELECT SUBSTRING_INDEX(host, ':', -1) FROM information_schema.processlist WHERE id = CONNECTION_ID()";
        return int.Parse((await control.QueryAsync(sql, "")).Rows[0][0]!, CultureInfo.InvariantCulture);
    }
}
