using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// PostgreSQL: has inserts that draw from one sequence go one after the other, as they ended, and says which values each drew, so that a run can have it draw the
/// same. MySQL's ids are set by themselves.
/// </summary>
public sealed class SequenceOrder
{
    private readonly Dictionary<string, List<Column>> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SequenceLedger> _ledgers = new(StringComparer.Ordinal);
    private readonly SearchPaths _paths;
    private readonly SharedSequences _shared;
    private readonly SequenceEvidence _evidence;
    private readonly Dictionary<int, (SequenceLedger Ledger, OpenDraw Draw)> _lastOf = []; // by session: what lastval() shows
    private readonly HashSet<ulong> _keys = [];
    private readonly OrderCounts _counts;
    private readonly IDrawSink _sink;

    /// <summary>For a database's tables.</summary>
    /// <param name="catalog">What they are.</param>
    /// <param name="evidence">What else is known.</param>
    /// <param name="counts">What is found is counted there.</param>
    /// <param name="sink">Gets what was drawn.</param>
    public SequenceOrder(OrderCatalog catalog, SequenceEvidence evidence, OrderCounts counts, IDrawSink sink)
    {
        (_evidence, _counts, _sink) = (evidence, counts, sink);
        _paths = new SearchPaths(catalog);
        foreach (var table in catalog.Tables)
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                if (table.Columns[i] is { IsGenerated: true, Type: KeyType.Integer } column)
                {
                    var name = column.Sequence?.Name ?? $"{table.Schema}.{table.Name}.{column.Name}";
                    var key = Hash128.Of(Encoding.UTF8.GetBytes($"sequence {name}")).Low;
                    _keys.Add(key);
                    Of($"{table.Schema}.{table.Name}").Add(new Column(column, i, name, key));
                }
            }
        }

        _shared = new SharedSequences(catalog, _paths, _columns.SelectMany(static t => t.Value.Select(c => (t.Key, c.Sequence))));

        List<Column> Of(string table) => _columns.TryGetValue(table, out var list) ? list : _columns[table] = [];
    }

    /// <summary>Sequences of which draws are known; whole once all has been added.</summary>
    public IEnumerable<(int Number, CatalogSequence Sequence, long Highest, bool IsExact)> Sequences =>
        _ledgers.Values.Where(static l => l.Highest is not null).Select(l => (l.Number, l.Sequence, l.Highest!.Value, !_shared.Contains(l.Sequence.Name)));

    /// <summary>Whether a key stands for a sequence.</summary>
    public bool IsSequence(ulong key) => _keys.Contains(key);

    /// <summary>Adds to the unit of one exchange what it draws, of tables that it names in a search path; null: nobody knows which.</summary>
    internal void Place(long position, in Exchange exchange, TextAccess access, SearchPath? path, OrderUnit unit)
    {
        foreach (var statement in access.Statements)
        {
            _shared.Note(statement, exchange.Text, path);
            foreach (var function in statement.Functions)
            {
                if (function is "lastval" or "currval")
                {
                    Tell(function, in exchange);
                }
            }
        }

        List<(Column Column, long Rows, bool IsPlain)>? drawn = null;
        foreach (var statement in access.Statements)
        {
            foreach (var table in statement.Tables)
            {
                if (statement.Verb == AccessVerb.Insert && table.Use is TableUse.Insert or TableUse.Upsert)
                {
                    Find(table, path, exchange.Affected, ref drawn);
                }
            }
        }

        foreach (var (column, rows, isPlain) in drawn ?? [])
        {
            var own = unit.Accesses.FindIndex(static a => a.IsExclusive && a.Table != OrderTables.Everything);
            if (own >= 0)
            {
                Draw(position, in exchange, unit, column, rows, isPlain && access.Statements.Count == 1, unit.Accesses[own].Table);
            }
        }
    }

    /// <summary>All exchanges that were requested before this moment have been placed.</summary>
    public void AdvanceTo(long microseconds)
    {
        foreach (var ledger in _ledgers.Values)
        {
            ledger.AdvanceTo(microseconds);
        }
    }

    /// <summary>There are no more.</summary>
    public void Finish()
    {
        foreach (var ledger in _ledgers.Values)
        {
            ledger.Finish();
        }
    }

    // Each column of a table that the statement leaves to its sequence, with the values drawn.
    private void Find(TableAccess table, SearchPath? path, long affected, ref List<(Column, long, bool)>? drawn)
    {
        if (table.Schema is null && path is null)
        {
            return; // shared
        }

        foreach (var column in _columns.GetValueOrDefault(_paths.Names(table, path).FirstOrDefault("")) ?? [])
        {
            var place = table.Columns is null ? column.Index : Index(table.Columns, column.Of.Name);
            var rows = table.Rows is not null ? table.Rows.Count(r => place < 0 || place >= r.Count || r[place].Kind == SqlValueKind.Default) : place < 0 ? Math.Max(1, affected) : 0;
            if (rows > 0)
            {
                (drawn ??= []).Add((column, rows, table is { Use: TableUse.Insert, IgnoresConflicts: false }));
            }
        }
    }

    private void Draw(long position, in Exchange exchange, OrderUnit unit, Column column, long rows, bool isPlain, int table)
    {
        long first = 0, last = 0;
        var isTold = isPlain && !exchange.Failed && DrawnIds.TryRead(in exchange, column.Of.Name, out first, out last);
        if (isTold && (column.Of.Sequence is null || _shared.Contains(column.Sequence)))
        {
            unit.HasEvidence = column.Order.TryPlace(last, exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds, out var at);
            unit.OrderedAtMicroseconds = at;
        }

        if (column.Of.Sequence is not { } sequence)
        {
            unit.Accesses.Add(new OrderAccess(table, OrderAccessKind.KeyInsert, column.Key));
            return;
        }

        if (!_ledgers.TryGetValue(sequence.Name, out var ledger))
        {
            _ledgers.Add(sequence.Name, ledger = new SequenceLedger(_ledgers.Count, table, column.Key, sequence, _sink, _counts));
            if (_evidence.Positions.FirstOrDefault(p => p.Name == sequence.Name) is { ReadAtMicroseconds: > 0 } stood)
            {
                ledger.Stood(stood.LastValue ?? (sequence.Start - sequence.Increment), stood.ReadAtMicroseconds, _evidence.Restored.GetValueOrDefault(sequence.Name) ?? new HashSet<long>());
            }
        }

        unit.Accesses.Add(new OrderAccess(ledger.Table, OrderAccessKind.KeyInsert, ledger.Key));
        if (exchange.Failed && !MayHaveDrawn(exchange.ErrorCode))
        {
            return;
        }

        var draw = new OpenDraw
        {
            Drawer = new Drawer(position, exchange.Session, exchange.Ordinal),
            RequestedAt = exchange.RequestedAtMicroseconds,
            EndedAt = Math.Max(exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds),
            Rows = rows,
            IsInSnapshot = _evidence.IsInSnapshot(position),
        };
        if (isTold)
        {
            unit.HasEvidence |= !_shared.Contains(column.Sequence);
            draw.Told = (first, last);
        }

        ledger.Add(draw);
        _lastOf[exchange.Session] = (ledger, draw);
    }

    // SELECT lastval(), or currval of the one sequence from which the session drew last.
    private void Tell(string function, in Exchange exchange)
    {
        if (exchange is { Failed: false, Rows: 1 } && _lastOf.Remove(exchange.Session, out var last) && last.Draw is { Told: null, Rows: 1 }
            && (function == "lastval" || (SharedSequences.NameIn(exchange.Text) is { } name && SharedSequences.IsNamed(last.Ledger.Sequence.Name, name)))
            && DrawnIds.TryRead(in exchange, function, out var first, out var value) && first == value)
        {
            last.Ledger.Tell(last.Draw, first, value);
        }
    }

    // Constraints, conflicts, locks, cancels and triggers come after the row is formed; what is wrong with a text, a value or the transaction comes before.
    private static bool MayHaveDrawn(ReadOnlySpan<byte> code) =>
        code.StartsWith("23"u8) || code.StartsWith("40"u8) || code.StartsWith("55"u8) || code.StartsWith("57"u8) || code.StartsWith("P0"u8);

    private static int Index(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    private sealed record Column(CatalogColumn Of, int Index, string Sequence, ulong Key)
    {
        public DrawnOrder Order { get; } = new();
    }
}
