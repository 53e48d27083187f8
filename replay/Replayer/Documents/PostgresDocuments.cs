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
               (SELECT coalesce(json_agg(json_build_object('name', i.indexrelname, 'scans', i.idx_scan, 'bytes', pg_catalog.pg_relation_size(i.indexrelid)) ORDER BY i.indexrelname), '[]')
                  FROM pg_catalog.pg_stat_user_indexes i WHERE i.relid = s.relid)
          FROM pg_catalog.pg_stat_user_tables s ORDER BY 1, 2
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    protected override async Task<IReadOnlyDictionary<string, string?>> ReadSettingsAsync(TargetControl control)
    {
        var result = await control.QueryAsync("SELECT name, setting FROM pg_catalog.pg_settings ORDER BY name", "reading pg_settings");
        return result.Rows.ToDictionary(r => r[0]!, r => r[1], StringComparer.Ordinal);
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

    // PREPARE lets the server find the parameters' types as it did for the client; EXPLAIN EXECUTE plans for the values.
    protected override async Task<(string? Plan, string? Error)> ExplainAsync(TargetControl control, StatementExample example)
    {
        await control.QueryAsync("BEGIN; SET LOCAL statement_timeout = '10s'", "beginning a transaction");
        try
        {
            var explain = $"EXPLAIN {example.Sql}";
            if (example.Parameters.Count > 0)
            {
                var prepared = await control.TryAsync($"PREPARE replay_explain AS {example.Sql}");
                if (!prepared.Succeeded)
                {
                    return (null, prepared.ErrorMessage);
                }

                explain = $"EXPLAIN EXECUTE replay_explain({string.Join(", ", example.Parameters.Select(p => p is null ? "NULL" : PostgresNames.Literal(p)))})";
            }

            var result = await control.TryAsync(explain);
            return result.Succeeded ? (string.Join('\n', result.Rows.Select(r => r[0])), null) : (null, result.ErrorMessage);
        }
        finally
        {
            await control.QueryAsync("ROLLBACK; DEALLOCATE ALL", "ending a transaction");
        }
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
    };

    private static long? Number(string? text) => long.TryParse(text, out var number) ? number : null;
}
