using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What MySQL and MariaDB tell after a run.</summary>
internal sealed class MySqlDocuments(TargetUrl url, WorkloadReader reader, Action<string> warn) : DocumentCollector(url, reader, warn)
{
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
        var indexes = await control.QueryAsync(
            $"SELECT DISTINCT table_schema, table_name, index_name FROM information_schema.statistics WHERE table_schema IN ({schemas}) ORDER BY 1, 2, 3",
            "reading index statistics");
        var byTable = indexes.Rows.ToLookup(r => (r[0], r[1]), r => new IndexStatistics(r[2]!, null, null));
        return
        [
            .. tables.Rows.Select(r => new TableStatistics
            {
                Database = Url.Names.CapturedDatabase(r[0]!) ?? r[0]!,
                Table = r[1]!,
                LiveRows = Number(r[2]),
                Bytes = Number(r[3]),
                Indexes = [.. byTable[(r[0], r[1])]],
            }),
        ];
    }

    protected override async Task<(string? Plan, string? Error)> ExplainAsync(TargetControl control, StatementExample example)
    {
        if (MySqlParameterText.Substitute(example.Sql, example.Parameters) is not { } sql)
        {
            return (null, "the captured parameters do not fit the text");
        }

        await control.QueryAsync("START TRANSACTION", "beginning a transaction");
        var result = await control.TryAsync($"EXPLAIN {sql}");
        await control.QueryAsync("ROLLBACK", "ending a transaction");
        return result.Succeeded ? (Text(result), null) : (null, result.ErrorMessage);
    }

    // One line a step of the plan, as name=value, without what is NULL.
    private static string Text(QueryResult result) => string.Join(
        '\n',
        result.Rows.Select(row => string.Join(' ', result.Columns.Zip(row).Where(p => p.Second is not null).Select(p => $"{p.First}={p.Second}"))));

    private static long? Number(string? text) => long.TryParse(text, out var number) ? number : null;
}
