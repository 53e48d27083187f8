using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Whether a statement is found in the binary log once its transaction is committed.</summary>
internal enum LogUse : byte
{
    /// <summary>It is not.</summary>
    Never,

    /// <summary>That depends: on the log's format, on whether a row came to another value.</summary>
    Maybe,

    /// <summary>It is.</summary>
    Certain,
}

/// <summary>
/// Finds each transaction of the wire in the server's binary log: by the connection's id, and by the moment of its commit, which lies between request and response. Where
/// the log tells seconds only (MariaDB), connections' transactions are counted off, from each point on at which no other can be meant.
/// </summary>
internal sealed class LogJoin(BinaryLog log, Func<int, Session?> sessionOf)
{
    private const ulong FoundRows = 2; // CLIENT_FOUND_ROWS: an update counts rows that came to no other value too
    private const long FarAheadMicroseconds = 60_000_000;
    private const int FewLost = 5;
    private const int JoinedForOneLost = 50;

    private readonly Dictionary<int, Place> _sessions = [];
    private long _now = long.MinValue;

    /// <summary>Transactions found in the log.</summary>
    public long Joined { get; private set; }

    /// <summary>Transactions of captured connections in the log that no commit on the wire can be.</summary>
    public long Lost { get; private set; }

    /// <summary>Transactions of the wire that must be in the log, and are not.</summary>
    public long Missing { get; private set; }

    /// <summary>Whether so few are lost or missing that the log must be of this time and clock, and whole.</summary>
    public bool IsTrusted => Lost + Missing <= FewLost + (Joined / JoinedForOneLost);

    /// <summary>Whether the client has updates count rows that stay as they were.</summary>
    public bool CountsFoundRows(int session) => (Of(session).Capabilities & FoundRows) != 0;

    /// <summary>The pass has come to this moment.</summary>
    public void AdvanceTo(long microseconds) => _now = microseconds;

    /// <summary>The session has ended.</summary>
    public void Forget(int session) => _sessions.Remove(session);

    /// <summary>The place of a transaction in the log; 0 if that is not certain.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="requestedAt">When what commits it was asked for.</param>
    /// <param name="endedAt">When that was answered.</param>
    /// <param name="use">Whether it must be there.</param>
    public long Find(int session, long requestedAt, long endedAt, LogUse use)
    {
        var place = Of(session);
        if (place.Thread == 0 || use == LogUse.Never)
        {
            return 0;
        }

        if (_now != long.MinValue && endedAt > _now + FarAheadMicroseconds)
        {
            place.UnsureThrough = Math.Max(place.UnsureThrough, endedAt); // one of hours, read ahead of its time
            return 0;
        }

        log.ReadThrough(endedAt);
        var queue = log.Of(place.Thread);
        while (queue is not null && queue.TryPeek(out var past) && past.ToMicroseconds < requestedAt)
        {
            queue.Dequeue();
            Lost += past.FromMicroseconds > place.UnsureThrough && past.FromMicroseconds > place.Since ? 1 : 0;
        }

        if (queue is null || !queue.TryPeek(out var next) || next.FromMicroseconds > endedAt)
        {
            Missing += use == LogUse.Certain && log.Covers(requestedAt) ? 1 : 0;
            return 0;
        }

        var isMoment = next.FromMicroseconds == next.ToMicroseconds;
        if ((use == LogUse.Certain || isMoment) && next.FromMicroseconds > place.UnsureThrough)
        {
            queue.Dequeue();
            if (isMoment && queue.TryPeek(out var second) && second.FromMicroseconds <= endedAt)
            {
                return 0; // several transactions in one
            }

            Joined++;
            return IsTrusted ? next.Number : 0;
        }

        place.UnsureThrough = Math.Max(place.UnsureThrough, endedAt);
        return 0;
    }

    private Place Of(int number)
    {
        if (!_sessions.TryGetValue(number, out var place))
        {
            var session = sessionOf(number);
            place = new Place { Thread = (uint)(session?.ServerConnectionId ?? 0), Capabilities = session?.MySqlCapabilities ?? 0, Since = session?.OpenedAtMicroseconds ?? 0 };
            _sessions.Add(number, place);
        }

        return place;
    }

    private sealed class Place
    {
        public required uint Thread { get; init; }

        public required ulong Capabilities { get; init; }

        public required long Since { get; init; }

        /// <summary>What the log has up to this moment may belong to something else.</summary>
        public long UnsureThrough { get; set; } = long.MinValue;
    }
}
