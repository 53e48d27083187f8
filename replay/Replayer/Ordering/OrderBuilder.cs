using System.Runtime.InteropServices;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Finds, in one forward pass, what each unit must wait for so that a replay ends in the state in which production ended. README.md beside this file says
/// what it rests on. No I/O, no clock; memory grows with open units, sessions and tables, not with the workload. Not safe for use by several threads at once.
/// </summary>
public sealed partial class OrderBuilder
{
    private const int MaxPooled = 4096;

    private readonly OrderOptions _options;
    private readonly IOrderSink _sink;
    private readonly DueHeap<OrderUnit> _starts = new();
    private readonly DueHeap<OrderUnit> _ends = new();
    private readonly Stack<OrderUnit> _pool = new();
    private readonly Dictionary<int, SessionState> _sessions = [];
    private readonly List<TableState?> _tables = [];
    private readonly KeyTable _keys;
    private readonly List<OrderDependency> _dependencies = [];
    private readonly List<OrderMark> _marks = [];
    private readonly TableState _everything;
    private readonly TableState _snapshots;
    private readonly TableState _unknown;
    private long _sequence; // units ended so far
    private long _stamp;
    private long _known; // every unit that was requested before this time has been added

    /// <summary>A builder for one server's workload.</summary>
    public OrderBuilder(OrderOptions options, IOrderSink sink)
    {
        _options = options;
        _sink = sink;
        _keys = new KeyTable(options.KeyCapacity);
        _everything = Table(OrderTables.Everything);
        _snapshots = Table(OrderTables.Snapshots);
        _unknown = Table(OrderTables.Unknown);
    }

    /// <summary>What was found so far.</summary>
    public OrderCounts Counts { get; } = new();

    /// <summary>What it was told of the server.</summary>
    public OrderOptions Options => _options;

    /// <summary>What decides between units whose ends are too close to tell; null: nothing.</summary>
    internal RowOrder? Rows { get; set; }

    /// <summary>Units that have been added and not been ordered yet.</summary>
    public int Pending { get; private set; }

    /// <summary>An empty unit, to be filled in and added.</summary>
    public OrderUnit Rent() => _pool.TryPop(out var unit) ? unit : new OrderUnit();

    /// <summary>Takes back a unit that will not be added.</summary>
    public void Return(OrderUnit unit)
    {
        unit.Reset();
        if (_pool.Count < MaxPooled)
        {
            _pool.Push(unit);
        }
    }

    /// <summary>
    /// Takes a unit. Units come in any order, those of one session in order, but none that was requested before the time of the last
    /// <see cref="AdvanceTo"/>; one that was is ordered as if requested then.
    /// </summary>
    public void Add(OrderUnit unit)
    {
        Pending++;
        _starts.Push(unit, unit.RequestedAtMicroseconds);
    }

    /// <summary>Says that every unit that was requested before this time has been added; orders those that ended before it.</summary>
    public void AdvanceTo(long microseconds)
    {
        _known = microseconds;
        while (true)
        {
            long start = _starts.NextMicroseconds, end = _ends.NextMicroseconds;
            if (Math.Min(start, end) >= microseconds)
            {
                return;
            }

            // What is requested in the microsecond in which another ends has not waited for it for certain.
            if (start <= end)
            {
                _starts.TryPop(start, out var unit);
                Start(unit, start);
            }
            else
            {
                _ends.TryPop(end, out var unit);
                End(unit, end);
            }
        }
    }

    /// <summary>The workload has no more units: orders the rest.</summary>
    public void Finish() => AdvanceTo(long.MaxValue);

    /// <summary>The session will have no more units than those that were added.</summary>
    public void EndSession(int session)
    {
        if (_sessions.TryGetValue(session, out var state))
        {
            state.IsClosed = true;
            Forget(session, state);
        }
    }

    private void Forget(int number, SessionState session)
    {
        if (session is { IsClosed: true, Outstanding: null })
        {
            _sessions.Remove(number);
        }
    }

    private TableState Table(int number)
    {
        while (_tables.Count <= number)
        {
            _tables.Add(null);
        }

        return _tables[number] ??= new TableState(number);
    }

    private SessionState Session(int number)
    {
        if (!_sessions.TryGetValue(number, out var session))
        {
            session = new SessionState { SessionIsolation = _options.DefaultIsolation };
            _sessions.Add(number, session);
        }

        return session;
    }

    private void Start(OrderUnit unit, long now)
    {
        var session = Session(unit.Session);
        if (session.Outstanding != null)
        {
            // A pipeline, or times that touch: it begins where the one before it ends.
            session.Deferred.Enqueue(unit);
            return;
        }

        session.Outstanding = unit;
        unit.GoesOnInAnother = GoesOnInAnother(unit, session);
        Isolate(unit, session);
        if (_options.Level == OrderLevel.Commit)
        {
            unit.Commits = WillCommit(unit, session);
            NeedCommits(unit, session, _everything);
        }
        else
        {
            Needs(unit, session);
        }

        unit.Place = Math.Max(unit.Place, _sequence);
        RowOrder.Fix(unit);
        _ends.Push(unit, Math.Max(now, unit.OrderedAtMicroseconds));
    }

    // What was certain before it was sent: commits that it must see, statements that must not see its commit.
    private void Needs(OrderUnit unit, SessionState session)
    {
        var isolation = session.TransactionIsolation == IsolationLevel.Unspecified ? session.SessionIsolation : session.TransactionIsolation;
        var isPart = session.InTransaction || unit.TransactionState is TransactionState.Open or TransactionState.Failed;
        if (isPart && isolation == IsolationLevel.Serializable && !_options.WritesUseSnapshots)
        {
            LockReads(unit);
        }

        var keepsSnapshot = isPart && KeepsSnapshot(isolation);
        unit.TakesSnapshot = keepsSnapshot && !session.SnapshotTaken && (unit.ConsistentSnapshot || NeedsSnapshot(unit, isolation));
        if (unit.TakesSnapshot)
        {
            session.SnapshotTaken = true;
            BeginView(unit, session);
            NeedCommits(unit, session, _everything);
        }

        var seesCommits = !(keepsSnapshot && session.SnapshotTaken) || (!_options.WritesUseSnapshots && WritesOrLocks(unit));
        unit.Commits = WillCommit(unit, session);
        var touchesRows = false;
        _stamp++;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            var table = Table(access.Table);
            var dependsOnStart = access.Kind is OrderAccessKind.Predicate or OrderAccessKind.ReadForWrite || FoundNoRow(unit, in access);
            if (dependsOnStart && _options.WritesUseSnapshots && !table.Open.Contains(unit))
            {
                table.Open.Add(unit);
                unit.Place = long.MaxValue;
            }

            if (access.Kind == OrderAccessKind.Definition && !table.Defining.Contains(unit))
            {
                table.Defining.Add(unit);
            }

            touchesRows |= access.TouchesRows;
            if (table.Stamp != _stamp && access.TouchesRows)
            {
                table.Stamp = _stamp;
                if (seesCommits)
                {
                    NeedCommits(unit, session, table);
                }
            }
        }

        if (touchesRows && seesCommits)
        {
            NeedCommits(unit, session, _unknown, Math.Min(_unknown.Commits, session.UnknownCommits));
        }

        if (!isPart && MayBeSeveral(unit))
        {
            _unknown.Open.Add(unit);
        }

        if (unit.Commits)
        {
            NeedStatements(unit, session);
        }
    }

    // At SERIALIZABLE InnoDB's reads lock, and see the rows as they are; but with innodb_snapshot_isolation any statement opens a view.
    private bool KeepsSnapshot(IsolationLevel isolation) =>
        isolation == IsolationLevel.RepeatableRead || (isolation == IsolationLevel.Serializable && (_options.WritesUseSnapshots || _options.WritesProveViews));

    // At REPEATABLE READ InnoDB opens it for the first plain read: what writes or locks sees the rows as they are.
    private bool NeedsSnapshot(OrderUnit unit, IsolationLevel isolation)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (_options.WritesUseSnapshots || isolation == IsolationLevel.Serializable || access.Kind == OrderAccessKind.Read || access.Table == OrderTables.Everything)
            {
                return true;
            }
        }

        return false;
    }

    private static void NeedCommits(OrderUnit unit, SessionState session, TableState table) => NeedCommits(unit, session, table, table.Commits);

    private static void NeedCommits(OrderUnit unit, SessionState session, TableState table, long through)
    {
        if (through > 0 && session.IsNews(DependencyKind.Commits, table.Number, through))
        {
            unit.Needs.Add(OrderDependency.OnCommits(table.Number, through));
        }
    }

    private void NeedStatements(OrderUnit unit, SessionState session)
    {
        foreach (var (written, _) in session.Written)
        {
            NeedStatements(unit, session, Table(written));
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (access.IsExclusive)
            {
                NeedStatements(unit, session, Table(access.Table));
            }
        }

        NeedStatements(unit, session, _snapshots);
        NeedStatements(unit, session, _unknown, Math.Min(_unknown.Statements, session.UnknownStatements));
    }

    private static void NeedStatements(OrderUnit unit, SessionState session, TableState table)
    {
        if (unit.Commits && !table.Committing.Contains(unit))
        {
            table.Committing.Add(unit);
        }

        NeedStatements(unit, session, table, table.Statements);
    }

    private static void NeedStatements(OrderUnit unit, SessionState session, TableState table, long through)
    {
        if (through > 0 && session.IsNews(DependencyKind.Statements, table.Number, through))
        {
            unit.Needs.Add(OrderDependency.OnStatements(table.Number, through, OrderReason.Commit));
        }
    }

    private static bool WritesOrLocks(OrderUnit unit)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (access.IsExclusive)
            {
                return true;
            }
        }

        return false;
    }
}
