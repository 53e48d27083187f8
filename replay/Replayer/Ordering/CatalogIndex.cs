using Replay.Sql;

namespace Replay.Replayer;

/// <summary>A table as plans need it. Partitions share their root's.</summary>
internal sealed class TableRule(int number)
{
    public int Number { get; } = number;

    /// <summary>Null: nothing is known of it but its name.</summary>
    public CatalogTable? Table { get; init; }

    /// <summary>Whether its keys tell rows apart: not after ALTER TABLE, not across tables that inherit.</summary>
    public bool HasKeys { get; set; } = true;

    /// <summary>Not in the catalogue, and made as a temporary table by some session: nobody else sees it.</summary>
    public bool IsTemporary { get; set; }

    /// <summary>Foreign keys that refer to it, with the table that has them.</summary>
    public List<(TableRule Child, CatalogForeignKey Key)> ReferredBy { get; } = [];

    public IReadOnlyList<IReadOnlyList<string>> Keys => HasKeys && Table != null ? Table.Keys : [];

    public CatalogColumn? Column(string name) => ColumnNumber(name) is >= 0 and var number ? Table!.Columns[number] : null;

    /// <summary>The column's place from 0, or -1.</summary>
    public int ColumnNumber(string name)
    {
        for (var i = 0; i < Table?.Columns.Count; i++)
        {
            if (string.Equals(Table.Columns[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>An index, its table, and whether it may be a unique one.</summary>
internal sealed record IndexRule(TableRule Table, bool MayBeKey);

/// <summary>Finds tables by the names that statements use, and numbers them. What it does not know gets a number of its own by its name.</summary>
internal sealed class CatalogIndex
{
    /// <summary>The most tables that are told apart by name alone; what comes after touches everything.</summary>
    public const int MaxUnknownTables = 65_536;

    private readonly Dictionary<string, TableRule> _byName;
    private readonly Dictionary<string, IndexRule> _indexes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogView> _views;
    private readonly Dictionary<string, CatalogFunction> _functions;
    private readonly HashSet<string> _setPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly OrderCatalog _catalog;
    private int _next = OrderTables.First + 1; // the first is that of advisory locks
    private int _unknown;
    private int _made; // indexes that were

    public CatalogIndex(OrderCatalog catalog)
    {
        _catalog = catalog;
        Paths = new SearchPaths(catalog);
        var comparer = catalog.FoldsTableNames ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        _byName = new Dictionary<string, TableRule>(comparer);
        _views = new Dictionary<string, CatalogView>(comparer);
        _functions = new Dictionary<string, CatalogFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in catalog.Tables.Where(t => t.PartitionOf == null && t.Inherits == null))
        {
            _byName[$"{table.Schema}.{table.Name}"] = new TableRule(_next++) { Table = table };
        }

        foreach (var table in catalog.Tables.Where(t => t.PartitionOf != null || t.Inherits != null))
        {
            _byName[$"{table.Schema}.{table.Name}"] = Root(table);
        }

        foreach (var rule in _byName.Values.Where(r => r.Table != null).Distinct().ToList())
        {
            foreach (var index in rule.Table!.Indexes)
            {
                _indexes[$"{rule.Table.Schema}.{index}"] = new IndexRule(rule, MayBeKey: true);
            }

            foreach (var key in rule.Table.ForeignKeys)
            {
                Find(key.Schema, key.Table)?.ReferredBy.Add((rule, key));
            }
        }

        foreach (var view in catalog.Views)
        {
            _views[$"{view.Schema}.{view.Name}"] = view;
        }

        foreach (var function in catalog.Functions)
        {
            if (function.SetsPath)
            {
                _setPath.Add(function.Name);
            }

            // Overloads: the one that may do more counts.
            _functions[function.Name] = _functions.TryGetValue(function.Name, out var other) && (other.Writes, other.Touches == null).CompareTo((function.Writes, function.Touches == null)) > 0
                ? other
                : function;
        }
    }

    public static int AdvisoryLocks => OrderTables.First;

    public SqlDialect Dialect => _catalog.Dialect;

    /// <summary>Every table that has a number, with a name; of a table and its partitions the table's.</summary>
    public IEnumerable<(int Number, string Name)> Names =>
        _byName.GroupBy(t => t.Value.Number).Select(g => (g.Key, g.First().Value.Table is { } table ? $"{table.Schema}.{table.Name}" : g.First().Key)).Append((AdvisoryLocks, "advisory locks"));

    /// <summary>Where names without a schema are looked for.</summary>
    public SearchPaths Paths { get; }

    /// <summary>MySQL: that of a session in this database. PostgreSQL: that of the catalogue's login.</summary>
    public SearchPath Path(string database) => Dialect == SqlDialect.MySql ? Paths.OfDatabase(database) : Paths.Default;

    /// <summary>PostgreSQL: whether a text calls a function that may set the session's search path.</summary>
    public bool MaySetPath(TextAccess text)
    {
        if (_setPath.Count > 0)
        {
            foreach (var statement in text.Statements)
            {
                foreach (var function in statement.Functions)
                {
                    if (_setPath.Contains(function))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    public CatalogFunction? Function(string name) => _functions.GetValueOrDefault(name);

    /// <summary>The view of a name; null: the name is a table's, or it is not known whose.</summary>
    public CatalogView? View(string? schema, string name, SearchPath? path)
    {
        foreach (var candidate in Candidates(schema, path))
        {
            if (_views.TryGetValue($"{candidate}.{name}", out var view))
            {
                return view;
            }

            if (Find(candidate, name)?.Table is not null)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>PostgreSQL: the index of a name, and its table; null: nothing is known of it.</summary>
    public IndexRule? Index(string? schema, string name, SearchPath? path) => Candidates(schema, path).Select(s => _indexes.GetValueOrDefault($"{s}.{name}")).FirstOrDefault(i => i != null);

    /// <summary>An index is made; of too many the later ones are not known.</summary>
    public void AddIndex(string name, IndexRule index, SearchPath? path)
    {
        var qualified = $"{index.Table.Table?.Schema ?? First(path)}.{name}";
        if (_indexes.ContainsKey(qualified) || _made++ < MaxUnknownTables)
        {
            _indexes[qualified] = index;
        }
    }

    public TableRule? Find(string schema, string name) => _byName.GetValueOrDefault($"{schema}.{name}");

    public TableRule? Find(string qualified) => _byName.GetValueOrDefault(qualified);

    /// <summary>The table of a name in a database. PostgreSQL: where the session's path is not known; null if several schemas have one of that name.</summary>
    public TableRule? Table(string? schema, string name, string database) =>
        schema is null && Dialect == SqlDialect.PostgreSql && Paths.HasNamesakes(name) ? null : Table(schema, name, Path(database));

    /// <summary>The table of a name; one of its own if there is none in the catalogue. Null: it is not known which, or there are too many that are not known.</summary>
    public TableRule? Table(string? schema, string name, SearchPath? path)
    {
        foreach (var candidate in Candidates(schema, path))
        {
            if (Find(candidate, name) is { } rule)
            {
                return rule;
            }
        }

        if (_unknown == MaxUnknownTables || (schema is null && path is not { IsWhole: true }))
        {
            return null;
        }

        _unknown++;
        return _byName[$"{schema ?? First(path)}.{name}"] = new TableRule(_next++);
    }

    /// <summary>No table's keys can be trusted any more.</summary>
    public void ForgetKeys()
    {
        foreach (var rule in _byName.Values)
        {
            rule.HasKeys = false;
        }
    }

    private static string First(SearchPath? path) => path?.Schemas is [var first, ..] ? first : "";

    private static IReadOnlyList<string> Candidates(string? schema, SearchPath? path) => schema != null ? [schema] : path?.Schemas ?? [];

    private TableRule Root(CatalogTable table)
    {
        var isPartition = true;
        for (var steps = 0; steps < 16; steps++)
        {
            isPartition &= table.Inherits == null;
            var parent = table.PartitionOf ?? table.Inherits;
            if (parent == null || _byName.TryGetValue(parent, out var rule) && rule.Table is { PartitionOf: null, Inherits: null })
            {
                rule = _byName[parent ?? $"{table.Schema}.{table.Name}"];
                rule.HasKeys &= isPartition;
                return rule;
            }

            table = _catalog.Tables.FirstOrDefault(t => $"{t.Schema}.{t.Name}" == parent) ?? table with { PartitionOf = null, Inherits = null };
            if (table is { PartitionOf: null, Inherits: null } && !_byName.ContainsKey($"{table.Schema}.{table.Name}"))
            {
                break;
            }
        }

        // The parent is not in the catalogue: it stands for itself, without keys.
        return new TableRule(_next++) { Table = table, HasKeys = false };
    }
}
