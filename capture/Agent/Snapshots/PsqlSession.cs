using System.Text.Json;
using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>A psql that is held open and fed by its standard input, so that a transaction (and the snapshot exported in it) can be kept open.</summary>
internal sealed class PsqlSession : IDisposable
{
    private const string Marker = "dbcapture-end-of-answer";
    private const string Outcome = "dbcapture-outcome";
    private const string Failed = "true ";
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(2);
    private readonly ToolProcess _psql;

    private PsqlSession(ToolProcess psql) => _psql = psql;

    /// <summary>Starts one for a database. A login that fails shows at the first query.</summary>
    public static PsqlSession Open(PostgresTools tools, string database) => new(tools.Start("psql", ["-X", "-q", "-A", "-t", "-w", .. tools.Server, "-d", database]));

    /// <summary>Runs a statement; the rows' texts, a line each. What the server refuses is a <see cref="UserException"/> with its words.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string sql, CancellationToken stop)
    {
        var answer = await AskAsync(sql, stop).ConfigureAwait(false);
        return answer.Refusal is null ? answer.Lines : throw new UserException($"psql: ERROR: {answer.Refusal}");
    }

    /// <summary>Runs a query that must answer with one value.</summary>
    public async Task<string> ValueAsync(string sql, CancellationToken stop) =>
        await LinesAsync(sql, stop).ConfigureAwait(false) is [var first, ..] ? first : throw new UserException($"psql: {(_psql.LastError is { Length: > 0 } error ? error : $"no row: {sql}")}"); // a psql before 11 does not tell of the error otherwise

    /// <summary>Runs a query that may be refused (privileges, version); null then.</summary>
    public async Task<string?> OptionalAsync(string sql, CancellationToken stop) =>
        (await AskAsync(sql, stop).ConfigureAwait(false)).Lines is [var first, ..] ? first : null;

    /// <summary>Runs a query; each row as a JSON object.</summary>
    public async Task<List<JsonElement>> RowsAsync(string query, CancellationToken stop)
    {
        var rows = new List<JsonElement>();
        foreach (var line in await LinesAsync($"SELECT row_to_json(q) FROM ({query}) q", stop).ConfigureAwait(false))
        {
            using var document = JsonDocument.Parse(line);
            rows.Add(document.RootElement.Clone());
        }

        return rows;
    }

    public void Dispose() => _psql.Dispose();

    private async Task<Answer> AskAsync(string sql, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            // Standard error comes by another way, which may be later: so the error too, from psql 11 on. A message may have several lines.
            await _psql.Input.WriteAsync($"{sql.TrimEnd(';')};\n\\echo {Outcome} :ERROR :LAST_ERROR_MESSAGE\n\\echo {Marker}\n".AsMemory(), timeout.Token).ConfigureAwait(false);
            await _psql.Input.FlushAsync(timeout.Token).ConfigureAwait(false);
            var lines = new List<string>();
            while (await _psql.Output.ReadLineAsync(timeout.Token).ConfigureAwait(false) is { } line)
            {
                if (line == Marker)
                {
                    var at = lines.FindLastIndex(l => l.StartsWith(Outcome, StringComparison.Ordinal));
                    var outcome = string.Join(' ', lines[at..])[Outcome.Length..].Trim();
                    return new Answer(lines[..at], outcome.StartsWith(Failed, StringComparison.Ordinal) ? outcome[Failed.Length..] : null);
                }

                lines.Add(line);
            }
        }
        catch (IOException)
        {
            // psql has gone: its own words say why
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new UserException($"psql did not answer within {AnswerTimeout:c}", e);
        }

        await _psql.WaitAsync(stop).ConfigureAwait(false);
        throw new UserException($"psql: {_psql.LastError}");
    }

    private sealed record Answer(List<string> Lines, string? Refusal);
}
