using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>What the generators counted is what dbcapture saw on the wire, to the statement.</summary>
[Collection(ClientsCollection.Name)]
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
    [InlineData("mariadb 10.11", "oltp_read_only", false, 4)]
    [InlineData("mariadb 11.8", "oltp_read_only", true, 4)]
    [InlineData("mariadb 11.8", "oltp_read_write", false, 1)] // one thread: several lock each other out, and sysbench does not count what it tries again
    [InlineData("mysql 9.7", "oltp_read_only", false, 4)]
    [InlineData("mysql 9.7", "oltp_read_write", true, 1)]
    public async Task SysBench(string kind, string script, bool prepared, int threads)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(server);
        await Generators.InitSysBenchAsync(server, database);
        using var folder = new TempFolder("truth");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));

        var statements = await Generators.RunSysBenchAsync(server, database, script, prepared, Events, threads);

        var workload = await capture.StopAsync();
        var counted = workload.Statements.ToList();
        Assert.Equal(statements, counted.Count);
        Assert.All(counted, s => Assert.Null(s.ErrorCode));
        Assert.Contains(counted, s => s.Command == (prepared ? "stmt_execute" : "query") && s.Sql!.StartsWith("SELECT c FROM sbtest1", StringComparison.Ordinal) && s.Rows == 1);
        Assert.Empty(workload.Gaps);
    }

    private static bool IsTpcB(string sql) =>
        sql.StartsWith("BEGIN", StringComparison.Ordinal) || sql.StartsWith("END", StringComparison.Ordinal)
        || sql.StartsWith("UPDATE pgbench_", StringComparison.Ordinal) || sql.StartsWith("SELECT abalance", StringComparison.Ordinal)
        || sql.StartsWith("INSERT INTO pgbench_history", StringComparison.Ordinal);
}
