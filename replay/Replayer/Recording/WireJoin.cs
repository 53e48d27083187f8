using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Puts the wire's times in the place of the client's: exchanges are joined by the connection's local port and their number on it, which both
/// conversations count alike. Both sides come in order of their ends, so a window of a second is all that is in memory.
/// </summary>
public sealed class WireJoin(Action<long, RunOutcome> set)
{
    /// <summary>How far the two clocks and orders may differ: one second.</summary>
    private const long WindowMicroseconds = 1_000_000;

    /// <summary>The most entries that wait for their packets; beyond them the oldest count as not seen. A million.</summary>
    private const int MaxWaiting = 1 << 20;

    private readonly Dictionary<(int Port, int Ordinal), WireEntry> _waiting = [];
    private readonly Queue<(int Port, int Ordinal, long EndedAt)> _order = new();

    /// <summary>Entries whose packets were found.</summary>
    public long Joined { get; private set; }

    /// <summary>Entries whose packets were not: they have no times.</summary>
    public long Missing { get; private set; }

    /// <summary>Joins a journal with what was captured of the run.</summary>
    public void Run(WireJournal journal, WorkloadReader wire)
    {
        var ports = new Dictionary<int, int>();
        using var cursor = wire.Read();
        journal.Rewind();
        var more = journal.TryRead(out var next);
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            while (more && next.EndedAtMicroseconds <= exchange.EndedAtMicroseconds + WindowMicroseconds)
            {
                Wait(in next);
                more = journal.TryRead(out next);
            }

            DropBefore(exchange.EndedAtMicroseconds - WindowMicroseconds);
            if (!ports.TryGetValue(exchange.Session, out var port))
            {
                ports[exchange.Session] = port = wire.Sessions.Find(exchange.Session)?.Client.Port ?? 0;
            }

            if (_waiting.Remove((port, exchange.Ordinal), out var entry))
            {
                entry.Outcome.LatencyMicroseconds = entry.Outcome.Flags.HasFlag(RunFlags.PreRoll) ? float.NaN : exchange.LatencyMicroseconds ?? float.NaN;
                entry.Outcome.FirstByteCode = LogCode.Encode(exchange.FirstByteMicroseconds ?? 0);
                set(entry.Position, entry.Outcome);
                Joined++;
            }
        }

        for (; more; more = journal.TryRead(out next))
        {
            Wait(in next);
        }

        DropBefore(long.MaxValue);
    }

    private void Wait(in WireEntry entry)
    {
        _waiting[(entry.Port, entry.Ordinal)] = entry;
        _order.Enqueue((entry.Port, entry.Ordinal, entry.EndedAtMicroseconds));
        if (_order.Count > MaxWaiting)
        {
            DropOldest();
        }
    }

    private void DropBefore(long microseconds)
    {
        while (_order.TryPeek(out var oldest) && oldest.EndedAt < microseconds)
        {
            DropOldest();
        }
    }

    // A run has one instrument: what the wire has not shown has no latency.
    private void DropOldest()
    {
        var (port, ordinal, endedAt) = _order.Dequeue();
        if (_waiting.TryGetValue((port, ordinal), out var entry) && entry.EndedAtMicroseconds == endedAt)
        {
            _waiting.Remove((port, ordinal));
            entry.Outcome.LatencyMicroseconds = float.NaN;
            entry.Outcome.FirstByteCode = 0;
            set(entry.Position, entry.Outcome);
            Missing++;
        }
    }
}
