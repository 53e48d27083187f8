using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Players of several sessions behind one gate, with scripted connections.</summary>
internal sealed class GateBench : IDisposable
{
    private readonly SteppedWaiter _waiter = new();
    private readonly RequestSlabs _slabs = new();
    private readonly Dictionary<int, SessionPlayer> _players = [];
    private readonly Dictionary<int, int> _ordinals = [];
    private readonly ConnectionGate _connections;

    public GateBench(int? limit = null, int? connections = null)
    {
        _connections = new ConnectionGate(Target, 100);
        Shared = connections is { } shared ? new SharedConnections(shared, _connections, () => _waiter.Now, Recorder.Warn) : null;
        Admission = Shared?.Admission ?? (limit is { } most ? new Admission(most, () => _waiter.Now) : null);
        var dispatcher = new Dispatcher(() => _waiter.Now, _waiter);
        Gate = new OrderGate(() => _waiter.Now) { Dispatcher = dispatcher, Admission = Admission };
        Context = new RunContext
        {
            Now = () => _waiter.Now,
            Dispatcher = dispatcher,
            Connections = _connections,
            Recorder = Recorder,
            Order = OrderMode.Key,
            Gate = Gate,
            Admission = Admission,
            Shared = Shared,
            Pacer = new Pacer(Speed.Max, WorkloadMaker.Base, 0),
        };
    }

    public OrderGate Gate { get; }

    public SharedConnections? Shared { get; }

    public Admission? Admission { get; }

    public ScriptedTarget Target { get; } = new();

    public NotingRecorder Recorder { get; } = new();

    public RunContext Context { get; }

    public IReadOnlyCollection<SessionPlayer> Players => _players.Values;

    /// <summary>Adds the next exchange of a session; <paramref name="skip"/>: one that is left out.</summary>
    public void Add(int session, OrderDependency[]? needs = null, OrderMark[]? marks = null, bool skip = false, long at = 0, TransactionState state = TransactionState.Unknown,
        SessionLockUse locks = SessionLockUse.None, string sql = "select 1", SessionEffect effect = SessionEffect.None, KeepReason keeps = KeepReason.None)
    {
        var player = Player(session);

        var ordinal = _ordinals.GetValueOrDefault(session);
        _ordinals[session] = ordinal + 1;
        var request = WorkloadMaker.QueryMessage(sql);
        var planned = new PlannedExchange
        {
            Ordinal = ordinal,
            Position = (1000 * session) + ordinal,
            Command = Command.Query,
            Batch = -1,
            RequestedAtMicroseconds = WorkloadMaker.Base + at,
            State = state,
            Locks = locks,
            Effect = effect,
            Keeps = keeps,
            Verdict = skip ? PlayVerdict.Skip : PlayVerdict.Play,
            Reason = skip ? RunReason.Masked : RunReason.None,
            Shape = -1,
            StatementHandle = -1,
            Order = new OrderNote(needs ?? [], marks ?? []),
        };
        if (!skip)
        {
            planned.Slab = _slabs.Append(request, [], out planned.Offset);
            planned.Length = request.Length;
        }

        player.Enqueue(in planned);
    }

    /// <summary>The player of a session, which is made if there is none; as <paramref name="as"/> if that says more than its number.</summary>
    public SessionPlayer Player(int session, Session? @as = null)
    {
        if (!_players.TryGetValue(session, out var player))
        {
            _players[session] = player = new SessionPlayer(@as ?? WorkloadMaker.Session(session), Context);
        }

        return player;
    }

    /// <summary>The session has nothing more.</summary>
    public void End(int session) => _players[session].EndFeed();

    /// <summary>Waits until a session has sent so many requests.</summary>
    public void UntilSent(int session, int count) => PlayerBench.Until(() => Sent(session) == count);

    public int Sent(int session) => Target.Links.FirstOrDefault(l => l.Session.Number == session)?.Sent.Count ?? 0;

    public bool IsWaiting(int session) => _players[session].Ticket.IsWaiting;

    public void UntilWaiting(int session) => PlayerBench.Until(() => IsWaiting(session));

    public void Answer(int session, string error = "") => Target.Links.First(l => l.Session.Number == session).Answer(error: error);

    public void AdvanceTo(long microseconds) => _waiter.AdvanceTo(microseconds);

    public void Dispose()
    {
        Context.Dispatcher.Dispose();
        _connections.Dispose();
    }
}
