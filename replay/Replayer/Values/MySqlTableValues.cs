namespace Replay.Replayer;

/// <summary>What a MySQL table or view fills in by itself.</summary>
public sealed record MySqlTableValues
{
    /// <summary>The AUTO_INCREMENT column; null if there is none.</summary>
    public string? AutoColumn { get; init; }

    /// <summary>Its place among the columns, from 0.</summary>
    public int AutoIndex { get; init; }

    /// <summary>Columns whose default reads the clock.</summary>
    public IReadOnlyList<string> ClockColumns { get; init; } = [];

    /// <summary>Whether an update sets a column to the clock.</summary>
    public bool ClockOnUpdate { get; init; }

    /// <summary>Whether a trigger runs: what it reads is not told.</summary>
    public bool HasTriggers { get; init; }

    /// <summary>Whether a trigger runs before an insert: if it inserts itself, it takes an INSERT_ID that was meant for the row.</summary>
    public bool HasInsertTriggerBefore { get; init; }

    /// <summary>A view that reads the clock, a table with system versioning: every statement on it needs the clock.</summary>
    public bool AlwaysClock { get; init; }
}

/// <summary>The tables, views and functions of a MySQL server as far as values need them. Case does not count in names.</summary>
public sealed class MySqlValueCatalog
{
    private readonly Dictionary<string, List<(string Schema, MySqlTableValues Values)>> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of stored functions: whether they read the clock is not told.</summary>
    public HashSet<string> Functions { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a table.</summary>
    public void Add(string schema, string name, MySqlTableValues values)
    {
        if (!_tables.TryGetValue(name, out var list))
        {
            _tables.Add(name, list = []);
        }

        list.Add((schema, values));
    }

    /// <summary>
    /// What is known of a table; null if nothing. A text that names no schema means the session's, which changes: all tables of that name are meant then.
    /// </summary>
    public MySqlTableValues? Find(string? schema, string name)
    {
        MySqlTableValues? found = null;
        foreach (var (where, values) in _tables.GetValueOrDefault(name) ?? [])
        {
            if (schema is not null && !where.Equals(schema, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            found = found is null || found == values ? values : Merge(found, values);
        }

        return found;
    }

    private static MySqlTableValues Merge(MySqlTableValues a, MySqlTableValues b) => new()
    {
        AutoColumn = string.Equals(a.AutoColumn, b.AutoColumn, StringComparison.OrdinalIgnoreCase) && a.AutoIndex == b.AutoIndex ? a.AutoColumn : null,
        AutoIndex = a.AutoIndex,
        ClockColumns = [.. a.ClockColumns.Union(b.ClockColumns, StringComparer.OrdinalIgnoreCase)],
        ClockOnUpdate = a.ClockOnUpdate || b.ClockOnUpdate,
        HasTriggers = a.HasTriggers || b.HasTriggers,
        HasInsertTriggerBefore = a.HasInsertTriggerBefore || b.HasInsertTriggerBefore,
        AlwaysClock = a.AlwaysClock || b.AlwaysClock,
    };
}
