using System.Globalization;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>
/// Memory does not grow with sessions, exchanges or results, and runs outlive what happens to servers and networks. <c>build.sh soak endurance</c> runs the same at full size and writes down the figures.
/// </summary>
[Collection(EnduranceCollection.Name)]
public sealed class EnduranceTests(ServersFixture servers)
{
    private const long MostMebibytes = 1536;

    // Some of a collector's heap, the runtime and the look-ahead: what a run needs however small its workload is.
    private const long SmallMebibytes = 512;

    private static bool IsSoak => Environment.GetEnvironmentVariable("REPLAY_SOAK_FACTS") is { Length: > 0 };

    [ServerFact]
    public async Task ManySessionsAreOpenAtOnce()
    {
        var sessions = Size("SESSIONS", 100, 10_000);
        var each = Size("EACH", 10, 100);
        await using var own = IsSoak
            ? await TestServer.StartAsync(ServerKind.Parse("mariadb 11.8"), new TestServerOptions { Options = [$"--max-connections={sessions + 50}", "--thread-handling=pool-of-threads"] })
            : null;
        var server = own ?? await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.MySql, TestServer.User, database, "DO 1", (int)sessions, sessions * each, perSecond: IsSoak ? 10_000 : 1_000);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "1"); // at full speed a session that is done makes room
        run.Tell("sessions open at once", $"{sessions} x {each}");
        run.Process.Expect();
        Assert.Equal(sessions * each, run.Manifest.Replayed);
        Assert.InRange(run.PeakMebibytes, 1, IsSoak ? MostMebibytes : SmallMebibytes);
        Assert.InRange(long.Parse((await server.SqlAsync("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")).Split('\t', '|')[^1], CultureInfo.InvariantCulture), sessions, long.MaxValue);
    }

    [ServerFact]
    public async Task OneSessionMayBeLong()
    {
        var exchanges = Size("EXCHANGES", 20_000, 5_000_000);
        var server = await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.MySql, TestServer.User, database, "DO 1", sessions: 1, exchanges, perSecond: 10_000);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "max");
        run.Tell("one session", $"{exchanges}");
        run.Process.Expect();
        Assert.Equal(exchanges, run.Manifest.Replayed);
        Assert.InRange(run.PeakMebibytes, 1, SmallMebibytes);
    }

    [ServerFact]
    public async Task AResultMayBeLarge()
    {
        var mebibytes = Size("RESULT", 100, 2_048);
        var server = await servers.GetTargetAsync(ServerKind.Parse("postgres 18"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(
            folder.File("w.workload"), Engine.PostgreSql, TestServer.User, database, $"SELECT repeat('x', 1048576) FROM generate_series(1, {mebibytes})", sessions: 1, exchanges: 1, perSecond: 1);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "max");
        run.Tell("result", $"{mebibytes} MiB");
        run.Process.Expect();
        Assert.Equal(1, run.Manifest.Replayed);
        Assert.InRange(run.PeakMebibytes, 1, SmallMebibytes);
    }

    [ServerFact]
    public async Task TheRateIsKept()
    {
        var perSecond = Size("RATE", 500, 10_000);
        var seconds = Size("SECONDS", 2, 60);
        var server = await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.MySql, TestServer.User, database, "DO 1", sessions: 64, perSecond * seconds, perSecond);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "1");
        run.Tell("rate", $"{perSecond} a second, {seconds} s");
        run.Process.Expect();
        Assert.Equal(perSecond * seconds, run.Manifest.Replayed);
        var sent = run.Certificate.GetProperty("over_time").GetProperty("sent").EnumerateArray().Sum(static b => b.GetInt64());
        var due = run.Certificate.GetProperty("over_time").GetProperty("due").EnumerateArray().Sum(static b => b.GetInt64());
        Assert.Equal((perSecond * seconds, perSecond * seconds), (sent, due));
        Assert.InRange(run.Figure("rate", "achieved_per_second"), 0.5 * perSecond, 1.01 * perSecond);
    }

    /// <summary>All that would take the core's time by turns with the replayer runs on it, and the replayer may not have priority.</summary>
    [ServerFact]
    public async Task WhereACoreIsTakenAwayTheCertificateSaysSo()
    {
        const int Rate = 400;
        const int Seconds = 3;
        var server = await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.MySql, TestServer.User, database, "DO 1", sessions: 8, Rate * Seconds, Rate);
        List<RunningProcess> spinning = [];
        EnduranceRun run;
        try
        {
            run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "1", async process =>
            {
                (await ProcessRunner.RunAsync("taskset", ["-a", "-c", "-p", "0", $"{process.Id}"])).Expect();
                for (var i = 0; i < 4; i++)
                {
                    spinning.Add(RunningProcess.Start("taskset", ["-c", "0", "timeout", "60", "sh", "-c", "while :; do :; done"]));
                }
            }, mayHavePriority: false);
        }
        finally
        {
            foreach (var process in spinning)
            {
                await process.DisposeAsync();
            }
        }

        run.Tell("a core taken away", $"{Rate} a second, {Seconds} s");
        run.Process.Expect();
        Assert.Contains("own_lag", run.Manifest.Fitness.Gates);
        Assert.Contains(run.Manifest.Fitness.Reasons, static reason => reason.Contains("stood in line for a processor", StringComparison.Ordinal));
    }

    [ServerFact]
    public async Task AServerThatIsKilledAndComesBackIsOutlived()
    {
        const int Rate = 200;
        var seconds = Size("SECONDS", 6, 30);
        var server = await servers.GetTargetAsync(ServerKind.Parse("postgres 18"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.PostgreSql, TestServer.User, database, "SELECT 1", sessions: 16, Rate * seconds, Rate);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "1", async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds / 3.0));
            await server.StopAsync(kill: true);
            await server.StartAgainAsync();
        });
        run.Tell("server killed and started again", $"16 sessions, {Rate} a second, {seconds} s");
        run.Process.Expect();
        var failed = run.Manifest.FailedByReason.Values.Sum();
        Assert.Equal(run.Manifest.Captured, run.Manifest.Replayed + failed + run.Manifest.SkippedByReason.Values.Sum());
        Assert.InRange(failed, 0, 16);
        Assert.Equal((16, 16), (run.Manifest.ConnectionsLost, run.Manifest.Reopened));
    }

    // A server of its own: nobody else's packets are dropped.
    [PacketFilterFact]
    public async Task TrafficThatIsCutForAWhileGoesOn()
    {
        const int Rate = 200;
        var seconds = (int)Size("CUT_RUN_SECONDS", 8, 20);
        var cutSeconds = (int)Size("CUT_SECONDS", 2, 5);
        await using var server = await TestServer.StartAsync(ServerKind.Parse("postgres 18"));
        using var folder = new TempFolder("endure");
        var database = await DatabaseAsync(server);
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.PostgreSql, TestServer.User, database, "SELECT 1", sessions: 16, Rate * seconds, Rate);
        var run = await EnduranceRun.PlayAsync(server, database, folder.File("w.workload"), folder.File("a.run"), "1", async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds / 3.0));
            await PacketFilter.DropAsync(server.Port, TimeSpan.FromSeconds(cutSeconds));
        });
        run.Tell("traffic cut", $"16 sessions, {Rate} a second, {seconds} s, cut for {cutSeconds} s");
        run.Process.Expect();
        Assert.Equal(Rate * seconds, run.Manifest.Replayed);
        Assert.Equal(0, run.Manifest.ConnectionsLost);
        Assert.InRange(run.Figure("inherited_lag_us", "max"), (cutSeconds - 1) * 1e6, 60e6);
    }

    private static async Task<string> DatabaseAsync(TestServer server)
    {
        const string Name = "endure";
        await server.SqlAsync($"DROP DATABASE IF EXISTS {Name}");
        await server.SqlAsync($"CREATE DATABASE {Name}");
        return Name;
    }

    // As in a build, as in a soak, or as the environment says.
    private static long Size(string name, long small, long large) =>
        Environment.GetEnvironmentVariable($"REPLAY_ENDURE_{name}") is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : IsSoak ? large : small;
}
