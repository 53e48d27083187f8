using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What captured statements may have done to the rows of transactions that were committing at a cut: a row that one of them added is missing in the restored data also where both that transaction and another which
/// took the row away are in them; and it is there without it where another was taken away for it.
/// </summary>
internal sealed partial class CutWindow : IOrderPassSink
{
    private readonly IReadOnlyList<Shape> _shapes;
    private readonly long _fromMicroseconds;
    private readonly long _toMicroseconds;
    private readonly CatalogIndex _index;
    private readonly Dictionary<int, TableRule> _rules = [];
    private readonly Dictionary<int, uint> _goes = []; // by table, what a statement sets that makes a row go from its keys
    private readonly ILookup<int, long> _asked;
    private readonly Dictionary<int, Open> _open = [];
    private readonly Dictionary<long, List<OrderAccess>> _accesses = [];
    private readonly HashSet<long> _readOnly = []; // what makes a transaction so: a dump locks tables and executes what it has prepared
    private readonly HashSet<long> _undone = [];
    private readonly HashSet<(int Table, ulong Key)> _gone = [];
    private readonly HashSet<int> _goneFrom = []; // where keys do not tell
    private readonly HashSet<(int Table, ulong Key)> _come = [];

    private CutWindow(IReadOnlyList<Shape> shapes, OrderCatalog catalog, IEnumerable<AmbiguousTransaction> asked, long fromMicroseconds, long toMicroseconds)
    {
        _shapes = shapes;
        _fromMicroseconds = fromMicroseconds;
        _toMicroseconds = toMicroseconds;
        _index = new CatalogIndex(catalog);
        foreach (var table in catalog.Tables)
        {
            var rule = _index.Find(table.Schema, table.Name)!;
            _rules[rule.Number] = rule;
        }

        _asked = asked.SelectMany(static t => t.Writes.Select(w => (t.Session, Position: w))).ToLookup(static t => t.Session, static t => t.Position);
    }

    /// <summary>Reads what bears on the rows that some transactions have added.</summary>
    /// <param name="input">The workload up to the cut: one database's tables (MySQL: the server's), and the sessions that can touch them.</param>
    /// <param name="asked">The transactions.</param>
    /// <param name="cuts">Where the cut may lie.</param>
    public static CutWindow Read(OrderInput input, IReadOnlyCollection<AmbiguousTransaction> asked, SnapshotCuts cuts)
    {
        var window = new CutWindow(
            input.Reader.Shapes, input.Catalogs.Values.Single(), asked, Math.Min(cuts.EarliestMicroseconds, asked.Min(static t => t.RequestedAtMicroseconds)), cuts.LatestMicroseconds);
        OrderPass.Run(input with { UntilMicroseconds = cuts.LatestMicroseconds }, window, static _ => { }, CancellationToken.None);
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

    void IOrderPassSink.Read(long position, in Exchange exchange)
    {
        if ((uint)exchange.Shape < (uint)_shapes.Count && ReadOnly().IsMatch(_shapes[exchange.Shape].Text))
        {
            _readOnly.Add(position);
        }
    }

    void IOrderPassSink.Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
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
        open.IsReadOnly |= _readOnly.Remove(unit.FirstPosition);
        open.Gone.AddRange(unit.Accesses.Where(TakesAway));
        open.Come.AddRange(unit.Accesses.Where(static a => a is { Kind: OrderAccessKind.KeyInsert, Key: not 0 }).Select(static a => (a.Table, a.Key)));
        open.InTransaction = unit.TransactionState is TransactionState.Open or TransactionState.Failed || (unit.TransactionState == TransactionState.Unknown && open.InTransaction);
        if (!open.InTransaction)
        {
            Close(open, unit.EndedAtMicroseconds);
            _open.Remove(unit.Session);
        }
    }

    void IOrderPassSink.Ambiguous(in AmbiguousPair pair)
    {
        // It does not matter who was first.
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
