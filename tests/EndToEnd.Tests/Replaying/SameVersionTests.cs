using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>Replayed on the version that it was captured on, a workload without concurrent writers has no divergence and leaves equal tables.</summary>
[Collection(ServersCollection.Name)]
public sealed class SameVersionTests(ServersFixture servers)
{
    private const int Transactions = 150;

    [ServerTheory(Live = true)]
    [InlineData("postgres 15")]
    [InlineData("postgres 18")]
    public Task PostgresInAllItsProtocols(string kind) => RoundTripAsync(
        ServerKind.Parse(kind),
        Generators.InitPgBenchAsync,
        async (server, database) =>
        {
            await Generators.RunPgBenchAsync(server, database, "simple", "tpcb-like", Transactions, clients: 1);
            await Generators.RunPgBenchAsync(server, database, "extended", "tpcb-like", Transactions, clients: 1);
            await Generators.RunPgBenchAsync(server, database, "prepared", "tpcb-like", Transactions, clients: 1);
            await server.SqlAsync("\\set ON_ERROR_STOP off\nBEGIN;\nUPDATE pgbench_branches SET bbalance = 0;\nSELECT 1/0;\nROLLBACK;\nCOPY pgbench_tellers (tid, bid, tbalance) FROM STDIN;\n1001\t1\t5\n1002\t1\t6\n\\.\n", database);
        });

    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public Task MySqlInTextAndPrepared(string kind) => RoundTripAsync(
        ServerKind.Parse(kind),
        Generators.InitSysBenchAsync,
        async (server, database) =>
        {
            await Generators.RunSysBenchAsync(server, database, "oltp_read_write", prepared: false, Transactions, threads: 1);
            await Generators.RunSysBenchAsync(server, database, "oltp_read_write", prepared: true, Transactions, threads: 1);
        });

    private async Task RoundTripAsync(ServerKind kind, Func<TestServer, string, Task> init, Func<TestServer, string, Task> traffic)
    {
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await init(source, database);
        using var folder = new TempFolder("round");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await traffic(source, database);
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        var run = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"));

        var divergences = await Divergences.OfAsync(capture.Folder, folder.File("r.run"));
        var (before, after) = (await TableState.OfAsync(source, database), await TableState.OfAsync(target, database));
        var ambiguous = ReplayRunner.Ambiguous(run);
        await TellAsync(kind, capture.Folder, ambiguous, divergences.Count, before == after);
        Assert.True(divergences.Count == 0, $"seed {Generators.Seed}: {divergences.Count} divergences, of which the first:\n{string.Join('\n', divergences.Take(10))}");
        Assert.Equal(before, after);
    }

    // For the soak's table.
    private static async Task TellAsync(ServerKind kind, string workload, int ambiguous, int divergences, bool areTablesEqual)
    {
        if (Environment.GetEnvironmentVariable("REPLAY_SOAK_FACTS") is { Length: > 0 } file)
        {
            var exchanges = (await ShownWorkload.OfWorkloadAsync(workload)).Exchanges.Count;
            await File.AppendAllTextAsync(file, $"{kind.Engine} {kind.Major}\t{exchanges}\t{ambiguous}\t{divergences}\t{(areTablesEqual ? "equal" : "differ")}\n");
        }
    }
}
