using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How many sessions were open at one time.</summary>
public static class SessionPeak
{
    /// <summary>
    /// The most sessions open at one time when each is opened <paramref name="aheadMicroseconds"/> (of the workload's clock) before it was. Memory grows with that
    /// number alone, provided that sessions come in order of opening.
    /// </summary>
    public static int Of(IEnumerable<Session> sessions, long aheadMicroseconds)
    {
        var closes = new PriorityQueue<int, long>();
        var peak = 0;
        foreach (var session in sessions)
        {
            while (closes.TryPeek(out _, out var closedAt) && closedAt < session.OpenedAtMicroseconds - aheadMicroseconds)
            {
                closes.Dequeue();
            }

            closes.Enqueue(session.Number, session.ClosedAtMicroseconds ?? long.MaxValue);
            peak = Math.Max(peak, closes.Count);
        }

        return peak;
    }
}
