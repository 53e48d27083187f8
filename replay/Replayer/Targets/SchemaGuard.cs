using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Whether the target has the tables and columns that the workload touches, and what else the snapshot had. A name counts as missing only if production had it:
/// because a client's statement with it succeeded; of a selection, a statement that is sent.
/// </summary>
internal static class SchemaGuard
{
    private const string PostgresQuery =
        """
        SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
        """;

    private const string MySqlQuery = "SELECT table_schema, table_name, column_name FROM information_schema.columns";

    public static async Task<Guard> CheckAsync(GuardDemand demand, SessionNeeds needs, TargetFacts facts, CancellationToken cancellation)
    {
        var (reader, url) = (demand.Reader, demand.Target);
        if (needs.Databases.Any(d => !facts.Databases.ContainsKey(url.Names.Database(d))))
        {
            return new Guard("schema", GuardLevel.Warning, "which tables are there is told when all databases are");
        }

        var touched = TouchedSchema.Of(reader.Shapes, url.Engine);
        var present = new PresentNames(url.Engine);
        foreach (var database in DatabasesToAsk(reader, needs, url, facts))
        {
            await ReadAsync(url, database, present, cancellation);
        }

        var snapshot = SnapshotNames(reader.Manifest.Snapshot, needs, url, facts);
        var missing = touched.Where(t => !present.Has(t.Key)).ToDictionary();
        // Of a table that is not there, its columns need not be told.
        foreach (var column in missing.Keys.Where(n => n.Column is not null && missing.ContainsKey(n with { Column = null })).ToList())
        {
            missing.Remove(column);
        }

        if (snapshot.Count > 0)
        {
            // Made by the workload itself, in a way that its text does not tell.
            foreach (var name in missing.Keys.Where(n => n.Column is null && !snapshot.Any(s => s.EndsWith($".{n.Table}", StringComparison.Ordinal))).ToList())
            {
                missing.Remove(name);
            }
        }

        await DropUnprovenAsync(demand, facts, missing, cancellation);
        if (missing.Count > 0)
        {
            var names = missing.OrderByDescending(static m => m.Value.Count).ThenBy(static m => m.Key.ToString(), StringComparer.Ordinal)
                .Take(10).Select(static m => $"{m.Key} ({m.Value.Count} {(m.Value.Count == 1 ? "shape" : "shapes")})");
            return new Guard("schema", GuardLevel.Refused, $"the target lacks what the workload touches: {string.Join(", ", names)}{(missing.Count > 10 ? $" and {missing.Count - 10} more" : "")}; is the snapshot restored there ('dbreplay restore'), and the migration right? --force schema lets these statements fail");
        }

        var lost = snapshot.Where(s => !present.HasTable(s)).Order(StringComparer.Ordinal).ToList();
        return lost.Count > 0
            ? new Guard("schema", GuardLevel.Warning, $"the target lacks {TargetGuards.List("table or type", lost)} of the snapshot, which no statement of the workload names")
            : new Guard("schema", GuardLevel.Passed, $"the target has the {touched.Keys.Count(static n => n.Column is null)} tables that the workload touches");
    }

    // MySQL's server is one; of PostgreSQL's databases each is asked.
    private static IEnumerable<string?> DatabasesToAsk(WorkloadReader reader, SessionNeeds needs, TargetUrl url, TargetFacts facts)
    {
        if (url.Engine != Engine.PostgreSql)
        {
            return [(string?)null];
        }

        var isUnknown = reader.Sessions.Any(s => s.Engine == url.Engine && s.Purpose == SessionPurpose.Client && s.Database is null);
        IEnumerable<string?> known = needs.Databases.Where(d => facts.Databases.ContainsKey(url.Names.Database(d)));
        return isUnknown || needs.Databases.Count == 0 ? known.Append(null) : known;
    }

    private static async Task ReadAsync(TargetUrl url, string? database, PresentNames present, CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(url, database, cancellation);
        var rows = await control.QueryAsync(url.Engine == Engine.PostgreSql ? PostgresQuery : MySqlQuery, "reading tables and columns");
        foreach (var row in rows.Rows)
        {
            if ((url.Engine == Engine.PostgreSql ? row[0] : url.Names.CapturedDatabase(row[0]!)) is { } schema)
            {
                present.Add(schema, row[1]!, row[2]);
            }
        }

        if (url.Engine == Engine.PostgreSql)
        {
            present.AddTypes((await control.QueryAsync(PostgresNames.TypesQuery, "reading types")).Rows.Select(static r => r[1]!));
        }
    }

    // Tables, views and types by schema and name; not the arrays of each, nor what belongs to storage or to sessions.
    private static HashSet<string> SnapshotNames(SnapshotInfo? snapshot, SessionNeeds needs, TargetUrl url, TargetFacts facts)
    {
        var all = url.Engine == Engine.PostgreSql && snapshot is not null
            ? snapshot.Databases.Where(d => needs.Databases.Contains(d.Name) && facts.Databases.ContainsKey(url.Names.Database(d.Name))).SelectMany(static d => d.Types.Values).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>(StringComparer.Ordinal);
        all.RemoveWhere(n => n.StartsWith("pg_toast", StringComparison.Ordinal) || n.StartsWith("pg_temp", StringComparison.Ordinal) || n.Contains("._", StringComparison.Ordinal));
        return all;
    }

    // A statement that never succeeded in production may have named anything, and what the snapshot's tool read is not played.
    private static async Task DropUnprovenAsync(GuardDemand demand, TargetFacts facts, Dictionary<TouchedName, List<int>> missing, CancellationToken cancellation)
    {
        var reader = demand.Reader;
        if (missing.Count == 0)
        {
            return;
        }

        var unproven = missing.ToDictionary();
        var shapes = unproven.Values.SelectMany(static s => s).ToHashSet();
        using var sent = await SentExchanges.OfAsync(reader, demand.Selection, demand.Target, facts.CheckpointOf(reader.Manifest.Id), cancellation);
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (shapes.Count > 0 && unproven.Count > 0 && cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var exchange = cursor.Current;
            var shape = exchange.Shape;
            if (!Proves(exchange) || !shapes.Contains(shape) || reader.Sessions.Find(exchange.Session) is not { Purpose: SessionPurpose.Client } session || sent?.Has(session, cursor.Position, in exchange) == false)
            {
                continue;
            }

            shapes.Remove(shape);

            foreach (var proven in unproven.Where(m => m.Value.Contains(shape)).Select(static m => m.Key).ToList())
            {
                unproven.Remove(proven);
            }
        }

        foreach (var name in unproven.Keys)
        {
            missing.Remove(name);
        }
    }

    // Whether the server has understood the statement's names, and found what they name.
    private static bool Proves(in Exchange exchange) =>
        !exchange.Failed && (exchange.Flags & (ExchangeFlags.SkippedAfterError | ExchangeFlags.Complete)) == ExchangeFlags.Complete && exchange.Command
            is Command.Query or Command.Parse or Command.Execute or Command.MySqlQuery or Command.MySqlStatementPrepare or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

    /// <summary>What the target has. Names without a schema are found in any: which one a session would look in is not asked.</summary>
    private sealed class PresentNames(Engine engine)
    {
        private readonly HashSet<string> _tables = new(Comparer(engine));
        private readonly HashSet<(string Table, string Column)> _columns = [];
        private readonly HashSet<string> _types = new(StringComparer.Ordinal);

        public void Add(string schema, string table, string? column)
        {
            foreach (var name in (string[])[table, $"{schema}.{table}"])
            {
                _tables.Add(name);
                if (column is not null)
                {
                    _columns.Add((Fold(name), Fold(column)));
                }
            }
        }

        public void AddTypes(IEnumerable<string> names) => _types.UnionWith(names);

        public bool HasTable(string qualified) => _types.Contains(qualified) || _tables.Contains(qualified);

        public bool Has(TouchedName name)
        {
            var table = name.Schema is null ? name.Table : $"{name.Schema}.{name.Table}";
            return name.Column is null ? _tables.Contains(table) : _columns.Contains((Fold(table), Fold(name.Column)));
        }

        // Whether case counts in MySQL is a setting; where it does, two tables that differ by it alone are one here.
        private static StringComparer Comparer(Engine engine) => engine == Engine.PostgreSql ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

        private string Fold(string name) => engine == Engine.PostgreSql ? name : name.ToUpperInvariant();
    }
}
