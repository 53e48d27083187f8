using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.Agent.Hosting;
using Replay.Workload;
using SequencePosition = Replay.Workload.SequencePosition;

namespace Replay.Agent.Snapshots;

/// <summary>What the takers of MySQL's and MariaDB's snapshots have in common: which databases, who is there, where AUTO_INCREMENT stands.</summary>
internal abstract partial class MySqlTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : SnapshotTaker(request, sessions, reporter, folder)
{
    private const string AccountsFile = "accounts.json";
    private const string PositionsFile = "auto-increments.json";
    private static readonly string[] BinlogNotes = ["mariadb_backup_binlog_info", "xtrabackup_binlog_info"];
    private static readonly TimeSpan CutPoll = TimeSpan.FromMilliseconds(5);
    private const string System = "('mysql', 'information_schema', 'performance_schema', 'sys')";

    /// <summary>A query that may be refused for want of a privilege; that is a warning.</summary>
    protected async Task<string[]> OptionalAsync(MySqlTools tools, string sql, CancellationToken stop)
    {
        try
        {
            return await tools.QueryAsync(sql, stop).ConfigureAwait(false);
        }
        catch (UserException e)
        {
            var line = $"not known: {sql}: {e.Message}";
            if (!Warnings.Contains(line))
            {
                Warnings.Add(line);
            }

            return [];
        }
    }

    /// <summary>The databases of the server's users.</summary>
    protected static async Task<string[]> DatabasesAsync(MySqlTools tools, CancellationToken stop)
    {
        var databases = await tools.QueryAsync($"SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN {System} ORDER BY 1", stop).ConfigureAwait(false);
        return databases.Length > 0 ? databases : throw new UserException("the server has no database of its user's own");
    }

    /// <summary>Waits for the transactions that are open now.</summary>
    protected Task<IReadOnlyList<string>> WaitAsync(MySqlTools tools, CancellationToken stop) => WaitForOpenTransactionsAsync(
        async () =>
        {
            var open = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var row in await OptionalAsync(tools, "SELECT trx_mysql_thread_id, trx_started, trx_rows_modified FROM information_schema.innodb_trx WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID())", stop).ConfigureAwait(false))
            {
                var fields = row.Split('\t');
                open[$"{fields[0]} {fields[1]}"] = $"connection {fields[0]}, open since {fields[1]}{(fields[2] == "0" ? "" : $", has changed {fields[2]} rows")}";
            }

            return open;
        },
        stop);

    /// <summary>
    /// The accounts' names, with those that views, triggers, routines and events run as; beside the data the grants of the latter, which they need to
    /// work. Passwords and their hashes are taken out.
    /// </summary>
    protected async Task<IReadOnlyList<string>> AccountsAsync(MySqlTools tools, CancellationToken stop)
    {
        var accounts = await OptionalAsync(tools, "SELECT CONCAT(user, '@', host) FROM mysql.user ORDER BY 1", stop).ConfigureAwait(false);
        var definers = await OptionalAsync(
            tools,
            $"SELECT definer FROM information_schema.views WHERE table_schema NOT IN {System} UNION SELECT definer FROM information_schema.triggers WHERE trigger_schema NOT IN {System}"
            + $" UNION SELECT definer FROM information_schema.routines WHERE routine_schema NOT IN {System} UNION SELECT definer FROM information_schema.events WHERE event_schema NOT IN {System}",
            stop).ConfigureAwait(false);
        var grants = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var definer in definers.Where(definer => definer.Contains('@')))
        {
            var at = definer.LastIndexOf('@');
            var lines = await OptionalAsync(tools, $"SHOW GRANTS FOR {Literal(definer[..at])}@{Literal(definer[(at + 1)..])}", stop).ConfigureAwait(false);
            grants[definer] = [.. lines.Select(line => Secret().Replace(line, ""))];
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, AccountsFile), JsonSerializer.Serialize(new { accounts, definers = grants }, SnapshotJson.Indented), stop).ConfigureAwait(false);
        return [.. accounts.Union(definers, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// The next AUTO_INCREMENT of each table, by <c>schema.table</c>. The dump itself tells a later one: the counter stands outside of transactions, and
    /// each table is read in its turn. From 8.0 on MySQL caches these figures for a day unless told not to.
    /// </summary>
    protected async Task<IReadOnlyDictionary<string, ulong>> AutoIncrementsAsync(MySqlTools tools, CancellationToken stop)
    {
        var rows = await OptionalAsync(
            tools,
            "/*!80000 SET SESSION information_schema_stats_expiry = 0 */; SELECT CONCAT(table_schema, '.', table_name), auto_increment FROM information_schema.tables"
            + $" WHERE auto_increment IS NOT NULL AND table_schema NOT IN {System} ORDER BY 1",
            stop).ConfigureAwait(false);
        return rows.Select(row => row.Split('\t')).ToDictionary(row => row[0], row => ulong.Parse(row[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Whether transactions become visible in the order of the binary log; null if the server does not say.</summary>
    protected async Task<bool?> CommitsInLogOrderAsync(MySqlTools tools, bool isMariaDbServer, CancellationToken stop) =>
        isMariaDbServer ? true : (await OptionalAsync(tools, "SELECT @@GLOBAL.binlog_order_commits", stop).ConfigureAwait(false)).FirstOrDefault() is { } answer ? answer is "1" or "ON" : null;

    /// <summary>Where a copy of the data folder lies in the binary log, as the tool that made it has noted beside it; null if it has not. A note that cannot be read is a warning.</summary>
    protected string? CopyPosition()
    {
        // A hook may have run as another user, whose folders are closed to this one.
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        var note = BinlogNotes.SelectMany(name => Directory.EnumerateFiles(Folder, name, all)).FirstOrDefault();
        try
        {
            return note is not null && File.ReadAllText(note).Split('\t', '\n') is [var file, var position, ..] && long.TryParse(position, CultureInfo.InvariantCulture, out _) ? $"{file}:{position}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warnings.Add($"not known: where the copy lies in the binary log: {e.Message}");
            return null;
        }
    }

    /// <summary>By which steps the ids of new sessions go; null if the server does not say.</summary>
    protected async Task<AutoIncrementSeries?> AutoIncrementSeriesAsync(MySqlTools tools, CancellationToken stop)
    {
        var rows = await OptionalAsync(tools, "SELECT @@GLOBAL.auto_increment_increment, @@GLOBAL.auto_increment_offset", stop).ConfigureAwait(false);
        int[] values = [.. rows.SelectMany(row => row.Split('\t')).Select(value => int.Parse(value, CultureInfo.InvariantCulture))];
        return values is [var increment, var offset] ? new AutoIncrementSeries(increment, offset) : null;
    }

    /// <summary>Writes both readings beside the data; the one before the cut counts, as what was drawn since is drawn again by the replay.</summary>
    protected async Task PositionsAsync(IReadOnlyDictionary<string, ulong> before, IReadOnlyDictionary<string, ulong> after, CancellationToken stop)
    {
        var both = before.Select(table => new { table = table.Key, before_cut = table.Value, after_cut = after.TryGetValue(table.Key, out var value) ? value : (ulong?)null });
        await File.WriteAllTextAsync(Path.Combine(Folder, PositionsFile), JsonSerializer.Serialize(both, SnapshotJson.Indented), stop).ConfigureAwait(false);
    }

    /// <summary>A database with its tables' counters.</summary>
    protected static SnapshotDatabase Describe(string name, string file, CutMoment cut, IReadOnlyDictionary<string, ulong> positions) => new()
    {
        Name = name,
        File = file,
        CutEarliestMicroseconds = cut.EarliestMicroseconds,
        CutLatestMicroseconds = cut.LatestMicroseconds,
        Sequences = [.. positions.Where(table => table.Key.StartsWith(name + ".", StringComparison.Ordinal) && table.Value - 1 <= long.MaxValue)
            .Select(table => new SequencePosition(table.Key, table.Value <= 1 ? null : (long)(table.Value - 1), 1))],
    };

    /// <summary>Waits until the wire has shown the cut, or the tool has ended, or <paramref name="until"/>; whether it has.</summary>
    protected async Task<bool> CutSeenAsync(CutKind kind, Task tool, DateTime until, CancellationToken stop)
    {
        while (!tool.IsCompleted && Cuts.All(cut => cut.Kind != kind) && DateTime.UtcNow < until)
        {
            await Task.WhenAny(tool, Task.Delay(CutPoll, stop)).ConfigureAwait(false);
        }

        return Cuts.Any(cut => cut.Kind == kind);
    }

    private static string Literal(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    // MariaDB and MySQL before 5.7 show the password's hash in a grant.
    [GeneratedRegex(" IDENTIFIED (BY|VIA|WITH) .*$")]
    private static partial Regex Secret();
}
