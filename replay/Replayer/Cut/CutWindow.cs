using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What captured statements may have done to the rows of transactions that were committing at a cut: a row that one of them added is missing in the restored data also where both that transaction and another which
/// took the row away are in them; and it is there without it where another was taken away for it.
/// </summary>
internal sealed partial class CutWindow : IWalkReceiver, IOrderSink
{
    private readonly WorkloadReader _reader;
    private readonly Func<Session, bool> _isOfDatabase;
    private readonly long _fromMicroseconds;
    private readonly long _toMicroseconds;
    private readonly CatalogIndex _index;
    private readonly Dictionary<int, TableRule> _rules = [];
    private readonly OrderFeed _feed;
    private readonly bool _isMySql;
    private readonly CurrentDatabases _current = new();
    private readonly Dictionary<int, uint> _goes = []; // by table, what a statement sets that makes a row go from its keys
    private readonly ILookup<int, long> _asked;
    private readonly Dictionary<int, Open> _open = [];
    private readonly Dictionary<long, List<OrderAccess>> _accesses = [];
    private readonly HashSet<long> _readOnly = []; // what makes a transaction so: a dump locks tables and executes what it has prepared
    private readonly HashSet<long> _undone = [];
    private readonly HashSet<(int Table, ulong Key)> _gone = [];
    private readonly HashSet<int> _goneFrom = []; // where keys do not tell
    private readonly HashSet<(int Table, ulong Key)> _come = [];

    private CutWindow(WorkloadReader reader, OrderCatalog catalog, Func<Session, bool> isOfDatabase, IEnumerable<AmbiguousTransaction> asked, long fromMicroseconds, long toMicroseconds)
    {
        _reader = reader;
        _isOfDatabase = isOfDatabase;
        _fromMicroseconds = fromMicroseconds;
        _toMicroseconds = toMicroseconds;
        _index = new CatalogIndex(catalog);
        foreach (var table in catalog.Tables)
        {
            var rule = _index.Find(table.Schema, table.Name)!;
            _rules[rule.Number] = rule;
        }

        _isMySql = catalog.Dialect == SqlDialect.MySql;
        _asked = asked.SelectMany(static t => t.Writes.Select(w => (t.Session, Position: w))).ToLookup(static t => t.Session, static t => t.Position);
        _feed = new OrderFeed(catalog, new OrderBuilder(OrderOptions.For(catalog.Dialect), this));
    }

    /// <summary>Reads what bears on the rows that some transactions have added.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="catalog">The database's tables; MySQL: the server's.</param>
    /// <param name="isOfDatabase">Which sessions can touch them.</param>
    /// <param name="asked">The transactions.</param>
    /// <param name="cuts">Where the cut may lie.</param>
    public static CutWindow Read(WorkloadReader reader, OrderCatalog catalog, Func<Session, bool> isOfDatabase, IReadOnlyCollection<AmbiguousTransaction> asked, SnapshotCuts cuts)
    {
        var window = new CutWindow(
            reader, catalog, isOfDatabase, asked, Math.Min(cuts.EarliestMicroseconds, asked.Min(static t => t.RequestedAtMicroseconds)), cuts.LatestMicroseconds);
        using var walk = new WorkloadWalk(reader, window);
        while (walk.CompleteMicroseconds <= window._toMicroseconds && walk.Step())
        {
            window._feed.AdvanceTo(walk.CompleteMicroseconds);
        }

        window._feed.Finish();
        foreach (var open in window._open.Values)
        {
            window.Close(open, long.MaxValue);
        }

        return window;
    }

    /// <summary>Whether what the exchange at a position did may have been undone by its own transaction.</summary>
    public bool MayBeUndone(long position) => _undone.Contains(position);

    /// <summary>Whether anything may have taken away the row that the exchange at a position added to a table, or another of its key before it.</summary>
    public bool MayGo(long position, CatalogTable table)
    {
        var number = Number(table);
        if (_goneFrom.Contains(OrderTables.Everything) || _goneFrom.Contains(number))
        {
            return true;
        }

        // A row without a key that is known may be any of those that went by key.
        var keys = Keys(position, number, OrderAccessKind.KeyInsert);
        return keys.Count == 0 ? _gone.Any(r => r.Table == number) : keys.Exists(_gone.Contains);
    }

    /// <summary>Whether a row of the key by which the exchange at a position deleted from a table was added.</summary>
    public bool HasCome(long position, CatalogTable table) => Keys(position, Number(table), OrderAccessKind.KeyExclusive).Exists(_come.Contains);

    void IWalkReceiver.OnExchange(long position, in Exchange exchange)
    {
        if (_reader.Sessions.Find(exchange.Session) is not { Purpose: SessionPurpose.Client } session || !_isOfDatabase(session))
        {
            return;
        }

        if ((uint)exchange.Shape < (uint)_reader.Shapes.Count && ReadOnly().IsMatch(_reader.Shapes[exchange.Shape].Text))
        {
            _readOnly.Add(position);
        }

        _feed.Add(position, in exchange, _isMySql ? _current.Of(session) : session.Database ?? "");
        if (_isMySql)
        {
            _current.Follow(in exchange);
        }
    }

    void IOrderSink.Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks)
    {
        if (unit.RequestedAtMicroseconds > _toMicroseconds)
        {
            return;
        }

        if (!_open.TryGetValue(unit.Session, out var open))
        {
            _open[unit.Session] = open = new Open();
        }

        foreach (var position in _asked[unit.Session].Where(p => p >= unit.FirstPosition && p <= unit.LastPosition))
        {
            _accesses[position] = [.. unit.Accesses];
            open.Asked.Add(position);
        }

        open.IsUndone |= unit.Failed || unit.Control is TransactionControl.Rollback or TransactionControl.RollbackToSavepoint;
        open.IsReadOnly |= _readOnly.Contains(unit.FirstPosition);
        open.Gone.AddRange(unit.Accesses.Where(TakesAway));
        open.Come.AddRange(unit.Accesses.Where(static a => a is { Kind: OrderAccessKind.KeyInsert, Key: not 0 }).Select(static a => (a.Table, a.Key)));
        open.InTransaction = unit.TransactionState is TransactionState.Open or TransactionState.Failed || (unit.TransactionState == TransactionState.Unknown && open.InTransaction);
        if (!open.InTransaction)
        {
            Close(open, unit.EndedAtMicroseconds);
        }
    }

    void IOrderSink.AlsoNeeds(in LateNeed late)
    {
        // Nothing waits here.
    }

    void IOrderSink.Ambiguous(in AmbiguousPair pair)
    {
        // Nor does it matter who was first.
    }

    // A transaction that had ended before is in the restored data, and nothing of what is asked for was there for it.
    private void Close(Open open, long endedAtMicroseconds)
    {
        if (endedAtMicroseconds >= _fromMicroseconds)
        {
            _come.UnionWith(open.Come);
            foreach (var access in open.IsReadOnly ? [] : open.Gone)
            {
                if (access is { Kind: OrderAccessKind.KeyExclusive, Key: not 0 })
                {
                    _gone.Add((access.Table, access.Key));
                }
                else
                {
                    _goneFrom.Add(access.Table);
                }
            }

            if (open.IsUndone)
            {
                _undone.UnionWith(open.Asked);
            }
        }

        open.Gone.Clear();
        open.Come.Clear();
        open.Asked.Clear();
        open.IsUndone = open.IsReadOnly = false;
    }

    private int Number(CatalogTable table) => _index.Find(table.Schema, table.Name)!.Number;

    private List<(int Table, ulong Key)> Keys(long position, int table, OrderAccessKind kind) =>
        [.. (_accesses.GetValueOrDefault(position) ?? []).Where(a => a.Table == table && a.Kind == kind && a.Key != 0).Select(static a => (a.Table, a.Key))];

    private bool TakesAway(OrderAccess access) => access.Kind is OrderAccessKind.Barrier or OrderAccessKind.Definition
        || (access.Kind is OrderAccessKind.KeyExclusive or OrderAccessKind.OtherKeyExclusive or OrderAccessKind.Predicate && (access.Sets & GoingOf(access.Table)) != 0);

    private uint GoingOf(int number)
    {
        if (!_goes.TryGetValue(number, out var mask))
        {
            mask = ColumnMask.Going;
            if (_rules.TryGetValue(number, out var rule))
            {
                foreach (var column in rule.Keys.SelectMany(static k => k))
                {
                    mask |= rule.ColumnNumber(column) is >= 0 and var at ? ColumnMask.Column(at) : ColumnMask.Nothing;
                }
            }

            _goes[number] = mask;
        }

        return mask;
    }

    [GeneratedRegex(@"^(begin|start\s+transaction|set\s+transaction)\b.*\bread\s+only\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReadOnly();

    private sealed class Open
    {
        public List<OrderAccess> Gone { get; } = [];

        public List<(int Table, ulong Key)> Come { get; } = [];

        public List<long> Asked { get; } = [];

        public bool IsUndone { get; set; }

        public bool IsReadOnly { get; set; }

        public bool InTransaction { get; set; }
    }
}
