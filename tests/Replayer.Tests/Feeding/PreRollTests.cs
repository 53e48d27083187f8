using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Two transactions straddle the cut; the first gave a lock up just before the second's statement ended, though the packets say just after.</summary>
public sealed class PreRollTests : IDisposable
{
    private static readonly SnapshotInfo Snapshot = new()
    {
        Tool = "pg_dump",
        Engine = Engine.PostgreSql,
        CutEarliestMicroseconds = WorkloadMaker.Base + 1_000,
        CutLatestMicroseconds = WorkloadMaker.Base + 1_010,
    };

    private readonly TempFolder _folder = new();
    private readonly WorkloadMaker _maker;
    private readonly SteppedWaiter _waiter = new();
    private readonly ScriptedTarget _target = new();
    private readonly ConnectionGate _connections;
    private readonly RunContext _context;
    private readonly List<SessionPlayer> _players = [];

    public PreRollTests()
    {
        _maker = new WorkloadMaker(_folder.File("w.workload"), Snapshot);
        _connections = new ConnectionGate(_target, 10);
        _context = new RunContext
        {
            Now = () => _waiter.Now,
            Dispatcher = new Dispatcher(() => _waiter.Now, _waiter),
            Connections = _connections,
            Recorder = new NotingRecorder(),
            Order = OrderMode.Session,
            Values = AsRecorded.Instance,
            Retries = new VictimRetries(),
            Gate = OpenGate.Instance,
            Timeout = TimeSpan.FromMinutes(10),
            Pacer = new Pacer(Speed.Max, WorkloadMaker.Base, 0),
            Finished = static _ => { },
        };
    }

    public void Dispose()
    {
        _context.Dispatcher.Dispose();
        _connections.Dispose();
        _maker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task AStatementThatAnotherSessionHoldsUpIsLeftWaitingAndTheNextIsSent()
    {
        using var reader = Straddling();
        var locks = new List<(long Waiting, long Blocking)>();
        var preRoll = PreRoll(reader, () => locks);
        var running = preRoll.RunAsync();
        Link(1).Answer(transaction: TransactionState.Open);
        PlayerBench.Until(() => SentBy(2) == 1);
        Assert.Equal(1, SentBy(1));

        // As PostgreSQL says it: the second's backend waits for the first's.
        lock (locks)
        {
            locks.Add((_players[1].ServerConnectionId, _players[0].ServerConnectionId));
        }

        PlayerBench.Until(() => SentBy(1) == 2);
        lock (locks)
        {
            locks.Clear();
        }

        Link(1).Answer(transaction: TransactionState.Open);
        Link(2).Answer(transaction: TransactionState.Open);
        await running;
        Assert.Equal(1, preRoll.LeftWaiting);
    }

    [Fact]
    public async Task AStatementThatOnlyTakesLongIsWaitedFor()
    {
        using var reader = Straddling();
        var looked = 0;
        var preRoll = PreRoll(reader, () =>
        {
            Interlocked.Increment(ref looked);
            return [(1, 2)];
        });
        var running = preRoll.RunAsync();
        Link(1).Answer(transaction: TransactionState.Open);
        PlayerBench.Until(() => Volatile.Read(ref looked) >= 2);
        Assert.Equal(1, SentBy(1));
        Link(2).Answer(transaction: TransactionState.Open);
        PlayerBench.Until(() => SentBy(1) == 2);
        Link(1).Answer(transaction: TransactionState.Open);
        await running;
        Assert.Equal(0, preRoll.LeftWaiting);
    }

    [Fact]
    public async Task AStatementThatStandsInALockThatIsNotShownIsLeftWaitingInTheEnd()
    {
        using var reader = Straddling();
        var looked = 0;
        var preRoll = PreRoll(
            reader,
            () =>
            {
                Interlocked.Increment(ref looked);
                return [];
            },
            isInLock: true);
        var running = preRoll.RunAsync();
        Link(1).Answer(transaction: TransactionState.Open);
        PlayerBench.Until(() => Volatile.Read(ref looked) >= 2);
        Assert.Equal(1, SentBy(1));
        _waiter.AdvanceTo(StallBreaker.BusyLimitMicroseconds);
        PlayerBench.Until(() => SentBy(1) == 2);
        Link(1).Answer(transaction: TransactionState.Open);
        Link(2).Answer(transaction: TransactionState.Open);
        await running;
        Assert.Equal(1, preRoll.LeftWaiting);
    }

    private WorkloadReader Straddling()
    {
        var write = _maker.Shape("update t set a = ?", "write");
        var rollback = _maker.Shape("rollback to s", "transaction");
        _maker.Add(WorkloadMaker.Session(1));
        _maker.Add(WorkloadMaker.Session(2));
        _maker.Add(1, 10, 20, write, TransactionState.Open);
        _maker.Add(2, 30, 50, write, TransactionState.Open);
        _maker.Add(1, 40, 51, rollback, TransactionState.Open, sql: "rollback to s");
        _maker.Add(1, 2_000, 2_010, write);
        _maker.Add(2, 2_000, 2_020, write);
        return _maker.Read();
    }

    private PreRoll PreRoll(WorkloadReader reader, Func<List<(long Waiting, long Blocking)>> locks, bool? isInLock = null)
    {
        var traits = ShapeFacts.Of(reader.Shapes);
        var cut = CutPlanner.Plan(reader, new SnapshotCuts(Snapshot), traits);
        var planner = new ExchangePlanner(Engine.PostgreSql, traits, cut, new RequestSlabs(), AsRecorded.Instance);
        var scripted = new ScriptedLocks(() =>
        {
            var now = locks();
            lock (now)
            {
                return [.. now];
            }
        });
        scripted.IsInLock = isInLock;
        return new PreRoll(reader, cut, planner, _context, order: null, _players.Add, scripted);
    }

    private ScriptedLink Link(int session)
    {
        PlayerBench.Until(() => Find(session)?.Sent.Count > 0);
        return Find(session)!;
    }

    private int SentBy(int session) => Find(session)?.Sent.Count ?? 0;

    private ScriptedLink? Find(int session) => _target.Links.FirstOrDefault(l => l.Session.Number == session);
}
