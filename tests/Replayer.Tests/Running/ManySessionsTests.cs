using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Thousands of sessions that are open at one time, against a server that takes a hundred.</summary>
public sealed class ManySessionsTests
{
    private const int RefusedSessions = 10_000;
    private const int Sessions = 1_500; // are played: each costs the server a process, welcome or not
    private const long IdleMicroseconds = 3_000_000;

    [ServerFact]
    public async Task MoreSessionsThanTheServerTakesAreRefusedWithTheWayOutAndForcedAccountedFor()
    {
        await using var server = await TestServer.StartAsync(ServerKind.Postgres15, new TestServerOptions { Options = ["max_connections=100"] });
        using var folder = new TempFolder("many");
        MakeWorkload(folder.File("w.workload"), Sessions);
        MakeWorkload(folder.File("large.workload"), RefusedSessions);
        var words = new StringWriter();
        var progress = new Progress(words, quiet: false, isTerminal: false, TimeProvider.System);
        var options = new RunOptions
        {
            Workload = folder.File("w.workload"),
            Target = TargetUrl.Parse(server.Url()),
            Out = folder.File("a.run"),
            Speed = Speed.Recorded, // at full speed a session that is done makes room
            Force = new HashSet<string>(StringComparer.Ordinal) { "source", "users" },
        };

        var refusal = await Assert.ThrowsAsync<CommandException>(() => RunCommand.RunAsync(options with { Workload = folder.File("large.workload") }, progress, default));
        Assert.Contains("10000 sessions", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("raise max_connections to 1000", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--force connections", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(options.Out));

        var result = await RunCommand.RunAsync(options with { Force = new HashSet<string>(options.Force, StringComparer.Ordinal) { "connections" } }, progress, default);
        var manifest = result.Manifest;
        Assert.Equal(RunEnd.Complete, result.End);
        Assert.Equal(2 * Sessions, manifest.Captured);
        Assert.Equal(manifest.Captured, manifest.Replayed + manifest.SkippedByReason.Values.Sum() + manifest.FailedByReason.Values.Sum() + manifest.NotReached);
        Assert.InRange(manifest.Replayed, 2 * 50, 2 * Sessions);
        Assert.Equal(Sessions, manifest.Sessions + manifest.SessionsFailed);
        Assert.True(manifest.SessionsFailed > 0);
        Assert.False(manifest.Fitness.Fit);
        Assert.Contains(manifest.Warnings, w => w.Contains("too many clients", StringComparison.Ordinal) && w.Contains("max_connections", StringComparison.Ordinal));
    }

    [ServerTheory]
    [InlineData("postgres 15", "max_connections=20")]
    [InlineData("mariadb 11.8", "--max-connections=20")]
    public async Task TwentyConnectionsAreTooFewForTwoHundredSessions(string kind, string option)
    {
        await using var server = await TestServer.StartAsync(ServerKind.Parse(kind), new TestServerOptions { Options = [option] });
        using var folder = new TempFolder("few");
        MakeWorkload(folder.File("w.workload"), 200, server.Kind.IsPostgres ? Engine.PostgreSql : Engine.MySql);
        var options = new RunOptions
        {
            Workload = folder.File("w.workload"),
            Target = TargetUrl.Parse(server.Url()),
            Out = folder.File("a.run"),
            Force = new HashSet<string>(StringComparer.Ordinal) { "source", "others" },
        };
        var progress = new Progress(new StringWriter(), quiet: true, isTerminal: false, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<CommandException>(() => RunCommand.RunAsync(options, progress, default));
        Assert.Contains("200 sessions", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("raise max_connections to 205", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(options.Out));
    }

    // All of them open at the start and idle in between; none closes before the last has opened.
    private static void MakeWorkload(string folder, int sessions, Engine engine = Engine.PostgreSql)
    {
        using var maker = new WorkloadMaker(folder, blockExchanges: 1000, engine: engine);
        for (var i = 1; i <= sessions; i++)
        {
            maker.Add(WorkloadMaker.Session(i, openedAt: i) with { Engine = engine, Database = engine == Engine.PostgreSql ? "postgres" : "mysql", User = TestServer.User });
        }

        for (var i = 1; i <= sessions; i++)
        {
            maker.Add(i, 100_000 + i, 100_001 + i);
        }

        for (var i = 1; i <= sessions; i++)
        {
            maker.Add(i, IdleMicroseconds + i, IdleMicroseconds + 1 + i);
        }

        using var reader = maker.Read();
        Assert.Equal(2 * sessions, reader.ExchangeCount);
    }
}
