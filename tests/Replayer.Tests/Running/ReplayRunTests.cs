using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Whole runs of workloads made by hand against a real server.</summary>
[Collection(ServersCollection.Name)]
public sealed class ReplayRunTests(ServersFixture servers)
{
    [ServerFact]
    public async Task SessionsPlayAsTheirUsersAndEveryExchangeIsAccountedFor()
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync("DROP ROLE IF EXISTS alice; CREATE ROLE alice", database);
        await server.SqlAsync("CREATE TABLE t (id int PRIMARY KEY, who text DEFAULT session_user); GRANT ALL ON t TO alice", database);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database });
        maker.Add(WorkloadMaker.Session(2) with { Database = database, Purpose = SessionPurpose.SnapshotTool });
        maker.Add(1, 0, 10, sql: "INSERT INTO t VALUES (1)");
        maker.Add(1, 20, 30, maker.Shape("discard all", "session"), sql: "DISCARD ALL");
        maker.Add(1, 40, 50, sql: "INSERT INTO t VALUES (2)");
        var missing = maker.Add(1, 60, 70, sql: "SELECT * FROM nowhere");
        maker.Add(2, 80, 90, sql: "INSERT INTO t VALUES (3)");
        maker.Add(1, 100, 110, maker.Shape("kill ?", "utility"), sql: "KILL 1");
        using (maker.Read())
        {
            var result = await PlayAsync(folder, server.Url(database), Speed.Recorded);
            Assert.Equal(RunEnd.Complete, result.End);
            Assert.Equal((6, 4, 0), (result.Manifest.Captured, result.Manifest.Replayed, result.Manifest.NotReached));
            Assert.Equal(new Dictionary<string, long> { ["dangerous"] = 1, ["snapshot_tool"] = 1 }, result.Manifest.SkippedByReason);
            Assert.Empty(result.Manifest.FailedByReason);
        }

        Assert.Equal("1|alice\n2|alice", await server.SqlAsync("SELECT id, who FROM t ORDER BY id", database));
        using var run = RunReader.Open(folder.File("a.run"));
        var outcomes = new RunOutcome[6];
        run.Read(0, outcomes);
        Assert.Equal("42P01", run.ErrorCode(outcomes[missing].ErrorCode));
        Assert.Contains("nowhere", run.FindError(missing)!.Message, StringComparison.Ordinal);
        Assert.Equal(1u, outcomes[0].Affected);
        Assert.Contains("max_connections", run.ReadDocument("settings.json"), StringComparison.Ordinal);
        Assert.Contains("\"table\":\"t\"", run.ReadDocument("tables.json"), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task SessionsBeginWithTheSettingsOfTheirRole()
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync(
            "DROP ROLE IF EXISTS carol; CREATE ROLE carol; ALTER ROLE carol SET search_path TO \"$user\", stock; ALTER ROLE carol SET work_mem TO '7MB';"
            + $"ALTER ROLE carol IN DATABASE {database} SET work_mem TO '9MB'; ALTER ROLE carol SET statement_timeout TO '50s';"
            + "CREATE SCHEMA stock AUTHORIZATION carol; CREATE TABLE stock.t (id int, memory text, timeout text); ALTER TABLE stock.t OWNER TO carol", database);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database, User = "carol", Parameters = new Dictionary<string, string> { ["statement_timeout"] = "40s" } });
        maker.Add(1, 0, 10, sql: "INSERT INTO t VALUES (1, current_setting('work_mem'), current_setting('statement_timeout'))");
        maker.Add(1, 20, 30, maker.Shape("discard all", "session"), sql: "DISCARD ALL");
        maker.Add(1, 40, 50, sql: "INSERT INTO t VALUES (2, current_setting('work_mem'), current_setting('statement_timeout'))");
        using (maker.Read())
        {
            Assert.Equal(RunEnd.Complete, (await PlayAsync(folder, server.Url(database), Speed.Recorded)).End);
        }

        Assert.Equal("1|9MB|40s\n2|9MB|40s", await server.SqlAsync("SELECT * FROM stock.t ORDER BY id", database));
    }

    [ServerFact]
    public async Task ATargetWithoutTheMarkIsRefusedBeforeAnythingIsDone()
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database, User = TestServer.User });
        maker.Add(1, 0, 10, sql: "CREATE TABLE t ()");
        using (maker.Read())
        {
            var options = Options(folder, server.Url(database), Speed.Max) with { Force = new HashSet<string>() };
            var e = await Assert.ThrowsAsync<CommandException>(() => RunCommand.RunAsync(options, Quiet(), default));
            Assert.Contains("--force source", e.Message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(folder.File("a.run")));
        Assert.Equal("0", await server.SqlAsync("SELECT count(*) FROM pg_class WHERE relname = 't'", database));
    }

    [ServerFact]
    public async Task ABackendThatIsTerminatedFailsItsSessionAndNoOther()
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync("DROP FUNCTION IF EXISTS leave(); CREATE FUNCTION leave() RETURNS bool LANGUAGE sql AS 'SELECT pg_terminate_backend(pg_backend_pid())'", database);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database, User = TestServer.User });
        maker.Add(WorkloadMaker.Session(2) with { Database = database, User = TestServer.User });
        maker.Add(1, 0, 10, sql: "SELECT leave()");
        maker.Add(1, 20, 30);
        maker.Add(2, 100_000, 100_010);
        using (maker.Read())
        {
            var result = await PlayAsync(folder, server.Url(database), Speed.Recorded);
            // The server's last word is a response to the first; the second is on the wire by then, or not sent any more.
            Assert.Equal(3, result.Manifest.Replayed + result.Manifest.FailedByReason.Values.Sum());
            Assert.Subset(new HashSet<string> { "connection_lost", "session_lost" }, result.Manifest.FailedByReason.Keys.ToHashSet());
            Assert.False(result.Manifest.Fitness.Fit);
        }

        using var run = RunReader.Open(folder.File("a.run"));
        var outcomes = new RunOutcome[3];
        run.Read(0, outcomes);
        Assert.Equal((RunStatus.Failed, RunStatus.Replayed), (outcomes[1].Status, outcomes[2].Status));
    }

    [ServerFact]
    public async Task AnInterruptedRunIsReadable()
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database, User = TestServer.User });
        maker.Add(1, 0, 10);
        maker.Add(1, 3_600_000_000, 3_600_000_010);
        using (maker.Read())
        {
            using var interrupted = new CancellationTokenSource();
            var playing = RunCommand.RunAsync(Options(folder, server.Url(database), Speed.Recorded), Quiet(), interrupted.Token);
            PlayerBench.Until(() => File.Exists(Path.Combine(folder.File("a.run"), "run.json")) || playing.IsCompleted);
            await interrupted.CancelAsync();
            var result = await playing;
            Assert.Equal(RunEnd.Interrupted, result.End);
            Assert.InRange(result.Manifest.NotReached, 1, 2);
        }

        using var run = RunReader.Open(folder.File("a.run"));
        Assert.Equal(2, run.Count);
        Assert.False(run.Manifest.Fitness.Fit);
    }

    [ServerTheory]
    [InlineData("1", OrderMode.Session)]
    [InlineData("max", OrderMode.Key)]
    [InlineData("1", OrderMode.Session, 2)]
    public async Task WhatStillRunsAtTheDeadlineIsEndedAtTheServerAndHasFailed(string speed, OrderMode order, int clones = 0)
    {
        var server = await servers.GetAsync(ServerKind.Postgres15);
        var database = await servers.NewDatabaseAsync(server);
        using var folder = new TempFolder();
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1) with { Database = database, User = TestServer.User });
        maker.Add(WorkloadMaker.Session(2) with { Database = database, User = TestServer.User });
        var read = maker.Shape("select ?", "read");
        var endless = maker.Shape("select ? , count ( * ) from pg_proc a , pg_proc b , pg_proc c , pg_proc d", "read");
        maker.Add(1, 0, 10, endless, sql: "SELECT 'drained', count(*) FROM pg_proc a, pg_proc b, pg_proc c, pg_proc d"); // takes days, and is a read that clones have too
        maker.Add(1, 20, 30, read);
        maker.Add(2, 100_000, 100_010, read);
        maker.Add(1, 200_000, 200_010, read);
        using (maker.Read())
        {
            Assert.True(Speed.TryParse(speed, out var factor));
            var result = await RunCommand.RunAsync(Options(folder, server.Url(database), factor) with { Drain = TimeSpan.FromSeconds(1), Order = order, Clones = clones == 0 ? null : new CloneOptions(clones, TimeSpan.FromMilliseconds(50)) }, Quiet(), default);
            Assert.Equal(RunEnd.Complete, result.End);
            Assert.Equal((1, 0), (result.Manifest.Replayed, result.Manifest.NotReached));
            Assert.Equal(clones, result.Manifest.Knobs?.ClonedReplayed ?? 0);
            Assert.Equal(new Dictionary<string, long> { ["drain_deadline"] = 3 }, result.Manifest.FailedByReason);
            Assert.Contains(result.Manifest.Warnings, w => w.StartsWith("--drain: 1 s after", StringComparison.Ordinal));
            Assert.DoesNotContain(result.Manifest.Warnings, w => w.Contains("may go on at the target", StringComparison.Ordinal));
            Assert.Contains("replayed", result.Manifest.Fitness.Gates);
            Assert.InRange(result.Played.TotalSeconds, 1, 60);
        }

        for (var since = DateTime.UtcNow; await server.SqlAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT ''drained''%' AND state = 'active'", database) != "0";)
        {
            Assert.True(DateTime.UtcNow - since < TimeSpan.FromSeconds(10)); // its end is the server's affair, but not a matter of 600 s
        }
    }

    private static Task<RunResult> PlayAsync(TempFolder folder, string url, Speed speed) => RunCommand.RunAsync(Options(folder, url, speed), Quiet(), default);

    private static RunOptions Options(TempFolder folder, string url, Speed speed) => new()
    {
        Workload = folder.File("w.workload"),
        Target = TargetUrl.Parse(url),
        Out = folder.File("a.run"),
        Speed = speed,
        Force = new HashSet<string>(StringComparer.Ordinal) { "source", "users" },
    };

    private static Progress Quiet() => new(TextWriter.Null, quiet: true, isTerminal: false, TimeProvider.System);
}
