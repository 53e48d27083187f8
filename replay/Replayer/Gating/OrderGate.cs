using System.Numerics;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// Holds exchanges back until what they depend on has ended: a dependant waits for the end of its predecessor's statement, so that the database itself still does
/// the lock wait. Any thread; a lock is held for a few look-ups.
/// </summary>
public sealed class OrderGate(Func<long> now) : IOrderGate, IDispatched
{
    /// <summary>How long after its sending a statement that has not ended is taken to have begun: 6 ms, since a busy server begins late. See <see cref="OrderOptions.LateStartMicroseconds"/>.</summary>
    public const long StartMicroseconds = 6000;

    [ThreadStatic]
    private static Queue<SessionPlayer>? _waking;

    [ThreadStatic]
    private static bool _isWaking;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SessionProgress> _sessions = [];
    private ulong[] _closed = new ulong[64]; // a bit for each session that has ended, so that nothing else is kept of it
    private readonly Dictionary<long, CountProgress> _counts = []; // by kind and table in one number
    private readonly long[] _waits = new long[Enum.GetValues<OrderReason>().Length];
    private readonly long[] _waitedMicroseconds = new long[Enum.GetValues<OrderReason>().Length];
    private readonly long[] _longestMicroseconds = new long[Enum.GetValues<OrderReason>().Length];
    private readonly long[] _released = new long[Enum.GetValues<OrderReason>().Length];
    private readonly PriorityQueue<SessionProgress, long> _starts = new(); // by when their last statement is taken to have begun
    private long _ended;

    /// <summary>Who calls when a statement is taken to have begun; null: that is when it is sent.</summary>
    public Dispatcher? Dispatcher { get; init; }

    /// <summary>Who has to know what exchanges wait for, so that it may begin; null: nobody.</summary>
    public Admission? Admission { get; init; }

    /// <summary>Exchanges that have ended so far.</summary>
    public long EndedCount => Volatile.Read(ref _ended);

    /// <summary>How many exchanges waited, how long in all, and how many of them were let go, by what they waited for last.</summary>
    public IReadOnlyDictionary<OrderReason, OrderWaits> Waits
    {
        get
        {
            lock (_lock)
            {
                return Enum.GetValues<OrderReason>().ToDictionary(r => r, r => new OrderWaits(_waits[(int)r], _waitedMicroseconds[(int)r], _released[(int)r], _longestMicroseconds[(int)r]));
            }
        }
    }

    /// <inheritdoc/>
    public bool TryPass(in PlannedExchange exchange, SessionPlayer player)
    {
        if (exchange.Order is not { Needs: { Length: > 0 } needs })
        {
            return true;
        }

        lock (_lock)
        {
            var ticket = player.Ticket;
            if (ticket.Position != exchange.Position)
            {
                ticket.Position = exchange.Position;
                ticket.Needs = needs;
                ticket.Met = 0;
                ticket.IsWaiting = ticket.IsReleased = false;
                ticket.SinceMicroseconds = long.MinValue;
            }

            if (ticket.IsWaiting || Advance(ticket))
            {
                return !ticket.IsWaiting;
            }

            Admission?.WaitsForOrder(player.Session.Number, exchange.Ordinal, ticket.Need);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Sent(in PlannedExchange exchange, SessionPlayer player)
    {
        lock (_lock)
        {
            var session = Session(player.Session.Number);
            session.Send(exchange.Ordinal, Dispatcher is null ? long.MinValue : now() + StartMicroseconds);
            Wake(session);
        }

        WakeAll();
    }

    /// <summary>Some statement is taken to have begun.</summary>
    public void OnDue()
    {
        lock (_lock)
        {
            while (_starts.TryPeek(out var session, out var at) && at <= now())
            {
                _starts.Dequeue();
                Wake(session);
            }
        }

        WakeAll();
    }

    /// <inheritdoc/>
    public void Ended(in PlannedExchange exchange, SessionPlayer player)
    {
        lock (_lock)
        {
            _ended++;
            var session = Session(player.Session.Number);
            session.End(exchange.Ordinal);
            Wake(session);
            if (exchange.Order is { } order)
            {
                Admission?.Ended(order.Marks);
                foreach (ref readonly var mark in order.Marks.AsSpan())
                {
                    End(in mark);
                }
            }
        }

        WakeAll();
    }

    /// <inheritdoc/>
    public void EndSession(SessionPlayer player)
    {
        lock (_lock)
        {
            var number = player.Session.Number;
            Array.Resize(ref _closed, Math.Max(_closed.Length, (int)BitOperations.RoundUpToPowerOf2((uint)(number >> 6) + 1)));
            _closed[number >> 6] |= 1UL << (number & 63);
            if (_sessions.Remove(number, out var session))
            {
                session.EndAll();
                Wake(session);
            }
        }

        WakeAll();
    }

    /// <summary>Those of <paramref name="players"/> that wait now: for what, and since when.</summary>
    public List<OrderWait> WaitingOf(IEnumerable<SessionPlayer> players)
    {
        lock (_lock)
        {
            return [.. players.Select(p => p.Ticket).Where(t => t.IsWaiting).Select(t => new OrderWait(t, t.Position, t.Need, t.SinceMicroseconds, Missing(t.Need)))];
        }
    }

    /// <summary>Lets an exchange go without what it waits for; false if it does not wait for that any more.</summary>
    public bool Release(in OrderWait wait)
    {
        var ticket = wait.Ticket;
        lock (_lock)
        {
            if (!ticket.IsWaiting || ticket.Position != wait.Position || ticket.Need != wait.Need)
            {
                return false;
            }

            _released[(int)ticket.Need.Reason]++;
            ticket.IsReleased = true;
            ticket.Met++;
            Enqueue(ticket);
        }

        WakeAll();
        return true;
    }

    // The rest of what it needs, from where it stands.
    private bool Advance(OrderTicket ticket)
    {
        for (; ticket.Met < ticket.Needs.Length; ticket.Met++)
        {
            ref readonly var need = ref ticket.Needs[ticket.Met];
            if (!IsMet(in need, out var session, out var count))
            {
                ticket.SinceMicroseconds = ticket.SinceMicroseconds == long.MinValue ? now() : ticket.SinceMicroseconds;
                ticket.Reason = need.Reason;
                ticket.IsWaiting = true;
                ticket.Turn++;
                session?.Waiting.Add((ticket, ticket.Turn));
                count?.Waiting.Enqueue((ticket, ticket.Turn), need.Count);
                return false;
            }
        }

        if (ticket.SinceMicroseconds != long.MinValue)
        {
            var waited = now() - ticket.SinceMicroseconds;
            _waits[(int)ticket.Reason]++;
            _waitedMicroseconds[(int)ticket.Reason] += waited;
            _longestMicroseconds[(int)ticket.Reason] = Math.Max(_longestMicroseconds[(int)ticket.Reason], waited);
            ticket.SinceMicroseconds = long.MinValue;
        }

        return true;
    }

    private bool IsMet(in OrderDependency need, out SessionProgress? session, out CountProgress? count)
    {
        session = null;
        count = null;
        if (need.Kind is DependencyKind.Ended or DependencyKind.Sent)
        {
            if (IsClosed(need.Session))
            {
                return true;
            }

            session = Session(need.Session);
            return IsMetBy(session, in need);
        }

        count = Count(need.Kind, need.Table);
        return need.Count <= count.Through;
    }

    // What has been sent and not begun is looked at again when it will have.
    private bool IsMetBy(SessionProgress session, in OrderDependency need)
    {
        if (need.Ordinal <= session.EndedThrough)
        {
            return true;
        }

        if (need.Kind != DependencyKind.Sent || need.Ordinal > session.SentThrough)
        {
            return false;
        }

        if (session.BeginsAtMicroseconds <= now())
        {
            return true;
        }

        if (session.LooksAtMicroseconds != session.BeginsAtMicroseconds)
        {
            session.LooksAtMicroseconds = session.BeginsAtMicroseconds;
            _starts.Enqueue(session, session.BeginsAtMicroseconds);
            Dispatcher!.Schedule(this, session.BeginsAtMicroseconds);
        }

        return false;
    }

    private void End(in OrderMark mark)
    {
        var count = Count(mark.Kind, mark.Table);
        count.End(mark.Number);
        while (count.Waiting.TryPeek(out var first, out var number) && number <= count.Through)
        {
            count.Waiting.Dequeue();
            GoOn(first.Ticket, first.Turn);
        }
    }

    private void Wake(SessionProgress session)
    {
        for (var i = session.Waiting.Count - 1; i >= 0; i--)
        {
            var (ticket, turn) = session.Waiting[i];
            var isOld = !ticket.IsWaiting || ticket.Turn != turn;
            if (isOld || IsMetBy(session, ticket.Need))
            {
                session.Waiting[i] = session.Waiting[^1];
                session.Waiting.RemoveAt(session.Waiting.Count - 1);
                GoOn(ticket, turn);
            }
        }
    }

    private static void GoOn(OrderTicket ticket, int turn)
    {
        if (ticket.IsWaiting && ticket.Turn == turn)
        {
            ticket.Met++;
            Enqueue(ticket);
        }
    }

    private static void Enqueue(OrderTicket ticket)
    {
        ticket.IsWaiting = false;
        (_waking ??= new Queue<SessionPlayer>()).Enqueue(ticket.Player);
    }

    // Outside of the lock, and one after the other: a player that is woken may end an exchange at once and wake the next, as deep as there are sessions.
    private static void WakeAll()
    {
        if (_waking is not { Count: > 0 } waking || _isWaking)
        {
            return;
        }

        _isWaking = true;
        try
        {
            while (waking.TryDequeue(out var player))
            {
                player.Wake();
            }
        }
        finally
        {
            _isWaking = false;
        }
    }

    private long Missing(in OrderDependency need) => need.Kind is DependencyKind.Ended or DependencyKind.Sent ? 0 : Count(need.Kind, need.Table).Through + 1;

    private bool IsClosed(int number) => number >> 6 < _closed.Length && (_closed[number >> 6] & (1UL << (number & 63))) != 0;

    private SessionProgress Session(int number)
    {
        ref var session = ref CollectionsMarshal.GetValueRefOrAddDefault(_sessions, number, out _);
        return session ??= new SessionProgress();
    }

    private CountProgress Count(DependencyKind kind, int table)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, ((long)kind << 32) | (uint)table, out _);
        return count ??= new CountProgress();
    }
}

/// <summary>A wait that is going on.</summary>
/// <param name="Ticket">Whose.</param>
/// <param name="Position">Position of the exchange.</param>
/// <param name="Need">What it waits for.</param>
/// <param name="SinceMicroseconds">Since when, run clock.</param>
/// <param name="Missing">For counts: the lowest number that is missing; else 0.</param>
public readonly record struct OrderWait(OrderTicket Ticket, long Position, OrderDependency Need, long SinceMicroseconds, long Missing);

/// <summary>Waits for one reason.</summary>
/// <param name="Count">Exchanges that waited.</param>
/// <param name="Microseconds">How long, in all.</param>
/// <param name="Released">Waits that were broken off.</param>
/// <param name="LongestMicroseconds">The longest of them.</param>
public readonly record struct OrderWaits(long Count, long Microseconds, long Released, long LongestMicroseconds);
