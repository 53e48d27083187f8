using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Which exchanges production's server took back: those of transactions that were rolled back, by the client, by an error or because the client went, and those
/// behind a savepoint that was returned to. Found in one pass; memory grows with the number of such transactions only.
/// </summary>
public sealed class RolledBackTransactions
{
    private readonly Dictionary<int, List<(int First, int Last)>> _bySession = [];
    private readonly Dictionary<int, Open> _open = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Goes over a workload.</summary>
    public static RolledBackTransactions Find(WorkloadReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var found = new RolledBackTransactions();
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            found.Follow(in exchange, (uint)exchange.Shape < (uint)reader.Shapes.Count ? reader.Shapes[exchange.Shape].Text : "", reader.Sessions);
        }

        foreach (var (session, open) in found._open)
        {
            if (open.First >= 0 && reader.Sessions.Find(session)?.ClosedAtMicroseconds is not null)
            {
                found.Add(session, open.First, int.MaxValue);
            }
        }

        found._open.Clear();
        return found;
    }

    /// <summary>Whether what an exchange did was taken back.</summary>
    public bool Contains(int session, int ordinal)
    {
        if (!_bySession.TryGetValue(session, out var ranges))
        {
            return false;
        }

        foreach (var (first, last) in ranges)
        {
            if (first <= ordinal && ordinal <= last)
            {
                return true;
            }
        }

        return false;
    }

    private void Follow(in Exchange exchange, string shape, SessionTable sessions)
    {
        if (!_open.TryGetValue(exchange.Session, out var open))
        {
            _open[exchange.Session] = open = new Open();
        }

        if (exchange.Batch < 0 || exchange.Batch != open.Batch)
        {
            open.Batch = exchange.Batch;
            open.BatchFirst = exchange.Ordinal;
        }

        if (exchange.TransactionState is TransactionState.Open or TransactionState.Failed)
        {
            open.First = open.First < 0 ? open.BatchFirst : open.First;
            open.HasFailed = exchange.TransactionState == TransactionState.Failed;
            FollowSavepoint(in exchange, shape, open);
        }
        else if (exchange.TransactionState == TransactionState.Idle)
        {
            var isMySql = sessions.Find(exchange.Session)?.Engine == Engine.MySql;
            if (open.First >= 0 && (open.HasFailed || ShapeFacts.IsRollback(shape) || (isMySql && exchange.Failed)))
            {
                Add(exchange.Session, open.First, exchange.Ordinal);
            }

            open.First = -1;
            open.HasFailed = false;
            open.Savepoints.Clear();
        }
    }

    private void FollowSavepoint(in Exchange exchange, string shape, Open open)
    {
        var isReturn = shape.StartsWith("rollback", StringComparison.OrdinalIgnoreCase);
        if (!isReturn && !shape.StartsWith("savepoint", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var name = Encoding.UTF8.GetString(exchange.Text).TrimEnd(' ', ';', '\n', '\r', '\t').Split(' ', '\n', '\t')[^1];
        if (!isReturn)
        {
            open.Savepoints.Add((name, exchange.Ordinal));
            return;
        }

        var at = open.Savepoints.FindLastIndex(s => s.Name == name);
        if (at >= 0)
        {
            Add(exchange.Session, open.Savepoints[at].Ordinal, exchange.Ordinal);
            open.Savepoints.RemoveRange(at + 1, open.Savepoints.Count - at - 1);
        }
    }

    private void Add(int session, int first, int last)
    {
        if (!_bySession.TryGetValue(session, out var ranges))
        {
            _bySession[session] = ranges = [];
        }

        ranges.Add((first, last));
        Count++;
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
