using System.Text.Json;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What PostgreSQL tells after a run.</summary>
internal sealed class PostgresDocuments(TargetUrl url, WorkloadReader reader, Action<string> warn) : DocumentCollector(url, reader, warn)
{
    private const string TablesQuery =
        """
        SELECT s.schemaname, s.relname, s.n_live_tup, s.n_dead_tup, s.seq_scan, s.idx_scan, s.n_tup_ins, s.n_tup_upd, s.n_tup_del,
               pg_catalog.pg_total_relation_size(s.relid),
               (SELECT coalesce(json_agg(json_build_object('name', i.indexrelname, 'scans', i.idx_scan, 'bytes', pg_catalog.pg_relation_size(i.indexrelid),
                                                           'definition', pg_catalog.pg_get_indexdef(i.indexrelid), 'isUsable', x.indisvalid) ORDER BY i.indexrelname), '[]')
                  FROM pg_catalog.pg_stat_user_indexes i JOIN pg_catalog.pg_index x ON x.indexrelid = i.indexrelid WHERE i.relid = s.relid),
               (SELECT CASE WHEN reltuples < 0 THEN NULL ELSE reltuples::bigint END FROM pg_catalog.pg_class c WHERE c.oid = s.relid),
               greatest(s.last_analyze, s.last_autoanalyze),
               (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'collation', o.collname) ORDER BY a.attnum), '[]')
                  FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation WHERE a.attrelid = s.relid AND a.attnum > 0 AND NOT a.attisdropped)
          FROM pg_catalog.pg_stat_user_tables s ORDER BY 1, 2
        """;

    // Later versions have more columns: through JSON they may be asked for anywhere.
    private const string DatabasesQuery =
        """
        SELECT datname, pg_catalog.pg_encoding_to_char(encoding), coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate),
               concat_ws(' ', CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END, to_jsonb(d) ->> 'datcollversion')
          FROM pg_catalog.pg_database d ORDER BY 1
        """;

    private const string UserSettingsQuery =
        """
        SELECT d.datname, r.rolname, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
          FROM pg_catalog.pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c JOIN pg_catalog.pg_roles r ON r.oid = s.setrole LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
         ORDER BY 2, 3, 1
        """;

    // Since PostgreSQL 12; without it a plan does not tell which settings made it.
    private const string WithSettings = ", SETTINGS";

    private readonly RoleSettings _roles = new(url, ConnectTimeout);
    private string _options = WithSettings;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    protected override async Task<IReadOnlyDictionary<string, string?>> ReadSettingsAsync(TargetControl control)
    {
        var result = await control.QueryAsync("SELECT name, setting FROM pg_catalog.pg_settings ORDER BY name", "reading pg_settings");
        return result.Rows.ToDictionary(r => r[0]!, r => r[1], StringComparer.Ordinal);
    }

    protected override async Task<ServerEnvironment> ReadEnvironmentAsync(TargetControl control)
    {
        var used = Databases().ToHashSet(StringComparer.Ordinal);
        var databases = (await control.QueryAsync(DatabasesQuery, "reading the databases")).Rows.Select(r => new DatabaseFacts(Url.Names.CapturedDatabase(r[0]!) ?? r[0]!, r[1], r[2], r[3] is { Length: > 0 } version ? version : null)).Where(d => used.Contains(d.Database)).ToList();
        var settings = await control.QueryAsync(UserSettingsQuery, "reading the settings of roles");
        var extensions = new List<ExtensionFacts>();
        foreach (var database in databases)
        {
            await using var own = await TargetControl.OpenAsync(Url, database.Database);
            extensions.AddRange((await own.QueryAsync("SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY 1", "reading the extensions")).Rows.Select(r => new ExtensionFacts(database.Database, r[0]!, r[1])));
        }

        return new ServerEnvironment(extensions, databases, [.. settings.Rows.Select(r => new UserSetting(r[0] is { } name ? Url.Names.CapturedDatabase(name) ?? name : null, r[1]!, r[2]!, r[3]!))]);
    }

    protected override async Task<IReadOnlyList<TableStatistics>> ReadTablesAsync()
    {
        var tables = new List<TableStatistics>();
        foreach (var database in Databases())
        {
            try
            {
                await using var control = await TargetControl.OpenAsync(Url, database);
                var result = await control.QueryAsync(TablesQuery, "reading table statistics");
                tables.AddRange(result.Rows.Select(r => Table(database, r)));
            }
            catch (CommandException e)
            {
                Warn($"statistics of database '{database}' were not read: {e.Message}");
            }
        }

        return tables;
    }

    // PREPARE lets the server find the parameters' types as it did for the client; EXPLAIN EXECUTE plans for the values, with the settings that the user's sessions begin with.
    protected override async Task<Explanation> ExplainAsync(TargetControl control, StatementExample example)
    {
        var settings = example.User is { } user ? await _roles.OfAsync(user, Url.Names.Database(example.Database)) : new Dictionary<string, string>();
        await control.QueryAsync("BEGIN; SET LOCAL statement_timeout = '10s'", "beginning a transaction");
        try
        {
            await SetAsync(control, settings);
            var statement = example.Sql;
            if (example.Parameters.Count > 0)
            {
                var prepared = await control.TryAsync($"PREPARE replay_explain AS {example.Sql}");
                if (!prepared.Succeeded)
                {
                    return Explanation.None(prepared.ErrorMessage);
                }

                statement = $"EXECUTE replay_explain({string.Join(", ", example.Parameters.Select(p => p is null ? "NULL" : PostgresNames.Literal(p)))})";
            }

            var result = await control.TryAsync($"EXPLAIN {statement}");
            return result.Succeeded ? new Explanation(string.Join('\n', result.Rows.Select(r => r[0])), await TreeAsync(control, statement), null) : Explanation.None(result.ErrorMessage);
        }
        finally
        {
            await control.QueryAsync("ROLLBACK; DEALLOCATE ALL", "ending a transaction");
        }
    }

    private static async Task SetAsync(TargetControl control, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            await control.TryAsync("SAVEPOINT replay_setting");
            if (!(await control.TryAsync($"SELECT set_config({PostgresNames.Literal(name)}, {PostgresNames.Literal(value)}, true)")).Succeeded)
            {
                await control.TryAsync("ROLLBACK TO replay_setting");
            }
        }
    }

    private async Task<string?> TreeAsync(TargetControl control, string statement)
    {
        await control.TryAsync("SAVEPOINT replay_tree");
        var result = await control.TryAsync($"EXPLAIN (FORMAT JSON{_options}) {statement}");
        if (!result.Succeeded && _options.Length > 0)
        {
            _options = "";
            await control.TryAsync("ROLLBACK TO replay_tree");
            result = await control.TryAsync($"EXPLAIN (FORMAT JSON) {statement}");
        }

        return result.Succeeded ? string.Join('\n', result.Rows.Select(r => r[0])) : null;
    }

    private static TableStatistics Table(string database, string?[] row) => new()
    {
        Database = database,
        Schema = row[0],
        Table = row[1]!,
        LiveRows = Number(row[2]),
        DeadRows = Number(row[3]),
        SeqScans = Number(row[4]),
        IndexScans = Number(row[5]),
        Inserted = Number(row[6]),
        Updated = Number(row[7]),
        Deleted = Number(row[8]),
        Bytes = Number(row[9]),
        Indexes = JsonSerializer.Deserialize<List<IndexStatistics>>(row[10]!, Json)!,
        PlannedRows = Number(row[11]),
        AnalyzedAt = row[12],
        Columns = JsonSerializer.Deserialize<List<ColumnFacts>>(row[13]!, Json)!,
    };

    private static long? Number(string? text) => long.TryParse(text, out var number) ? number : null;
}
