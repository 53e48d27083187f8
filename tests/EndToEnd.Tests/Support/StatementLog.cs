using System.Globalization;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>A statement that a server has logged.</summary>
internal sealed record LoggedStatement(DateTime At, string Session, string Text);

/// <summary>
/// What a server says itself that it was asked: PostgreSQL's <c>log_statement = all</c> in its log, MySQL's general log in its table. Only statements that hold a mark are told, so that what a tool asks for
/// itself is not among them.
/// </summary>
internal sealed class StatementLog : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly string _mark;
    private long _from;

    private StatementLog(TestServer server, string mark) => (_server, _mark) = (server, mark);

    private string File => Path.Combine(_server.Folder, "server.log");

    /// <summary>Begins to log.</summary>
    public static async Task<StatementLog> StartAsync(TestServer server, string mark)
    {
        await server.SqlAsync(server.Kind.IsPostgres
            ? "ALTER SYSTEM SET log_statement = 'all'; ALTER SYSTEM SET log_line_prefix = '%n|%c|'; SELECT pg_reload_conf()"
            : "SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
        var log = new StatementLog(server, mark);
        await log.TakeAsync();
        return log;
    }

    /// <summary>What was logged since it was last asked, in the order of the log.</summary>
    public Task<IReadOnlyList<LoggedStatement>> TakeAsync() => _server.Kind.IsPostgres ? TakePostgresAsync() : TakeMySqlAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _server.SqlAsync(_server.Kind.IsPostgres
        ? "ALTER SYSTEM RESET log_statement; ALTER SYSTEM RESET log_line_prefix; SELECT pg_reload_conf()"
        : "SET GLOBAL general_log = OFF; SET GLOBAL log_output = 'FILE'");

    private async Task<IReadOnlyList<LoggedStatement>> TakePostgresAsync()
    {
        await using var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = _from;
        using var reader = new StreamReader(stream);
        var found = new List<LoggedStatement>();
        while (await reader.ReadLineAsync() is { } line)
        {
            // 1763798400.123|session|LOG:  statement: text, or execute name: text
            var parts = line.Split('|', 3);
            if (parts.Length == 3 && parts[2].StartsWith("LOG:", StringComparison.Ordinal) && parts[2].Contains(_mark, StringComparison.Ordinal))
            {
                var text = parts[2]["LOG:".Length..].TrimStart();
                text = text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..];
                found.Add(new LoggedStatement(DateTime.UnixEpoch.AddSeconds(double.Parse(parts[0], CultureInfo.InvariantCulture)), parts[1], text));
            }
        }

        _from = stream.Length;
        return found;
    }

    private async Task<IReadOnlyList<LoggedStatement>> TakeMySqlAsync()
    {
        var rows = await _server.SqlAsync(
            $"SELECT event_time, thread_id, replace(convert(argument USING utf8mb4), '\\n', ' ') FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') AND argument LIKE '%{_mark}%' AND argument NOT LIKE '%general_log%'");
        await _server.SqlAsync("TRUNCATE mysql.general_log");
        return [.. rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static row =>
        {
            var cells = row.Split('\t', 3);
            return new LoggedStatement(DateTime.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2]);
        })];
    }
}
