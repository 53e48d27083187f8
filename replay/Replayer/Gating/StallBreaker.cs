namespace Replay.Replayer;

/// <summary>
/// Breaks circles that no edge of the order shows: an exchange waits by order for one that the target holds up behind a lock of the first one's own transaction, or that waits for the connection which
/// that transaction has (<c>--connections</c>).
/// Joins the waits of the gate with the target's lock graph and lets go, in each circle, the wait whose loss does the least damage.
/// </summary>
public sealed partial class StallBreaker(OrderGate gate, RunContext context, Func<IEnumerable<SessionPlayer>> players, ILockGraph locks, CancellationToken ended = default)
{
    /// <summary>How long an exchange waits by order before it is looked into: a fifth of a second.</summary>
    public const long PatienceMicroseconds = 200_000;

    /// <summary>The same for a second after a circle was broken: 20 ms. Where many stood in line, there is another behind it.</summary>
    public const long ShortPatienceMicroseconds = 20_000;

    private const long ShortForMicroseconds = 1_000_000;

    /// <summary>How long nothing at all may end, with nothing on the wire, before a wait is let go though no circle was found: five seconds.</summary>
    public const long LimitMicroseconds = 5_000_000;

    /// <summary>
    /// The same with exchanges on the wire: 30 seconds, and three times what the longest of them took in production. Some locks cannot be read (MariaDB's of metadata that stored procedures use, without its plugin).
    /// </summary>
    public const long BusyLimitMicroseconds = 30_000_000;

    /// <summary>What does the least damage first.</summary>
    private static readonly OrderReason[] ByDamage = [OrderReason.Start, OrderReason.Commit, OrderReason.Visibility, OrderReason.Table, OrderReason.Everything, OrderReason.Key, OrderReason.Value];

    private long _endedBefore = -1;
    private long _standsSince;
    private long _brokenAt = long.MinValue / 2;

    /// <summary>Circles broken.</summary>
    public long Circles { get; private set; }

    /// <summary>Waits let go though no circle was found: all stood still, or a statement behind which others waited did not come to its end.</summary>
    public long Limits { get; private set; }

    /// <summary>The longest wait that was let go, in microseconds.</summary>
    public long LongestMicroseconds { get; private set; }

    /// <summary>Looks once, and lets go what must be. True: a circle was broken, and it is worth looking again soon.</summary>
    public async Task<bool> CheckAsync()
    {
        var now = context.Now();
        if (gate.EndedCount != _endedBefore)
        {
            _endedBefore = gate.EndedCount;
            _standsSince = now;
        }

        if (context.Pacer.StandsAt(now))
        {
            // What they wait for is due in this run's next turn; and the server is not asked for its locks in the other's.
            _standsSince = now;
            return false;
        }

        // Where sessions have clocks of their own, what one waits for may be due a good while later in another.
        if (!context.Schedule.IsOfMoments && context.Dispatcher.AwaitsAny)
        {
            _standsSince = now;
        }

        var active = players().ToList();
        var waits = gate.WaitingOf(active);
        var patience = now - _brokenAt < ShortForMicroseconds ? ShortPatienceMicroseconds : PatienceMicroseconds;
        if (!waits.Exists(w => now - w.SinceMicroseconds >= patience))
        {
            return false;
        }

        var pairs = await locks.ReadAsync(ended);

        // Those that waited all the while that the locks were read: with an older wait a circle may be none.
        var still = gate.WaitingOf(active).Select(static w => (w.Ticket, w.Position, w.Need)).ToHashSet();
        waits.RemoveAll(w => !still.Contains((w.Ticket, w.Position, w.Need)));
        var edges = Edges(active, waits, pairs);
        AddConnections(edges);
        var broken = 0;
        foreach (var circle in CirclesOf(edges))
        {
            broken += Break(waits.Where(w => circle.Contains(w.Ticket.Player.Session.Number)), now) is not null ? 1 : 0;
        }

        Circles += broken;
        _brokenAt = broken > 0 ? now : _brokenAt;
        if (broken == 0 && now - _standsSince >= Limit(active) && Break(waits, now) is not null)
        {
            Limits++;
            _standsSince = now;
        }
        else if (broken == 0)
        {
            await BreakUnseenAsync(active, waits, edges, now);
        }

        return broken > 0;
    }

    private long Limit(List<SessionPlayer> active) =>
        context.OnWire == 0 ? LimitMicroseconds : Math.Max(BusyLimitMicroseconds, 3 * active.Max(p => p.LongestOnWireMicroseconds));

    // The session that was let go; null: none waits any more.
    private int? Break(IEnumerable<OrderWait> waits, long now)
    {
        foreach (var wait in waits.OrderBy(w => Array.IndexOf(ByDamage, w.Need.Reason)).ThenBy(w => w.SinceMicroseconds))
        {
            if (gate.Release(in wait))
            {
                LongestMicroseconds = Math.Max(LongestMicroseconds, now - wait.SinceMicroseconds);
                return wait.Ticket.Player.Session.Number;
            }
        }

        return null;
    }

    // From each session to those that it waits for.
    private static Dictionary<int, List<int>> Edges(List<SessionPlayer> active, List<OrderWait> waits, IReadOnlyList<(long Waiting, long Blocking)> locks)
    {
        var edges = new Dictionary<int, List<int>>();
        foreach (var wait in waits)
        {
            var to = wait.Missing == 0 ? wait.Need.Session : active.Find(p => p.Holds(wait.Need.Kind, wait.Need.Table, wait.Missing))?.Session.Number;
            if (to is { } session)
            {
                Add(wait.Ticket.Player.Session.Number, session);
            }
        }

        var byConnection = new Dictionary<long, int>();
        foreach (var player in active)
        {
            if (player.ServerConnectionId is > 0 and var connection)
            {
                byConnection[connection] = player.Session.Number;
            }
        }

        foreach (var (waiting, blocking) in locks)
        {
            if (byConnection.TryGetValue(waiting, out var from) && byConnection.TryGetValue(blocking, out var to))
            {
                Add(from, to);
            }
        }

        return edges;

        void Add(int from, int to)
        {
            if (!edges.TryGetValue(from, out var list))
            {
                edges[from] = list = [];
            }

            list.Add(to);
        }
    }

    // Who waits for a connection waits for all that have one, and for who is before it, if none of these can go on.
    private void AddConnections(Dictionary<int, List<int>> edges)
    {
        if (context.Shared is not { } shared || shared.Admission.Standing() is not { Waiting: { Count: > 0 } waiting, InFlight: var holding, First: var first })
        {
            return;
        }

        List<int> others = first < 0 || waiting.Contains(first) ? [.. holding] : [.. holding, first];
        if (others.TrueForAll(edges.ContainsKey))
        {
            foreach (var session in waiting)
            {
                edges[session] = others;
            }
        }
    }

    // One circle for each component that has any, by depth-first search.
    private static List<HashSet<int>> CirclesOf(Dictionary<int, List<int>> edges)
    {
        var circles = new List<HashSet<int>>();
        var done = new HashSet<int>();
        var path = new List<int>();
        var next = new List<int>();
        foreach (var start in edges.Keys)
        {
            path.Clear();
            next.Clear();
            if (done.Add(start))
            {
                path.Add(start);
                next.Add(0);
            }

            while (path.Count > 0)
            {
                var targets = edges.GetValueOrDefault(path[^1]);
                if (targets is null || next[^1] == targets.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    next.RemoveAt(next.Count - 1);
                    continue;
                }

                var to = targets[next[^1]++];
                var at = path.IndexOf(to);
                if (at >= 0)
                {
                    circles.Add([.. path[at..]]);
                }
                else if (done.Add(to))
                {
                    path.Add(to);
                    next.Add(0);
                }
            }
        }

        return circles;
    }
}
