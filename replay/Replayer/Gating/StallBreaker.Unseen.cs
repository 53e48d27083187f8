namespace Replay.Replayer;

/// <content>
/// Circles whose lock the server does not show, while other sessions go on: a statement that does not come to its end stands in a lock of a transaction that waits by order for it.
/// </content>
/// <remarks>
/// A statement may as well be slow, which is what a replay is to find out. So a wait for it is let go only if its own session holds locks (nobody can stand behind another), if the statement, at the end of a chain of waits,
/// takes thirty seconds and ten times what it took in production, and if the server does not say that it is at work rather than in a lock.
/// </remarks>
public sealed partial class StallBreaker
{
    /// <summary>How many times the captured latency a statement may take before those that wait for it, and hold locks, are let go; at least <see cref="BusyLimitMicroseconds"/>. As the limit on responses.</summary>
    public const int UnseenFactor = 10;

    private const long AskAgainMicroseconds = 1_000_000;

    // By the statement: who was let go for it and when, and when the server was asked last.
    private readonly Dictionary<(int Session, int Ordinal), (int LetGo, long AtMicroseconds, long AskedMicroseconds)> _unseen = [];

    private async Task BreakUnseenAsync(List<SessionPlayer> active, List<OrderWait> waits, Dictionary<int, List<int>> edges, long now)
    {
        var stuck = active.Where(p => !edges.ContainsKey(p.Session.Number) && p.OldestOnWire is { } oldest
            && now - oldest.SinceMicroseconds >= Math.Max(BusyLimitMicroseconds, UnseenFactor * oldest.CapturedMicroseconds)).ToList();
        foreach (var over in _unseen.Keys.Where(k => !stuck.Exists(p => p.Session.Number == k.Session && p.OldestOnWire?.Ordinal == k.Ordinal)).ToList())
        {
            _unseen.Remove(over);
        }

        foreach (var player in stuck)
        {
            if (player.OldestOnWire is not { } oldest)
            {
                continue;
            }

            var key = (player.Session.Number, oldest.Ordinal);
            var known = _unseen.GetValueOrDefault(key, (LetGo: -1, AtMicroseconds: long.MinValue / 2, AskedMicroseconds: long.MinValue / 2));
            var behind = Behind(edges, player.Session.Number);
            var candidates = waits.Where(w => behind.Contains(w.Ticket.Player.Session.Number) && w.Ticket.Player.HoldsLocks).ToList();

            // The transaction that was let go has first to come to its end, with whatever waits it has left.
            candidates.RemoveAll(IsGoingOn(active, known, now) ? w => w.Ticket.Player.Session.Number != known.LetGo : w => now - w.SinceMicroseconds < BusyLimitMicroseconds);
            if (candidates.Count == 0 || now - known.AskedMicroseconds < AskAgainMicroseconds)
            {
                continue;
            }

            _unseen[key] = known with { AskedMicroseconds = now };
            if (await locks.IsInLockAsync(player.ServerConnectionId, ended) != false && Break(candidates, now) is { } released)
            {
                _unseen[key] = (released, now, now);
                Limits++;
            }
        }
    }

    private static bool IsGoingOn(List<SessionPlayer> active, (int LetGo, long AtMicroseconds, long AskedMicroseconds) known, long now) =>
        known.LetGo >= 0 && now - known.AtMicroseconds < BusyLimitMicroseconds && active.Exists(p => p.Session.Number == known.LetGo && p.HoldsLocks);

    // All that wait for a session, or for one that does.
    private static HashSet<int> Behind(Dictionary<int, List<int>> edges, int session)
    {
        var behind = new HashSet<int> { session };
        for (var before = 0; before != behind.Count;)
        {
            before = behind.Count;
            foreach (var (from, to) in edges)
            {
                if (to.Exists(behind.Contains))
                {
                    behind.Add(from);
                }
            }
        }

        return behind;
    }
}
