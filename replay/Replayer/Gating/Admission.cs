using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// Lets no more than so many transactions be in flight at a time (<c>--concurrency</c>): what has begun goes on, the rest waits, the earliest captured first. What one in flight waits
/// for by order is let in although all places are taken, and what that waits for in turn: else it could wait for ever. Where a place is a connection (<c>--connections</c>) there are no others: then it
/// is the next to be let in, and some places (<see cref="Reserved"/>) are only for whoever is first of all that have none, as production had it: what has begun in production's order can end in it, with as many
/// places as production had transactions open at one time. Where it still comes to that no one in flight can go on, the breaker of stalls lets one of them go.
/// </summary>
/// <remarks>
/// Any thread. Calls come with a player's or the gate's lock held, so nobody is woken in them; whoever holds none calls <see cref="WakeAdmitted"/>.
/// </remarks>
public sealed partial class Admission(int limit, Func<long> now)
{
    private const long First = long.MinValue;

    [ThreadStatic]
    private static bool _isWaking;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Ticket> _sessions = [];
    private readonly Dictionary<(DependencyKind Kind, int Table), Count> _counts = [];
    private readonly PriorityQueue<Ticket, long> _waiting = new();
    private readonly Stack<(int Session, int Ordinal)> _needed = new();
    private readonly ConcurrentQueue<SessionPlayer> _admitted = new();
    private int _inFlight;
    private long _firstWaiting = long.MaxValue;
    private int _most;
    private long _waits;
    private long _beyond;

    /// <summary>The limit.</summary>
    public int Limit => limit;

    /// <summary>Whether nothing is ever let in beyond the limit.</summary>
    public bool IsHard { get; init; }

    /// <summary>When what is next to be let in was asked for in production; <see cref="long.MaxValue"/> if nothing waits.</summary>
    public long FirstWaiting => Volatile.Read(ref _firstWaiting);

    /// <summary>The most transactions that were in flight at a time.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Transactions that had to wait.</summary>
    public long Waits => Volatile.Read(ref _waits);

    /// <summary>Transactions that were let in although all places were taken, because one in flight waited for them, or they had begun before the schedule.</summary>
    public long Beyond => Volatile.Read(ref _beyond);

    /// <summary>How long they waited.</summary>
    public LagHistogram Times { get; } = new();

    /// <summary>Whether a transaction may begin with the exchange; if not, its player is woken when it may.</summary>
    /// <param name="player">Whose.</param>
    /// <param name="head">Its first exchange.</param>
    /// <param name="hasBegun">Whether it has begun already, so that it goes on whatever the limit.</param>
    public bool TryEnter(SessionPlayer player, in PlannedExchange head, bool hasBegun)
    {
        ArgumentNullException.ThrowIfNull(player);
        lock (_lock)
        {
            var ticket = Find(player.Session.Number);
            ticket.Player = player;
            ticket.Need = null;
            if (ticket.IsAdmitted)
            {
                return true;
            }

            var isNeeded = ticket.NeededThrough >= head.Ordinal;
            if (IsHard ? MayTake(ticket) : _inFlight < limit || hasBegun || isNeeded)
            {
                Admit(ticket);
                SeeHead();
                return true;
            }

            if (!ticket.IsWaiting)
            {
                ticket.IsWaiting = true;
                ticket.Ordinal = head.Ordinal;
                ticket.SinceMicroseconds = now();
                _waits++;
                _waiting.Enqueue(ticket, isNeeded ? First : head.RequestedAtMicroseconds);
                SeeFirst();
            }

            return false;
        }
    }

    /// <summary>A transaction has ended.</summary>
    public void Leave(int session)
    {
        lock (_lock)
        {
            var ticket = Find(session);
            if (!ticket.IsAdmitted)
            {
                return;
            }

            ticket.IsAdmitted = false;
            _inFlight--;
            if (IsHard)
            {
                AddHead(ticket);
                GrantHard();
                return;
            }

            while (_inFlight < limit && _waiting.TryDequeue(out var next, out _))
            {
                // One that was let in beyond the limit is still among them.
                if (next.IsWaiting)
                {
                    Grant(next);
                }
            }
        }
    }

    /// <summary>The session has nothing more.</summary>
    public void EndSession(int session)
    {
        Leave(session);
        lock (_lock)
        {
            if (_sessions.Remove(session, out var ticket))
            {
                ticket.IsWaiting = false;
                ticket.HeadAt = long.MaxValue;
                if (IsHard)
                {
                    GrantHard();
                }
            }
        }
    }

    /// <summary>An exchange waits by order; what it waits for may have to be let in.</summary>
    public void WaitsForOrder(int session, int ordinal, in OrderDependency need)
    {
        lock (_lock)
        {
            var ticket = Find(session);
            ticket.Need = need;
            ticket.NeedOrdinal = ordinal;
            if (ticket.IsAdmitted || ticket.NeededThrough >= ordinal)
            {
                Follow(in need);
                FollowAll();
            }
        }
    }

    /// <summary>An exchange that takes places in counts is in a session's queue.</summary>
    public void Expect(int session, int ordinal, OrderMark[] marks)
    {
        ArgumentNullException.ThrowIfNull(marks);
        lock (_lock)
        {
            foreach (var mark in marks)
            {
                var count = Find(mark.Kind, mark.Table);
                count.Expected[mark.Number] = (session, ordinal);
                if (mark.Number <= count.NeededThrough)
                {
                    _needed.Push((session, ordinal));
                }
            }

            FollowAll();
        }
    }

    /// <summary>It has ended.</summary>
    public void Ended(OrderMark[] marks)
    {
        ArgumentNullException.ThrowIfNull(marks);
        lock (_lock)
        {
            foreach (var mark in marks)
            {
                Find(mark.Kind, mark.Table).Expected.Remove(mark.Number);
            }
        }
    }

    /// <summary>Wakes the players that were let in. No lock may be held.</summary>
    public void WakeAdmitted()
    {
        if (_isWaking || _admitted.IsEmpty)
        {
            return;
        }

        // One after the other, and not each within the one before.
        _isWaking = true;
        try
        {
            while (_admitted.TryDequeue(out var player))
            {
                player.Wake();
            }
        }
        finally
        {
            _isWaking = false;
        }
    }

    private void Admit(Ticket ticket)
    {
        _beyond += _inFlight >= limit ? 1 : 0;
        ticket.IsAdmitted = true;
        ticket.IsWaiting = false;
        _inFlight++;
        _most = Math.Max(_most, _inFlight);
    }

    private void SeeFirst()
    {
        var first = long.MaxValue;
        while (_waiting.TryPeek(out var ticket, out first) && !ticket.IsWaiting)
        {
            _waiting.Dequeue();
        }

        Volatile.Write(ref _firstWaiting, _waiting.Count == 0 ? long.MaxValue : first);
    }

    private void Grant(Ticket ticket)
    {
        Times.Add(now() - ticket.SinceMicroseconds);
        Admit(ticket);
        _admitted.Enqueue(ticket.Player!);
    }

    private void Follow(in OrderDependency need)
    {
        if (need.Kind is DependencyKind.Ended or DependencyKind.Sent)
        {
            _needed.Push((need.Session, need.Ordinal));
            return;
        }

        var count = Find(need.Kind, need.Table);
        if (need.Count <= count.NeededThrough)
        {
            return;
        }

        count.NeededThrough = need.Count;
        foreach (var (number, (session, ordinal)) in count.Expected)
        {
            if (number > need.Count)
            {
                break;
            }

            _needed.Push((session, ordinal));
        }
    }

    // Through all that they wait for in turn.
    private void FollowAll()
    {
        while (_needed.TryPop(out var needed))
        {
            var ticket = Find(needed.Session);
            if (needed.Ordinal <= ticket.NeededThrough)
            {
                continue;
            }

            ticket.NeededThrough = needed.Ordinal;
            if (ticket.IsWaiting && ticket.Ordinal <= needed.Ordinal)
            {
                if (IsHard)
                {
                    _waiting.Enqueue(ticket, First); // its other entry is passed over once it has been let in
                    SeeFirst();
                }
                else
                {
                    Grant(ticket);
                }
            }
            else if (ticket.Need is { } next && ticket.NeedOrdinal <= needed.Ordinal)
            {
                Follow(in next);
            }
        }
    }

    private Ticket Find(int session)
    {
        ref var ticket = ref CollectionsMarshal.GetValueRefOrAddDefault(_sessions, session, out _);
        return ticket ??= new Ticket();
    }

    private Count Find(DependencyKind kind, int table)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, (kind, table), out _);
        return count ??= new Count();
    }

    private sealed class Ticket
    {
        public SessionPlayer? Player { get; set; }

        public bool IsAdmitted { get; set; }

        public bool IsWaiting { get; set; }

        public int Ordinal { get; set; }

        public long SinceMicroseconds { get; set; }

        public int NeededThrough { get; set; } = -1;

        public long HeadAt { get; set; } = long.MaxValue;

        public OrderDependency? Need { get; set; }

        public int NeedOrdinal { get; set; }
    }

    private sealed class Count
    {
        public long NeededThrough { get; set; } = -1;

        public SortedDictionary<long, (int Session, int Ordinal)> Expected { get; } = [];
    }
}
