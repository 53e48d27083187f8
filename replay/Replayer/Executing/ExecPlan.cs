using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The plan of an execution with what became of it, in the session that it was executed in; what it writes is rolled back.</summary>
/// <param name="link">The session.</param>
/// <param name="engine">Its protocol.</param>
/// <param name="server">The server's version as it says it.</param>
/// <param name="within">How long it may take.</param>
internal sealed class ExecPlan(ConfirmLink link, Engine engine, string server, TimeSpan within)
{
    // MySQL 8.0.18 and later; before, there is only EXPLAIN.
    private static readonly Version FirstExplainAnalyze = new(8, 0, 18);

    /// <summary>The statement that gave it and what it said.</summary>
    public async Task<(string By, string Plan)> ExplainAsync(StatementExample example, CancellationToken cancellation)
    {
        (await link.QueryAsync(ExecRun.Begin(engine), within, cancellation)).OrThrow("beginning a transaction");
        try
        {
            return engine == Engine.PostgreSql ? await PostgresAsync(example, cancellation) : await MySqlAsync(example, cancellation);
        }
        finally
        {
            (await link.QueryAsync("ROLLBACK", within, cancellation)).OrThrow("rolling back");
        }
    }

    private async Task<(string By, string Plan)> PostgresAsync(StatementExample example, CancellationToken cancellation)
    {
        var statement = example.Sql;
        if (example.Parameters.Count > 0)
        {
            var prepared = await link.QueryAsync($"PREPARE replay_exec AS {example.Sql}", within, cancellation);
            if (!prepared.Succeeded)
            {
                return ("PREPARE", $"refused: {prepared.ErrorMessage}");
            }

            statement = $"EXECUTE replay_exec({string.Join(", ", example.Parameters.Select(p => p is null ? "NULL" : PostgresNames.Literal(p)))})";
        }

        return await AskAsync("EXPLAIN (ANALYZE, BUFFERS)", statement, cancellation);
    }

    private async Task<(string By, string Plan)> MySqlAsync(StatementExample example, CancellationToken cancellation)
    {
        if (MySqlParameterText.Substitute(example.Sql, example.Parameters) is not { } sql)
        {
            return ("EXPLAIN", "the captured parameters do not fit the text");
        }

        var told = await AskAsync(By(server), sql, cancellation);

        // MySQL's tree has no UPDATE and DELETE of one table, nor can it time one; the table has.
        return told.Plan.Contains(MySqlDocuments.NoTree, StringComparison.Ordinal) ? await AskAsync(MySqlDocuments.AsTable, sql, cancellation) : told;
    }

    /// <summary>What a MySQL or MariaDB of a version has to tell a plan with its execution.</summary>
    internal static string By(string server) =>
        ServerVersion.Of(Engine.MySql, server) is var version && version.IsMariaDb ? "ANALYZE FORMAT=JSON"
        : version.Number >= FirstExplainAnalyze ? "EXPLAIN ANALYZE" : "EXPLAIN";

    private async Task<(string By, string Plan)> AskAsync(string by, string statement, CancellationToken cancellation)
    {
        var result = await link.QueryAsync($"{by} {statement}", within, cancellation);
        return (by, !result.Succeeded ? $"refused: {result.ErrorMessage}"
            : result.Columns.Count == 1 ? string.Join('\n', result.Rows.Select(r => r[0]))
            : string.Join('\n', result.Rows.Select(row => string.Join(' ', result.Columns.Zip(row).Where(p => p.Second is not null).Select(p => $"{p.First}={p.Second}")))));
    }
}
