using System.Globalization;
using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Who waits for whom inside real servers: for a row, and for a table's definition.</summary>
public sealed class LockGraphTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [ServerTheory]
    [InlineData("postgres 15")]
    [InlineData("postgres 10")]
    [InlineData("mysql 9.7")]
    [InlineData("mysql 5.6", false)]
    [InlineData("mariadb 10.5")]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    public async Task WaitsForRowsAndDefinitionsAreSeen(string version, bool showsDefinitions = true)
    {
        var server = await servers.GetAsync(ServerKind.Parse(version));
        var url = TargetUrl.Parse($"{server.Url(await servers.NewDatabaseAsync(server))}{(server.Kind.Engine == "mariadb" ? "?sslmode=disable" : "")}");
        if (server.Kind.Engine == "mariadb")
        {
            await server.SqlAsync("UNINSTALL SONAME IF EXISTS 'metadata_lock_info'");
            await using var without = new LockGraph(url, await server.SqlAsync("SELECT version()"));
            await without.ReadAsync(default);
            Assert.True(without.LacksPlugin);
            await server.SqlAsync("INSTALL SONAME 'metadata_lock_info'");
        }

        await using var holder = await TargetControl.OpenAsync(url);
        await using var waiter = await TargetControl.OpenAsync(url);
        await using var graph = new LockGraph(url, (await holder.ReadFactsAsync()).ServerVersion);
        var (waiting, holding) = (await ConnectionAsync(waiter), await ConnectionAsync(holder));
        await holder.QueryAsync("CREATE TABLE held (id int PRIMARY KEY, v int)", "");
        await holder.QueryAsync("INSERT INTO held VALUES (1, 1)", "");
        await holder.QueryAsync("BEGIN", "");
        await holder.QueryAsync("UPDATE held SET v = 2", "");
        Assert.Empty(await graph.ReadAsync(default));
        foreach (var statement in new[] { "UPDATE held SET v = 3", "ALTER TABLE held ADD COLUMN w int" })
        {
            var stands = waiter.QueryAsync(statement, "");
            IReadOnlyList<(long Waiting, long Blocking)> seen = [];
            bool? isInLock = null;
            var isShown = showsDefinitions || statement.StartsWith("UPDATE", StringComparison.Ordinal);
            for (var end = DateTime.UtcNow + Within; ((isShown && seen.Count == 0) || isInLock != true) && DateTime.UtcNow < end;)
            {
                seen = await graph.ReadAsync(default);
                Assert.Null(graph.Problem);
                isInLock = await graph.IsInLockAsync(waiting, default);
                Assert.Null(graph.Problem);
            }

            Assert.False(graph.LacksPlugin);
            Assert.Equal(isShown ? [(waiting, holding)] : [], seen.Distinct());
            Assert.True(isInLock);
            Assert.False(await graph.IsInLockAsync(holding, default));
            Assert.Null(await graph.IsInLockAsync(2_000_000_000, default));
            await holder.QueryAsync("COMMIT", "");
            await stands;
            await holder.QueryAsync("BEGIN", "");
            await holder.QueryAsync("SELECT * FROM held", "");
        }
    }

    // 2 would alter what 1's transaction has used; 3 stands behind 2.
    [ServerTheory]
    [InlineData("mysql 5.6")]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    public async Task DefinitionsThatTheServerDoesNotShowAreToldByWhatWasSent(string version)
    {
        var server = await servers.GetAsync(ServerKind.Parse(version));
        var database = await servers.NewDatabaseAsync(server);
        var url = TargetUrl.Parse($"{server.Url(database)}{(server.Kind.Engine == "mariadb" ? "?sslmode=disable" : "")}");
        if (server.Kind.Engine == "mariadb")
        {
            await server.SqlAsync("UNINSTALL SONAME IF EXISTS 'metadata_lock_info'");
        }

        await using var holder = await TargetControl.OpenAsync(url);
        await using var definer = await TargetControl.OpenAsync(url);
        await using var reader = await TargetControl.OpenAsync(url);
        var (holding, defining, reading) = (await ConnectionAsync(holder), await ConnectionAsync(definer), await ConnectionAsync(reader));
        await holder.QueryAsync("CREATE TABLE held (id int PRIMARY KEY, v int)", "");
        var catalog = (await CatalogReader.ReadAsync(url, [database]))[CatalogReader.Server];
        var definitions = new DefinitionWaits(catalog, [new Shape(0, Engine.MySql, 0, 0, "select * from held", "read")], () => [new OpenStatements(holding, [0], -1)]);
        await using var graph = new LockGraph(url, (await holder.ReadFactsAsync()).ServerVersion, definitions);
        await holder.QueryAsync("BEGIN", "");
        await holder.QueryAsync("SELECT * FROM held", "");
        Assert.Empty(await graph.ReadAsync(default));
        var alters = definer.QueryAsync("ALTER TABLE held ADD COLUMN w int", "");
        await UntilAsync([(defining, holding)]);
        var reads = reader.QueryAsync("SELECT * FROM held", "");
        await UntilAsync([(defining, holding), (reading, defining)]);
        await holder.QueryAsync("COMMIT", "");
        await alters;
        await reads;
        Assert.Empty(await graph.ReadAsync(default));

        async Task UntilAsync((long Waiting, long Blocking)[] pairs)
        {
            IReadOnlyList<(long Waiting, long Blocking)> seen = [];
            for (var end = DateTime.UtcNow + Within; seen.Count < pairs.Length && DateTime.UtcNow < end;)
            {
                seen = await graph.ReadAsync(default);
                Assert.Null(graph.Problem);
            }

            Assert.Equal(pairs, seen);
        }
    }

    [ServerTheory]
    [InlineData("postgres 15")]
    public async Task PostgresShowsThemToAUserWithoutPrivileges(string version)
    {
        var server = await servers.GetAsync(ServerKind.Parse(version));
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync("CREATE ROLE looker LOGIN PASSWORD 'looker'; CREATE TABLE held (id int PRIMARY KEY); INSERT INTO held VALUES (1)", database);
        var url = TargetUrl.Parse(server.Url(database));
        await using var holder = await TargetControl.OpenAsync(url);
        await using var waiter = await TargetControl.OpenAsync(url);
        await using var graph = new LockGraph(TargetUrl.Parse($"postgres://looker:looker@127.0.0.1:{server.Port}/{database}"), (await holder.ReadFactsAsync()).ServerVersion);
        await holder.QueryAsync("BEGIN", "");
        await holder.QueryAsync("UPDATE held SET id = 2", "");
        var stands = waiter.QueryAsync("UPDATE held SET id = 3", "");
        IReadOnlyList<(long Waiting, long Blocking)> seen = [];
        for (var end = DateTime.UtcNow + Within; seen.Count == 0 && DateTime.UtcNow < end;)
        {
            seen = await graph.ReadAsync(default);
            Assert.Null(graph.Problem);
        }

        var (waiting, holding) = (await ConnectionAsync(graph: holder, of: "UPDATE held SET id = 3"), await ConnectionAsync(holder));
        Assert.Equal([(waiting, holding)], seen);
        Assert.True(await graph.IsInLockAsync(waiting, default));
        await holder.QueryAsync("COMMIT", "");
        await stands;
    }

    private static async Task<long> ConnectionAsync(TargetControl control) => long.Parse(
        (await control.QueryAsync(control.Url.Engine == Engine.PostgreSql ? "SELECT pg_backend_pid()" : "SELECT CONNECTION_ID()", "")).Rows[0][0]!, CultureInfo.InvariantCulture);

    private static async Task<long> ConnectionAsync(TargetControl graph, string of) => long.Parse(
        (await graph.QueryAsync($"SELECT pid FROM pg_stat_activity WHERE query = {PostgresNames.Literal(of)}", "")).Rows[0][0]!, CultureInfo.InvariantCulture);
}
