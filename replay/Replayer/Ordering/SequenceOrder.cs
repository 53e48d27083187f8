using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Orders inserts that draw from one sequence by the ids that production got, where RETURNING shows them: who drew first need not have answered first. Those that
/// do not show theirs stand where they ended. PostgreSQL; MySQL's ids are set.
/// </summary>
public sealed class SequenceOrder
{
    /// <summary>
    /// How much later than a larger id's insert one may have ended and still stand before it: 20 ms. An insert that took longer may have waited for the other's
    /// transaction: to have it go first would stop both.
    /// </summary>
    public const long MaxReversalMicroseconds = 20_000;

    /// <summary>Inserts into one table that are remembered: 256, so many may draw at one time.</summary>
    public const int MaxRecent = 256;

    private readonly Dictionary<string, List<Column>> _columns = new(StringComparer.Ordinal);

    private readonly HashSet<ulong> _keys = [];
    private readonly OrderCounts _counts;

    /// <summary>For a database's tables; what is found is counted.</summary>
    public SequenceOrder(OrderCatalog catalog, OrderCounts counts)
    {
        _counts = counts;
        foreach (var table in catalog.Tables)
        {
            if (table.Columns.FirstOrDefault(static c => c is { IsGenerated: true, Type: KeyType.Integer }) is not { } column)
            {
                continue;
            }

            if (!_columns.TryGetValue(table.Name, out var list))
            {
                _columns.Add(table.Name, list = []);
            }

            var key = Hash128.Of(Encoding.UTF8.GetBytes($"sequence {table.Schema}.{table.Name}.{column.Name}")).Low;
            _keys.Add(key);
            list.Add(new Column(table.Schema, column.Name, key));
        }
    }

    /// <summary>Whether a key stands for a sequence.</summary>
    public bool IsSequence(ulong key) => _keys.Contains(key);

    /// <summary>Adds to a unit of one exchange what it draws, and puts it where its id says.</summary>
    public void Place(in Exchange exchange, TextAccess access, OrderUnit unit)
    {
        foreach (var statement in access.Statements)
        {
            if (statement.Verb != AccessVerb.Insert || Drawn(statement) is not { } column)
            {
                continue;
            }

            var own = unit.Accesses.FindIndex(static a => a.Kind is OrderAccessKind.Append or OrderAccessKind.KeyInsert);
            if (own < 0)
            {
                continue;
            }

            unit.Accesses.Add(new OrderAccess(unit.Accesses[own].Table, OrderAccessKind.KeyInsert, column.Key));
            if (access.Statements.Count == 1 && !exchange.Failed && DrawnIds.TryRead(in exchange, column.Name, out _, out var last))
            {
                unit.HasEvidence = TryPlace(column, last, exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds, out var at);
                unit.OrderedAtMicroseconds = at;
            }
        }
    }

    private Column? Drawn(StatementAccess statement) =>
        statement.Tables.FirstOrDefault(static t => t.Use == TableUse.Insert) is { Columns: { } named, IgnoresConflicts: false } table
            ? _columns.GetValueOrDefault(table.Name)?.Find(c => (table.Schema is null || table.Schema == c.Schema) && !named.Contains(c.Name))
            : null;

    // Exchanges come in order of their ends, so those with larger ids that ended before are known.
    private bool TryPlace(Column column, long id, long requestedAt, long endedAt, out long at)
    {
        at = endedAt;
        var place = column.Recent.Count;
        for (; place > 0 && column.Recent[place - 1].Id > id; place--)
        {
            at = Math.Min(at, column.Recent[place - 1].At - 1);
        }

        if (at < requestedAt || endedAt - at > MaxReversalMicroseconds)
        {
            _counts.IdsTooFarApart++;
            at = endedAt;
            return false;
        }

        _counts.ReorderedByIds += at < endedAt ? 1 : 0;
        column.Recent.Insert(place, (id, at));
        if (column.Recent.Count > MaxRecent)
        {
            column.Recent.RemoveAt(0);
        }

        return true;
    }

    private sealed record Column(string Schema, string Name, ulong Key)
    {
        /// <summary>In order of ids.</summary>
        public List<(long Id, long At)> Recent { get; } = [];
    }
}
