using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Plays one session: keeps its exchanges in order of ordinal, sends each when it is due and the one before it has ended (or the client
/// had not waited either), and records what comes back.
/// </summary>
/// <remarks>
/// It has no thread: whoever brings an event (the feeder, the dispatcher, the thread that received a response) calls <see cref="Wake"/>, and
/// the first of them does the work for all. So sending is in order without a lock held, and a response's thread sends the next request itself.
/// </remarks>
public sealed partial class SessionPlayer : IDispatched, ILinkReceiver
{
    /// <summary>How long before its first exchange is due a session is connected: 250 ms.</summary>
    public const long OpenAheadMicroseconds = 250_000;

    /// <summary>The most exchanges of one session on the wire under <see cref="OrderMode.None"/>, where nothing else limits them.</summary>
    private const int MaxOvertaking = 64;

    private readonly Lock _lock = new();
    private readonly RunContext _context;
    private readonly ExchangeQueue<PlannedExchange> _queue = new();
    private readonly ExchangeQueue<SentExchange> _sent = new();
    private readonly SessionPace? _pace;
    private TaskCompletionSource? _drained;
    private int _wakes;
    private int _nextOrdinal;
    private int _openBatch = -1;
    private int _failedBatch = -1;
    private long _scheduledFor = long.MaxValue;
    private long _lastEndedMicroseconds = long.MinValue;
    private long _orderWaitedFor = -1;
    private bool _feedEnded;
    private bool _holding;
    private bool _timedOut;
    private bool _finished;

    /// <summary>A player of <paramref name="session"/>; it connects when its first exchange is near.</summary>
    public SessionPlayer(Session session, RunContext context, RunReason reason = RunReason.None)
    {
        Session = session;
        SkipReason = reason;
        Ticket = new OrderTicket(this);
        _context = context;
        _memory = new SessionMemory(session.Engine, context.Memory);
        _values = context.Values.Of(session);
        _transaction = new TransactionFollower(session.Engine, context.Order is OrderMode.Key or OrderMode.Table);
        _unprepared = new UnpreparedStatements(session.Engine);
        _shared = context.Shared;
        _pace = context.Schedule.IsOfMoments ? null : new SessionPace(session);
        _retry = context.Retries.Attempts > 0 ? new TransactionRetry(session.Engine, context.Retries) : null;
    }

    /// <summary>The captured session.</summary>
    public Session Session { get; }

    /// <summary>Why the whole session is left out; <see cref="RunReason.None"/> if it is not.</summary>
    public RunReason SkipReason { get; }

    /// <summary>What it waits for by order.</summary>
    public OrderTicket Ticket { get; }

    /// <summary>The local port of its connection; 0 before the first.</summary>
    public int LocalPort => Volatile.Read(ref _port);

    /// <summary>How long the longest of its exchanges that are on the wire took in the capture; 0 if none is.</summary>
    public long LongestOnWireMicroseconds
    {
        get
        {
            lock (_lock)
            {
                var longest = 0L;
                for (var i = 0; i < _sent.Count; i++)
                {
                    longest = Math.Max(longest, _sent[i].Planned.CapturedMicroseconds);
                }

                return longest;
            }
        }
    }

    /// <summary>Whether one of its exchanges that have not ended takes a place in a count.</summary>
    public bool Holds(DependencyKind kind, int table, long number)
    {
        lock (_lock)
        {
            for (var i = 0; i < _sent.Count; i++)
            {
                if (Takes(_sent[i].Planned.Order))
                {
                    return true;
                }
            }

            for (var i = 0; i < _queue.Count; i++)
            {
                if (Takes(_queue[i].Order))
                {
                    return true;
                }
            }

            return _retry?.Holds(Takes) == true;
        }

        bool Takes(OrderNote? order) => order is not null && Array.Exists(order.Marks, m => m.Kind == kind && m.Table == table && m.Number == number);
    }

    /// <summary>Adds an exchange. The feeder's thread only.</summary>
    public void Enqueue(in PlannedExchange planned)
    {
        bool wake;
        lock (_lock)
        {
            _queue.Enqueue(planned);
            var at = _queue.Count - 1;
            for (; at > 0 && _queue[at - 1].Ordinal > planned.Ordinal; at--)
            {
                (_queue[at - 1], _queue[at]) = (_queue[at], _queue[at - 1]);
            }

            wake = at == 0;
            if (wake)
            {
                NoteHead();
            }
        }

        _context.AddQueued(1);
        if (_context.Admission is { } admission && planned.Order is { Marks: { Length: > 0 } marks })
        {
            admission.Expect(Session.Number, planned.Ordinal, marks);
            admission.WakeAdmitted();
        }

        if (wake)
        {
            _shared?.Admission.WakeAdmitted();
            Wake();
        }
    }

    /// <summary>Nothing more comes from the feeder.</summary>
    public void EndFeed()
    {
        lock (_lock)
        {
            _feedEnded = true;
        }

        Wake();
    }

    /// <summary>Ends when all that was enqueued has been dealt with.</summary>
    public Task WhenDrainedAsync()
    {
        Task task;
        lock (_lock)
        {
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            task = _drained.Task;
        }

        Wake();
        return task;
    }

    /// <summary>Something may be possible now that was not before; any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _wakes) != 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _wakes);
            while (PumpOne())
            {
                // Until nothing can be done.
            }
        }
        while (Interlocked.Add(ref _wakes, -seen) != 0);
    }

    /// <inheritdoc/>
    public void OnDue()
    {
        lock (_lock)
        {
            _scheduledFor = long.MaxValue;
        }

        Wake();
    }

    /// <summary>Ends the connection if a response is overdue; any thread.</summary>
    public void CheckTimeout(long nowMicroseconds)
    {
        IPlayerLink? link = null;
        lock (_lock)
        {
            if ((_state == LinkState.Restoring && nowMicroseconds - _openingSinceMicroseconds > RestoreWithinMicroseconds)
                || nowMicroseconds - PrepareWithinMicroseconds > _preparingSinceMicroseconds)
            {
                link = _link;
            }
            else if (_sent.Count > 0 && !_timedOut
                && nowMicroseconds - Math.Max(_sent.Head.GivenMicroseconds, _lastEndedMicroseconds) > _context.LimitMicroseconds(_sent.Head.Planned.CapturedMicroseconds))
            {
                _timedOut = true;
                link = _link;
            }
        }

        link?.Abort("no response within the time allowed");
    }

    /// <summary>Ends the connection because the run is broken off, and what waits stays not reached, or because its deadline has passed.</summary>
    public void Interrupt(string reason = "the run was interrupted")
    {
        IPlayerLink? link;
        lock (_lock)
        {
            link = _link;
        }

        link?.Abort(reason);
        Wake();
    }

    // What it had of the connections, and of the connection that it had.
    private void ReleaseSlot(IPlayerLink? link = null)
    {
        var held = Interlocked.Exchange(ref _holdsSlot, 0) == 1;
        if (held && _shared is not null)
        {
            _shared.Lose(this, link);
            return;
        }

        if (held)
        {
            _context.Connections.Release();
        }

        if (link is not null)
        {
            _ = DisposeAsync(link);
        }
    }
}
