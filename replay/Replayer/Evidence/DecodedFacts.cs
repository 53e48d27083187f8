using System.Buffers.Text;

namespace Replay.Replayer;

/// <summary>
/// From changes of logical decoding to what a transaction did, by the tables and keys that the wire's statements are ordered by. Remembers what the counters of the rows written last stood at.
/// </summary>
/// <param name="catalog">The database's tables.</param>
internal sealed class DecodedFacts(CatalogIndex catalog)
{
    /// <summary>The most facts of one transaction: one with more is known by its tables alone.</summary>
    public const int MaxFacts = 4096;

    private const int MaxRows = 1 << 15; // that are remembered, twice
    private const int MaxCounters = 8; // of a row

    private readonly HashSet<int> _seen = [];
    private readonly List<WrittenTable> _tables = [];
    private readonly List<ulong> _facts = [];
    private Dictionary<ulong, long?[]> _rows = [];
    private Dictionary<ulong, long?[]> _olderRows = [];

    /// <summary>Whether the log has had rows of this table: not those of unlogged and temporary ones.</summary>
    public bool HasSeen(int table) => _seen.Contains(table);

    /// <summary>Begins with a transaction.</summary>
    public void Begin()
    {
        _tables.Clear();
        _facts.Clear();
    }

    /// <summary>Changes are missing: what rows stood at is not known any more.</summary>
    public void Forget()
    {
        _rows.Clear();
        _olderRows.Clear();
    }

    /// <summary>Takes one of its changes.</summary>
    public void Add(DecodedChange change)
    {
        foreach (var (schema, name) in change.Tables)
        {
            var rule = catalog.Find(schema, name);
            var number = rule?.Number ?? DecodedTransaction.UnknownTable;
            _seen.Add(number);
            Count(number, change.Operation == DecodedOperation.Truncate);
            if (change.Operation == DecodedOperation.Truncate)
            {
                Forget();
                Fact(WrittenFact.UnknownRow(number));
            }
            else if (rule is not null)
            {
                Add(rule, change);
            }
        }
    }

    /// <summary>The transaction that was begun.</summary>
    public DecodedTransaction Take(long number, long committedAt)
    {
        ulong[]? facts = null;
        if (_facts.Count <= MaxFacts)
        {
            facts = [.. _facts];
            Array.Sort(facts);
        }

        return new DecodedTransaction(number, committedAt, [.. _tables], facts);
    }

    private void Count(int table, bool isTruncated)
    {
        var at = _tables.FindIndex(t => t.Table == table);
        var was = at < 0 ? new WrittenTable(table, 0, IsExact: true) : _tables[at];
        var now = new WrittenTable(table, was.Rows + (isTruncated ? 0 : 1), was.IsExact && !isTruncated);
        if (at < 0)
        {
            _tables.Add(now);
        }
        else
        {
            _tables[at] = now;
        }
    }

    private void Fact(ulong fact)
    {
        if (_facts.Count <= MaxFacts)
        {
            _facts.Add(fact);
        }
    }

    private void Add(TableRule rule, DecodedChange change)
    {
        ulong first = 0, old = 0;
        for (var k = 0; k < rule.Keys.Count; k++)
        {
            var isNew = Key(rule, k, change, change.New, out var key);
            var isOld = Key(rule, k, change, change.Old, out var oldKey);
            if (isNew)
            {
                Fact(key);
            }

            if (isOld && oldKey != key)
            {
                Fact(oldKey);
            }

            if (k == 0)
            {
                (first, old) = (isNew ? key : 0, isOld ? oldKey : 0);
            }
        }

        if ((first == 0 && old == 0) || (rule.Keys.Count > 1 && change.New.Exists(static c => c.Value == DecodedValue.Unknown)))
        {
            Fact(WrittenFact.UnknownRow(rule.Number));
        }

        Values(rule, change);
        Counters(rule, change, first, old == 0 ? first : old);
    }

    private static bool Key(TableRule rule, int number, DecodedChange change, List<DecodedColumn> columns, out ulong key)
    {
        key = AccessPlanner.Seed(rule, number);
        foreach (var name in rule.Keys[number])
        {
            var at = columns.FindIndex(c => c.Name == name);
            if (at < 0 || columns[at].Value != DecodedValue.Text || rule.Column(name) is not { } column || !TryHash(column.Type, change, columns[at], out var hash))
            {
                return false;
            }

            key = KeyForm.Mix(key, hash);
        }

        key |= 1;
        return columns.Count > 0;
    }

    private void Values(TableRule rule, DecodedChange change)
    {
        foreach (var column in change.New)
        {
            var number = rule.ColumnNumber(column.Name);
            if (number >= 0 && column.Value != DecodedValue.Null && rule.Table!.Columns[number].Type is var type and not KeyType.Other)
            {
                Fact(column.Value == DecodedValue.Text && TryHash(type, change, column, out var hash) ? WrittenFact.Value(rule.Number, number, hash) : WrittenFact.UnknownValue(rule.Number, number));
            }
        }
    }

    // How far counters were moved: what they stood at is in the row's last change before, or in this one (REPLICA IDENTITY FULL).
    private void Counters(TableRule rule, DecodedChange change, ulong row, ulong oldRow)
    {
        var before = oldRow == 0 ? null : _rows.GetValueOrDefault(oldRow) ?? _olderRows.GetValueOrDefault(oldRow);
        if (change.Operation == DecodedOperation.Delete)
        {
            _rows.Remove(oldRow);
            _olderRows.Remove(oldRow);
            return;
        }

        var now = new long?[MaxCounters];
        var counter = 0;
        for (var number = 0; number < rule.Table!.Columns.Count; number++)
        {
            if (rule.Table.Columns[number] is not { Type: KeyType.Integer } column)
            {
                continue;
            }

            var isKept = counter < MaxCounters;
            var value = isKept ? Integer(change, change.New, column.Name) : null;
            if (change.Operation == DecodedOperation.Update)
            {
                var was = isKept ? Integer(change, change.Old, column.Name) ?? before?[counter] : null;
                Fact(was is null || value is null ? WrittenFact.UnknownStep(rule.Number, number) : WrittenFact.Step(rule.Number, number, unchecked(value.Value - was.Value)));
            }

            if (isKept)
            {
                now[counter++] = value;
            }
        }

        if (row != 0 && counter > 0)
        {
            if (_rows.Count == MaxRows)
            {
                (_rows, _olderRows) = ([], _rows);
            }

            _rows[row] = now;
        }
    }

    private static long? Integer(DecodedChange change, List<DecodedColumn> columns, string name) =>
        columns.FindIndex(c => c.Name == name) is >= 0 and var at && columns[at].Value == DecodedValue.Text && Utf8Parser.TryParse(change.Bytes(columns[at]), out long number, out _) ? number : null;

    private static bool TryHash(KeyType type, DecodedChange change, in DecodedColumn column, out ulong hash) =>
        KeyForm.TryHash(type, Sql.SqlDialect.PostgreSql, change.Bytes(in column), isString: true, isNegative: false, out hash);
}
