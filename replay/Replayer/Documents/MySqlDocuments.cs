using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What MySQL and MariaDB tell after a run.</summary>
internal sealed class MySqlDocuments(TargetUrl url, WorkloadReader reader, Action<string> warn) : DocumentCollector(url, reader, warn)
{
    // What MySQL 8.3 and later have in place of a plan, in the second format.
    internal const string NoTree = "not executable by iterator executor";

    /// <summary>What has a plan for those statements too, whatever the server's own format is.</summary>
    internal const string AsTable = "EXPLAIN FORMAT=TRADITIONAL";

    protected override async Task<IReadOnlyDictionary<string, string?>> ReadSettingsAsync(TargetControl control)
    {
        var result = await control.QueryAsync("SHOW GLOBAL VARIABLES", "reading the variables");
        return result.Rows.ToDictionary(r => r[0]!, r => r[1], StringComparer.Ordinal);
    }

    protected override async Task<IReadOnlyList<TableStatistics>> ReadTablesAsync()
    {
        var databases = Databases();
        if (databases.Count == 0)
        {
            return [];
        }

        var schemas = string.Join(", ", databases.Select(d => MySqlNames.Literal(Url.Names.Database(d))));
        await using var control = await TargetControl.OpenAsync(Url);
        var tables = await control.QueryAsync(
            $"SELECT table_schema, table_name, table_rows, data_length + index_length FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN ({schemas}) ORDER BY 1, 2",
            "reading table statistics");
        // Later versions have more columns, and the older ones refuse to name them; * has them all.
        var indexes = await control.QueryAsync($"SELECT * FROM information_schema.statistics WHERE table_schema IN ({schemas}) ORDER BY table_schema, table_name, index_name, seq_in_index", "reading index statistics");
        var columns = await control.QueryAsync(
            $"SELECT table_schema, table_name, column_name, column_type, collation_name FROM information_schema.columns WHERE table_schema IN ({schemas}) ORDER BY table_schema, table_name, ordinal_position LIMIT {TableStatistics.MostColumns}",
            "reading columns");
        // MariaDB's planner takes the rows that ANALYZE ... PERSISTENT has counted, however long ago; the engine's follow what is written. Elsewhere there is no such table, or none that may be read.
        var counted = await control.TryAsync($"SELECT db_name, table_name, cardinality FROM mysql.table_stats WHERE db_name IN ({schemas}) AND @@use_stat_tables LIKE 'PREFERABLY%'");
        var planned = counted.Succeeded ? counted.Rows.ToDictionary(r => (r[0]!, r[1]!), r => Number(r[2])) : [];
        var byTable = IndexesOf(indexes).ToLookup(i => i.Table, i => i.Index);
        var columnsOf = columns.Rows.ToLookup(r => (r[0]!, r[1]!), r => new ColumnFacts(r[2]!, r[3]!, r[4]));
        return
        [
            .. tables.Rows.Select(r => new TableStatistics
            {
                Database = Url.Names.CapturedDatabase(r[0]!) ?? r[0]!,
                Table = r[1]!,
                LiveRows = Number(r[2]),
                PlannedRows = planned.GetValueOrDefault((r[0]!, r[1]!)) ?? Number(r[2]),
                Bytes = Number(r[3]),
                Indexes = [.. byTable[(r[0]!, r[1]!)]],
                Columns = [.. columnsOf[(r[0]!, r[1]!)]],
            }),
        ];
    }

    protected override async Task<ServerEnvironment> ReadEnvironmentAsync(TargetControl control)
    {
        var used = Databases().ToHashSet(StringComparer.Ordinal);
        var plugins = await control.QueryAsync("SELECT plugin_name, plugin_version FROM information_schema.plugins WHERE plugin_library IS NOT NULL AND plugin_status = 'ACTIVE' ORDER BY 1", "reading the plug-ins");
        var schemata = await control.QueryAsync("SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata ORDER BY 1", "reading the databases");
        return new ServerEnvironment(
            [.. plugins.Rows.Select(r => new ExtensionFacts(null, r[0]!, r[1]))],
            [.. schemata.Rows.Select(r => new DatabaseFacts(Url.Names.CapturedDatabase(r[0]!) ?? r[0]!, r[1], r[2], null)).Where(d => used.Contains(d.Database))],
            []);
    }

    protected override async Task<Explanation> ExplainAsync(TargetControl control, StatementExample example)
    {
        if (MySqlParameterText.Substitute(example.Sql, example.Parameters) is not { } sql)
        {
            return Explanation.None("the captured parameters do not fit the text");
        }

        await control.QueryAsync("START TRANSACTION", "beginning a transaction");
        try
        {
            var result = await control.TryAsync($"EXPLAIN {sql}");
            if (result.Succeeded && Text(result).Contains(NoTree, StringComparison.Ordinal))
            {
                result = await control.TryAsync($"{AsTable} {sql}");
            }

            return result.Succeeded ? new Explanation(Text(result), await TreeAsync(control, sql), null) : Explanation.None(result.ErrorMessage);
        }
        finally
        {
            await control.QueryAsync("ROLLBACK", "ending a transaction");
        }
    }

    private static async Task<string?> TreeAsync(TargetControl control, string sql)
    {
        var tree = await JsonAsync(control, sql);
        if (tree?.Contains(NoTree, StringComparison.Ordinal) != true)
        {
            return tree;
        }

        // MySQL's second format has no UPDATE and DELETE of one table; the first has.
        await control.TryAsync("SET SESSION explain_json_format_version = 1");
        tree = await JsonAsync(control, sql);
        await control.TryAsync("SET SESSION explain_json_format_version = DEFAULT");
        return tree;
    }

    private static async Task<string?> JsonAsync(TargetControl control, string sql)
    {
        var result = await control.TryAsync($"EXPLAIN FORMAT=JSON {sql}");
        return result.Succeeded && result.Rows.Count > 0 ? result.Rows[0][0] : null;
    }

    private static IEnumerable<((string, string) Table, IndexStatistics Index)> IndexesOf(QueryResult result)
    {
        var column = result.Columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.OrdinalIgnoreCase);
        string? Of(string?[] row, string name) => column.TryGetValue(name, out var i) ? row[i] : null;
        foreach (var index in result.Rows.GroupBy(r => (Of(r, "TABLE_SCHEMA")!, Of(r, "TABLE_NAME")!, Of(r, "INDEX_NAME")!)))
        {
            var parts = index.Select(r => $"{Of(r, "COLUMN_NAME") ?? Of(r, "EXPRESSION")}{(Of(r, "SUB_PART") is { } length ? $"({length})" : "")}");
            var first = index.First();
            var isUsable = Of(first, "IS_VISIBLE") != "NO" && Of(first, "IGNORED") != "YES";
            yield return ((index.Key.Item1, index.Key.Item2), new IndexStatistics(index.Key.Item3, null, null, $"{(Of(first, "NON_UNIQUE") == "0" ? "unique " : "")}({string.Join(", ", parts)})", isUsable));
        }
    }

    // A tree as it is; of a table one line a step of the plan, as name=value, without what is NULL.
    private static string Text(QueryResult result) => result.Columns.Count == 1 ? string.Join('\n', result.Rows.Select(row => row[0])) : string.Join(
        '\n',
        result.Rows.Select(row => string.Join(' ', result.Columns.Zip(row).Where(p => p.Second is not null).Select(p => $"{p.First}={p.Second}"))));

    private static long? Number(string? text) => long.TryParse(text, out var number) ? number : null;
}
