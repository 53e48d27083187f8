using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Reads ahead of the schedule, plans exchanges and hands them to their sessions' players. Memory is bounded by <see cref="LookAheadMicroseconds"/> at a
/// recorded speed, and by <see cref="MaxQueuedExchanges"/> and <see cref="MaxQueuedBytes"/> always: beyond them it waits.
/// </summary>
public sealed class Feeder : IWalkReceiver, IDisposable
{
    /// <summary>How far ahead of the schedule exchanges are in memory, run clock: one second and a half.</summary>
    public const long LookAheadMicroseconds = 1_500_000;

    /// <summary>The most exchanges that wait in sessions' queues before reading stops (a block more may come): 100,000.</summary>
    public const int MaxQueuedExchanges = 100_000;

    /// <summary>The most bytes of requests that wait before reading stops (a block more may come): 256 MiB.</summary>
    public const long MaxQueuedBytes = 256L << 20;

    // Where each session has its own way through the workload nothing but the bounds says how far to read, and one that starves may go beyond them only so far.
    private const int StarvedBounds = 4;

    private const int StarvedAfterPauses = 25;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly WorkloadReader _reader;
    private readonly WorkloadWalk _walk;
    private readonly ExchangePlanner _planner;
    private readonly RequestSlabs _slabs;
    private readonly RunContext _context;
    private readonly Dictionary<int, SessionPlayer> _players = [];
    private readonly PriorityQueue<int, long> _byClose = new();
    private readonly Action<SessionPlayer> _started;
    private readonly OrderFile? _order;
    private readonly Clones? _clones;
    private readonly int _copies;
    private long _queuedBefore;
    private int _standsStill;
    private bool _reached;
    private readonly ManualResetEventSlim _stop = new(false, spinCount: 0); // spinning would yield the CPU to and fro between sessions' threads and servers

    /// <summary>A feeder of a whole workload.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="planner">Decides what is to be done with each exchange.</param>
    /// <param name="slabs">The memory that the planner uses, for the bound.</param>
    /// <param name="context">The run.</param>
    /// <param name="preRolled">Players that the pre-roll has opened already, by session.</param>
    /// <param name="started">Called for each new player, before its first exchange.</param>
    /// <param name="order">What order between sessions asks of exchanges; null if nothing. Not disposed of.</param>
    /// <param name="clones">The sessions' clones, which the bounds hold for each; null if there are none. Not disposed of.</param>
    public Feeder(
        WorkloadReader reader,
        ExchangePlanner planner,
        RequestSlabs slabs,
        RunContext context,
        IReadOnlyDictionary<int, SessionPlayer> preRolled,
        Action<SessionPlayer> started,
        OrderFile? order = null,
        Clones? clones = null)
    {
        _reader = reader;
        _walk = new WorkloadWalk(reader, this);
        _planner = planner;
        _slabs = slabs;
        _context = context;
        _started = started;
        _order = order;
        _clones = clones;
        _copies = 1 + (clones?.Count ?? 0);
        foreach (var player in preRolled.Values)
        {
            Adopt(player);
        }
    }

    /// <summary>Exchanges read so far, for progress.</summary>
    public long Walked => _walk.Walked;

    /// <summary>Whether everything that was asked for before the schedule's beginning has been handed out.</summary>
    public bool HasReachedSchedule => Volatile.Read(ref _reached);

    /// <summary>Whether reading waits because a bound is reached.</summary>
    public bool IsFull => _context.Queued >= (long)_copies * MaxQueuedExchanges || _slabs.BytesInUse >= MaxQueuedBytes;

    /// <summary>
    /// Whether nothing has moved for a while: then what all wait for may not have been read yet, as something that began during what has been read had ended
    /// before it. One block at a time is read beyond the bounds.
    /// </summary>
    private bool IsStarving()
    {
        var queued = _context.Queued;
        _standsStill = (_order is not null || _context.Admission is not null) && _context.OnWire == 0 && queued == _queuedBefore ? _standsStill + 1 : 0;
        _queuedBefore = queued;
        return _standsStill >= StarvedAfterPauses
            && (_context.Schedule.IsOfMoments || (queued < (long)_copies * StarvedBounds * MaxQueuedExchanges && _slabs.BytesInUse < StarvedBounds * MaxQueuedBytes));
    }

    /// <summary>Reads the whole workload at the run's pace; on a thread of its own.</summary>
    public void Run()
    {
        while (!_context.Stopping && !_stop.IsSet && !_walk.IsAtEnd)
        {
            if ((IsFull && !IsStarving()) || _walk.CompleteMicroseconds > HorizonMicroseconds())
            {
                _stop.Wait(Pause);
                continue;
            }

            _walk.Step();
            EndSessions(_walk.CompleteMicroseconds);
            Volatile.Write(ref _reached, _reached || _walk.CompleteMicroseconds > _context.Pacer.OriginMicroseconds);
        }

        EndSessions(long.MaxValue);
        Volatile.Write(ref _reached, true);
        foreach (var player in _players.Values)
        {
            player.EndFeed();
        }

        _clones?.EndFeed();
        _players.Clear();
    }

    /// <inheritdoc/>
    public void OnExchange(long position, in Exchange exchange)
    {
        if (!_players.TryGetValue(exchange.Session, out var player))
        {
            var session = _reader.Sessions.Find(exchange.Session)
                ?? throw new WorkloadException($"{_reader.Folder}: exchange {position} belongs to session {exchange.Session}, which is not in the workload; capture again");
            player = new SessionPlayer(session, _context, _planner.SessionReason(session));
            _started(player);
            Adopt(player);
        }

        _planner.Plan(position, in exchange, player.SkipReason, out var planned);
        if (_clones is not null && player.SkipReason == RunReason.None)
        {
            _clones.Enqueue(player.Session, in planned, in exchange);
        }

        planned.Order = _order is null ? null : OrderOf(_order.Find(position), planned.Values.Sources);
        if (planned.IsPreRoll)
        {
            planned.Slab?.Release();
            planned.Slab = null;
            planned.Verdict = PlayVerdict.Done;
        }

        if (planned is { IsAwaited: true, Verdict: not PlayVerdict.Done })
        {
            _context.AddAwaited(1);
        }

        player.Enqueue(in planned);
    }

    /// <summary>Ends <see cref="Run"/> soon; any thread.</summary>
    public void Stop() => _stop.Set();

    /// <inheritdoc/>
    public void Dispose()
    {
        _walk.Dispose();
        _stop.Dispose();
    }

    private static OrderNote? OrderOf(OrderNote? note, OrderDependency[]? sources) =>
        sources is null ? note : new OrderNote([.. note?.Needs ?? [], .. sources], note?.Marks ?? [], note?.Draw);

    private void Adopt(SessionPlayer player)
    {
        _players.Add(player.Session.Number, player);
        if (player.Session.ClosedAtMicroseconds is { } closedAt)
        {
            _byClose.Enqueue(player.Session.Number, closedAt);
        }
    }

    // What lies behind the window is only told what became of it, and comes when the window has been played.
    private long HorizonMicroseconds()
    {
        var now = _context.Now();
        return _walk.CompleteMicroseconds <= _context.EndsAtMicroseconds ? _context.Pacer.CapturedAt(now + LookAheadMicroseconds)
            : (_context.Schedule.IsOfMoments ? _context.Pacer.CapturedAt(now) >= _context.EndsAtMicroseconds : _context.Queued == 0) ? long.MaxValue
            : long.MinValue;
    }

    // What closed before this moment has been handed out whole.
    private void EndSessions(long completeMicroseconds)
    {
        while (_byClose.TryPeek(out var number, out var closedAt) && closedAt < completeMicroseconds)
        {
            _byClose.Dequeue();
            if (_players.Remove(number, out var player))
            {
                player.EndFeed();
                _clones?.EndFeed(number);
            }
        }
    }
}
