using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Which exchanges production's server took back: those of transactions that were rolled back, by the client, by an error or because the client went, and those
/// behind a savepoint that was returned to. Found in one pass.
/// </summary>
/// <remarks>
/// Memory: 8 bytes for each stretch of a session that was taken back without a committed transaction in between (clients that end each of their reading transactions by ROLLBACK have one), and the sessions and savepoints that are open at one time.
/// </remarks>
public sealed class RolledBackTransactions
{
    private readonly Dictionary<int, List<(int First, int Last)>> _bySession = [];
    private readonly OpenSessions<Open> _open = new();

    /// <summary>How many stretches there are.</summary>
    public long Count => _bySession.Values.Sum(static ranges => (long)ranges.Count);

    /// <summary>Goes over a workload.</summary>
    public static RolledBackTransactions Find(WorkloadReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var found = new RolledBackTransactions();
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            if (reader.Sessions.Find(exchange.Session) is { } session)
            {
                found.Follow(in exchange, (uint)exchange.Shape < (uint)reader.Shapes.Count ? reader.Shapes[exchange.Shape].Text : "", session);
                found.EndSessions(exchange.EndedAtMicroseconds);
            }
        }

        found.EndSessions(long.MaxValue);
        return found;
    }

    /// <summary>Whether what an exchange did was taken back.</summary>
    public bool Contains(int session, int ordinal)
    {
        if (!_bySession.TryGetValue(session, out var ranges))
        {
            return false;
        }

        // The last that does not begin behind it; they are in order and apart.
        var (low, high) = (0, ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].First <= ordinal)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high >= 0 && ordinal <= ranges[high].Last;
    }

    private void Follow(in Exchange exchange, string shape, Session session)
    {
        if (!_open.TryGet(session.Number, out var open))
        {
            open = _open.Add(session, new Open());
        }

        if (exchange.Batch < 0 || exchange.Batch != open.Batch)
        {
            open.Batch = exchange.Batch;
            open.BatchFirst = exchange.Ordinal;
        }

        // MySQL's errors do not tell the state, and some take the whole transaction back; a BEGIN in a transaction commits it.
        if (session.Engine == Engine.MySql && open.First >= 0)
        {
            if (exchange.Failed && TransactionFollower.MySqlRollbacks.Contains(ErrorCodes.Pack(exchange.ErrorCode)))
            {
                Add(exchange.Session, open.First, exchange.Ordinal);
                open.First = -1;
                open.Savepoints.Clear();
            }
            else if (!exchange.Failed && exchange.TransactionState == TransactionState.Open && TransactionShapes.Begins(shape))
            {
                open.First = -1;
                open.Savepoints.Clear();
            }
        }

        if (exchange.TransactionState is TransactionState.Open or TransactionState.Failed)
        {
            open.First = open.First < 0 ? open.BatchFirst : open.First;
            open.HasFailed = exchange.TransactionState == TransactionState.Failed;
            FollowSavepoint(in exchange, shape, open, session.Engine);
        }
        else if (exchange.TransactionState == TransactionState.Idle)
        {
            if (open.First >= 0 && (open.HasFailed || ShapeFacts.IsRollback(shape) || (session.Engine == Engine.MySql && exchange.Failed)))
            {
                Add(exchange.Session, open.First, exchange.Ordinal);
            }

            open.First = -1;
            open.HasFailed = false;
            open.Savepoints.Clear();
        }
    }

    // Those that the server has open: memory is bounded by its own.
    private void FollowSavepoint(in Exchange exchange, string shape, Open open, Engine engine)
    {
        var isReturn = shape.StartsWith("rollback", StringComparison.OrdinalIgnoreCase);
        var isRelease = shape.StartsWith("release", StringComparison.OrdinalIgnoreCase);
        if (exchange.Failed || !(isReturn || isRelease || shape.StartsWith("savepoint", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        var name = Encoding.UTF8.GetString(exchange.Text).TrimEnd(' ', ';', '\n', '\r', '\t').Split(' ', '\n', '\t')[^1];
        var at = open.Savepoints.FindLastIndex(s => s.Name == name);
        if (!isReturn && !isRelease)
        {
            // MySQL has one of a name: https://dev.mysql.com/doc/refman/9.7/en/savepoint.html; in PostgreSQL the older ones are seen again when the newer is released.
            if (at >= 0 && engine == Engine.MySql)
            {
                open.Savepoints.RemoveAt(at);
            }

            open.Savepoints.Add((name, exchange.Ordinal));
        }
        else if (at >= 0)
        {
            if (isReturn)
            {
                Add(exchange.Session, open.Savepoints[at].Ordinal, exchange.Ordinal);
            }

            var left = isReturn ? at + 1 : at;
            open.Savepoints.RemoveRange(left, open.Savepoints.Count - left);
        }
    }

    // A transaction that a client left behind was rolled back.
    private void EndSessions(long readTo)
    {
        while (_open.TryEnd(readTo, out var session, out var open))
        {
            if (open.First >= 0)
            {
                Add(session, open.First, int.MaxValue);
            }
        }
    }

    private void Add(int session, int first, int last)
    {
        if (!_bySession.TryGetValue(session, out var ranges))
        {
            _bySession[session] = ranges = [];
        }

        // A savepoint's lie within their transaction's, and neighbours are one.
        while (ranges.Count > 0 && ranges[^1].First >= first)
        {
            ranges.RemoveAt(ranges.Count - 1);
        }

        if (ranges.Count > 0 && ranges[^1].Last >= first - 1)
        {
            ranges[^1] = (ranges[^1].First, Math.Max(ranges[^1].Last, last));
        }
        else
        {
            ranges.Add((first, last));
        }
    }

    private sealed class Open
    {
        public int First { get; set; } = -1;

        public int Batch { get; set; } = -1;

        public int BatchFirst { get; set; }

        public bool HasFailed { get; set; }

        public List<(string Name, int Ordinal)> Savepoints { get; } = [];
    }
}
