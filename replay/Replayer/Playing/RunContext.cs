namespace Replay.Replayer;

/// <summary>What all players of a run share.</summary>
public sealed class RunContext
{
    private long _queued;
    private long _awaited;
    private long _connectionsLost;
    private long _reopened;
    private long _stateRefused;
    private (Pacer Original, Pacer Shifted)[] _shifted = [];
    private long _openedSessions;
    private int _onWire;
    private int _maxOnWire;

    /// <summary>What clones share, apart from what all share: their own recorder, no order with others, a schedule that is later. Null for sessions themselves.</summary>
    public RunContext? Original { get; private init; }

    /// <summary>How much later than the sessions' the schedule is, run clock.</summary>
    public long ShiftMicroseconds { get; private init; }

    /// <summary>The run's clock, microseconds since 1970.</summary>
    public required Func<long> Now { get; init; }

    /// <summary>Calls players when they are due.</summary>
    public required Dispatcher Dispatcher { get; init; }

    /// <summary>Whose turn on a processor matters.</summary>
    public ClockedThreads Clocked { get; init; } = new(isWanted: false);

    /// <summary>Opens connections.</summary>
    public required ConnectionGate Connections { get; init; }

    /// <summary>Takes the outcomes.</summary>
    public required IOutcomeRecorder Recorder { get; init; }

    /// <summary>Which order within sessions is kept.</summary>
    public OrderMode Order { get; init; } = OrderMode.Session;

    /// <summary>Decides about order between sessions.</summary>
    public IOrderGate Gate { get; init; } = OpenGate.Instance;

    /// <summary>How many transactions may be in flight; null: as many as there are.</summary>
    public Admission? Admission { get; init; }

    /// <summary>The connections that all sessions share; null: each has its own.</summary>
    public SharedConnections? Shared { get; init; }

    /// <summary>What is done about values.</summary>
    public IRunValues Values { get; init; } = AsRecorded.Instance;

    /// <summary>What is done about victims.</summary>
    public VictimRetries Retries { get; init; } = new();

    /// <summary>The longest wait for a response; a response that took longer than a tenth of it in the capture is given ten times that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The schedule; the pre-roll has none.</summary>
    public Pacer Pacer
    {
        get => Original is null ? field : Shifted(Original.Pacer);
        set;
    } = new(Speed.Max, 0, 0);

    /// <summary>What changes due times apart from speed.</summary>
    public ScheduleOptions Schedule { get; init; } = ScheduleOptions.Plain;

    /// <summary>Where the window that is played ends, workload clock: sessions are closed by then; <see cref="long.MaxValue"/>: with the workload.</summary>
    public long EndsAtMicroseconds { get; init; } = long.MaxValue;

    /// <summary>Whether the run is being broken off: nothing is sent any more.</summary>
    public bool Stopping
    {
        get => Original?.Stopping ?? field;
        set;
    }

    /// <summary>Whether the deadline after the schedule's end has passed: nothing is sent any more, and what has no response has failed.</summary>
    public bool IsDrained
    {
        get => Original?.IsDrained ?? field;
        set;
    }

    /// <summary>What the sessions' memories may hold.</summary>
    public SessionMemoryBudget Memory { get; init; } = new();

    /// <summary>Connections that ended although their sessions had not.</summary>
    public long ConnectionsLost => Volatile.Read(ref _connectionsLost);

    /// <summary>Sessions' connections that were opened again after that.</summary>
    public long Reopened => Volatile.Read(ref _reopened);

    /// <summary>Messages of sessions' state that the target refused on a connection opened again.</summary>
    public long StateRefused => Volatile.Read(ref _stateRefused);

    /// <summary>Called when a player has nothing more to do, on any thread.</summary>
    public Action<SessionPlayer> Finished { get; set; } = static _ => { };

    /// <summary>Exchanges that wait in sessions' queues, for the feeder's bound.</summary>
    public long Queued => Volatile.Read(ref _queued);

    /// <summary>Exchanges on the wire now.</summary>
    public int OnWire => Volatile.Read(ref _onWire);

    /// <summary>The most exchanges that were on the wire at one time.</summary>
    public int MaxOnWire => Volatile.Read(ref _maxOnWire);

    /// <summary>How long a response may take in microseconds.</summary>
    public long LimitMicroseconds(long capturedMicroseconds) => Math.Max((long)Timeout.TotalMicroseconds, 10 * capturedMicroseconds);

    /// <summary>Exchanges before the window that have been handed out and have not ended.</summary>
    public long Awaited => Volatile.Read(ref _awaited);

    /// <summary>Sessions whose connection was opened, however often.</summary>
    public long OpenedSessions => Volatile.Read(ref _openedSessions);

    /// <summary>What clones share that play so much later.</summary>
    internal static RunContext OfClones(RunContext original, IOutcomeRecorder recorder, long shiftMicroseconds) => new()
    {
        Original = original,
        ShiftMicroseconds = shiftMicroseconds,
        Now = original.Now,
        Dispatcher = original.Dispatcher,
        Clocked = original.Clocked,
        Connections = original.Connections,
        Recorder = recorder,
        Order = original.Order == OrderMode.None ? OrderMode.None : OrderMode.Session,
        Schedule = original.Schedule,
        EndsAtMicroseconds = original.EndsAtMicroseconds,
        Timeout = original.Timeout,
        Memory = original.Memory,
        Finished = original.Finished,
    };

    internal void AddAwaited(int count) => Interlocked.Add(ref _awaited, count);

    internal void SawLoss() => Interlocked.Increment(ref _connectionsLost);

    internal void SawReopening() => Interlocked.Increment(ref _reopened);

    internal void SawRefusedState() => Interlocked.Increment(ref _stateRefused);

    internal void SawOpening() => Interlocked.Increment(ref _openedSessions);

    internal void AddQueued(int count)
    {
        Interlocked.Add(ref _queued, count);
        Original?.AddQueued(count);
    }

    internal void EnterWire()
    {
        Original?.EnterWire();
        var now = Interlocked.Increment(ref _onWire);
        var max = Volatile.Read(ref _maxOnWire);
        while (now > max && Interlocked.CompareExchange(ref _maxOnWire, now, max) is var seen && seen != max)
        {
            max = seen;
        }
    }

    internal void LeaveWire(int count)
    {
        Interlocked.Add(ref _onWire, -count);
        Original?.LeaveWire(count);
    }

    // Made again when the sessions' schedule has begun.
    private Pacer Shifted(Pacer original)
    {
        if (_shifted is not [var made] || made.Original != original)
        {
            _shifted = [made = (original, original.Later(ShiftMicroseconds))];
        }

        return made.Shifted;
    }
}
