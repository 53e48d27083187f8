using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>
/// mariadb-dump and mysqldump in one transaction. The cut is their own START TRANSACTION WITH CONSISTENT SNAPSHOT, as the wire shows it.
/// <see href="https://mariadb.com/kb/en/mariadb-dump/"/>, <see href="https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html"/>
/// </summary>
internal sealed partial class MySqlDumpTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : SnapshotTaker(request, sessions, reporter, folder)
{
    private const string DumpFile = "dump.sql";
    private const string AccountsFile = "accounts.json";
    private const int HeadBytes = 64 << 10; // of the dump: its first comments name the binary log's position

    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        using var tools = await MySqlTools.FindAsync(Request, Sessions, stop).ConfigureAwait(false);
        var server = (await tools.QueryAsync("SELECT VERSION(), @@log_bin", stop).ConfigureAwait(false))[0].Split('\t');
        var isMariaDbServer = server[0].Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var left = await WaitAsync(tools, stop).ConfigureAwait(false);
        string[] databases = Request.Url.Database is { } one ? [one] : await tools.QueryAsync(
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY 1", stop).ConfigureAwait(false);
        if (databases.Length == 0)
        {
            throw new UserException("the server has no database of its user's own");
        }

        var hasBinaryLog = server.Length > 1 && server[1] is "1" or "ON";
        var gtid = hasBinaryLog && !isMariaDbServer ? (await OptionalAsync(tools, "SELECT @@GLOBAL.gtid_executed", stop).ConfigureAwait(false)).FirstOrDefault() : null;
        var startedAt = DateTimeOffset.UtcNow;
        var clockEarliest = NowMicroseconds;
        Reporter.Say($"snapshot: {Request.Tool} of {string.Join(", ", databases)}");
        await tools.DumpAsync(Arguments(tools, isMariaDbServer && hasBinaryLog, databases), stop).ConfigureAwait(false);
        var (earliest, latest) = await CutAsync(null, clockEarliest, NowMicroseconds, stop).ConfigureAwait(false);
        return new SnapshotInfo
        {
            Tool = Request.Tool,
            ToolVersion = tools.Version,
            Engine = Engine.MySql,
            ServerVersion = server[0],
            SystemIdentifier = isMariaDbServer ? null : (await OptionalAsync(tools, "SELECT @@server_uuid", stop).ConfigureAwait(false)).FirstOrDefault(),
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = earliest,
            CutLatestMicroseconds = latest,
            Databases = [.. databases.Select(name => new SnapshotDatabase { Name = name, File = DumpFile, CutEarliestMicroseconds = earliest, CutLatestMicroseconds = latest })],
            Roles = await AccountsAsync(tools, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
            BinlogPosition = string.IsNullOrEmpty(gtid) ? LogPosition() : gtid,
        };
    }

    private IEnumerable<string> Arguments(MySqlTools tools, bool withLogPosition, string[] databases)
    {
        List<string> arguments = ["--single-transaction", "--routines", "--triggers", "--events", "--hex-blob", "--no-tablespaces", $"--result-file={Path.Combine(Folder, DumpFile)}"];
        if (!tools.IsMariaDb)
        {
            arguments.Add("--set-gtid-purged=OFF");
        }
        else if (withLogPosition)
        {
            arguments.Add("--master-data=2"); // exact without a lock: MariaDB tells the position that belongs to the transaction's snapshot
        }

        return [.. arguments, "--databases", .. databases];
    }

    private Task<IReadOnlyList<string>> WaitAsync(MySqlTools tools, CancellationToken stop) => WaitForOpenTransactionsAsync(
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

    private async Task<IReadOnlyList<string>> AccountsAsync(MySqlTools tools, CancellationToken stop)
    {
        var accounts = await OptionalAsync(tools, "SELECT CONCAT(user, '@', host) FROM mysql.user ORDER BY 1", stop).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(Folder, AccountsFile), JsonSerializer.Serialize(accounts, SnapshotJson.Indented), stop).ConfigureAwait(false);
        return accounts;
    }

    /// <summary>A query that may be refused for want of a privilege; that is a warning.</summary>
    private async Task<string[]> OptionalAsync(MySqlTools tools, string sql, CancellationToken stop)
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

    private string? LogPosition()
    {
        using var file = File.OpenRead(Path.Combine(Folder, DumpFile));
        var head = new byte[HeadBytes];
        var match = ChangeMaster().Match(Encoding.Latin1.GetString(head, 0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        return match.Success ? $"{match.Groups[1].Value}:{match.Groups[2].Value}" : null;
    }

    [GeneratedRegex("MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=([0-9]+)")]
    private static partial Regex ChangeMaster();
}
