using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>What the generators counted is what dbcapture saw on the wire, to the statement.</summary>
[Collection(ServersCollection.Name)]
public sealed class GroundTruthTests(ServersFixture servers)
{
    private const int TransactionsPerClient = 250;
    private const int StatementsPerTpcB = 7;
    private const int Events = 500;

    [ServerTheory(Live = true)]
    [InlineData("postgres 13", "simple")]
    [InlineData("postgres 15", "extended")]
    [InlineData("postgres 17", "prepared")]
    [InlineData("postgres 18", "prepared")]
    public async Task PgBenchTpcB(string kind, string mode)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(server);
        await Generators.InitPgBenchAsync(server, database);
        using var folder = new TempFolder("truth");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));

        var transactions = await Generators.RunPgBenchAsync(server, database, mode, "tpcb-like", TransactionsPerClient);

        var workload = await capture.StopAsync();
        // pgbench's own questions at the start come in a session that counts no transactions
        var counted = workload.Statements.Where(s => IsTpcB(s.Sql!)).ToList();
        Assert.Equal(transactions * StatementsPerTpcB, counted.Count);
        Assert.All(counted, s => Assert.Null(s.ErrorCode));
        Assert.Equal(transactions, counted.Count(s => s.Sql!.StartsWith("SELECT abalance", StringComparison.Ordinal) && s.Rows == 1));
        Assert.Equal(transactions, counted.Count(s => s.Sql!.StartsWith("UPDATE pgbench_accounts", StringComparison.Ordinal) && s.Affected == 1));
        Assert.Empty(workload.Gaps);
    }

    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11", false)]
    [InlineData("mariadb 11.8", true)]
    [InlineData("mysql 9.7", false)]
    [InlineData("mysql 9.7", true)]
    public async Task SysBenchReadWrite(string kind, bool prepared)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(server);
        await Generators.InitSysBenchAsync(server, database);
        using var folder = new TempFolder("truth");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));

        var statements = await Generators.RunSysBenchAsync(server, database, "oltp_read_write", prepared, Events);

        var workload = await capture.StopAsync();
        // In prepared mode BEGIN and COMMIT are prepared too where the server can; the client library's own questions at login are no events.
        var counted = workload.Statements.Where(s => !s.Sql!.StartsWith("SET ", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.Equal(statements, counted.Count);
        Assert.Contains(counted, s => s.Command == (prepared ? "stmt_execute" : "query") && s.Sql!.StartsWith("SELECT c FROM sbtest1", StringComparison.Ordinal) && s.Rows == 1);
        Assert.Empty(workload.Gaps);
    }

    private static bool IsTpcB(string sql) =>
        sql.StartsWith("BEGIN", StringComparison.Ordinal) || sql.StartsWith("END", StringComparison.Ordinal)
        || sql.StartsWith("UPDATE pgbench_", StringComparison.Ordinal) || sql.StartsWith("SELECT abalance", StringComparison.Ordinal)
        || sql.StartsWith("INSERT INTO pgbench_history", StringComparison.Ordinal);
}
