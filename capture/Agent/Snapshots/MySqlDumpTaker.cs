using System.Text;
using System.Text.RegularExpressions;
using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>
/// mariadb-dump and mysqldump in one transaction. The cut is their own START TRANSACTION WITH CONSISTENT SNAPSHOT, as the wire shows it.
/// <see href="https://mariadb.com/kb/en/mariadb-dump/"/>, <see href="https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html"/>
/// </summary>
internal sealed partial class MySqlDumpTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : MySqlTaker(request, sessions, reporter, folder)
{
    private const string DumpFile = "dump.sql";
    private const string GtidExecuted = "SELECT REPLACE(@@GLOBAL.gtid_executed, '\n', '')";
    private const int HeadBytes = 64 << 10; // of the dump: its first comments name the binary log's position

    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        using var tools = await MySqlTools.FindAsync(Request, Sessions, stop).ConfigureAwait(false);
        var server = (await tools.QueryAsync("SELECT VERSION(), @@log_bin", stop).ConfigureAwait(false))[0].Split('\t');
        var isMariaDbServer = ServerVersion.Of(Engine.MySql, server[0]).IsMariaDb;
        var left = await WaitAsync(tools, stop).ConfigureAwait(false);
        string[] databases = Request.Url.Database is { } one ? [one] : await DatabasesAsync(tools, stop).ConfigureAwait(false);
        var hasBinaryLog = server.Length > 1 && server[1] is "1" or "ON";
        var startedAt = DateTimeOffset.UtcNow;
        var clockEarliest = NowMicroseconds;
        Reporter.Say($"snapshot: {Request.Tool} of {string.Join(", ", databases)}");
        var before = await AutoIncrementsAsync(tools, stop).ConfigureAwait(false);
        using var hold = await HoldAsync(tools, isMariaDbServer, stop).ConfigureAwait(false);
        // What is executed is exact while nothing can commit; else it is as of a little before the cut.
        var gtid = hasBinaryLog && !isMariaDbServer
            ? hold is null ? (await OptionalAsync(tools, GtidExecuted, stop).ConfigureAwait(false)).FirstOrDefault() : await hold.ValueAsync(GtidExecuted, stop).ConfigureAwait(false)
            : null;
        var dump = tools.RunToolAsync(Arguments(tools, isMariaDbServer && hasBinaryLog, databases), stop);
        var held = await ReleaseAsync(hold, dump, stop).ConfigureAwait(false);
        await CutSeenAsync(CutKind.ConsistentSnapshot, dump, DateTime.MaxValue, stop).ConfigureAwait(false);
        await PositionsAsync(before, await AutoIncrementsAsync(tools, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        await dump.ConfigureAwait(false);
        var cut = held is { IsExact: true } ? default : await CutAsync(CutKind.ConsistentSnapshot, null, clockEarliest, NowMicroseconds, stop).ConfigureAwait(false);
        // In that time, as the wire shows in the end.
        var wasHeld = held is { IsExact: true } || (held is not null && cut.WasSeen && cut.LatestMicroseconds <= held.UntilMicroseconds);
        if (wasHeld)
        {
            cut = new CutMoment(held!.UntilMicroseconds, held.UntilMicroseconds);
        }
        else if (held is not null)
        {
            Warnings.Add($"commits were held up for {Request.Hold:c}, but the cut was not in that time: of some transactions it may not be known whether the snapshot has them");
        }

        return new SnapshotInfo
        {
            Tool = Request.Tool,
            ToolVersion = tools.Version,
            Engine = Engine.MySql,
            ServerVersion = server[0],
            SystemIdentifier = isMariaDbServer ? null : (await OptionalAsync(tools, "SELECT @@server_uuid", stop).ConfigureAwait(false)).FirstOrDefault(),
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = cut.EarliestMicroseconds,
            CutLatestMicroseconds = cut.LatestMicroseconds,
            CommitsHeld = wasHeld,
            Databases = [.. databases.Select(name => Describe(name, DumpFile, cut, before))],
            Roles = await AccountsAsync(tools, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
            AutoIncrement = await AutoIncrementSeriesAsync(tools, stop).ConfigureAwait(false),
            BinlogPosition = string.IsNullOrEmpty(gtid) ? LogPosition() : gtid,
            CommitsInLogOrder = await CommitsInLogOrderAsync(tools, isMariaDbServer, stop).ConfigureAwait(false),
        };
    }

    protected override bool IsChangedDefinition(string words) => ChangedDefinition().IsMatch(words);

    // Null: they are not held up.
    private async Task<MySqlHold?> HoldAsync(MySqlTools tools, bool isMariaDbServer, CancellationToken stop)
    {
        if (Request.Hold == TimeSpan.Zero)
        {
            return null;
        }

        try
        {
            return await MySqlHold.TakeAsync(tools, isMariaDbServer, Request.Hold, stop).ConfigureAwait(false);
        }
        catch (UserException e)
        {
            Warnings.Add($"commits were not held up for the cut, so of some transactions it may not be known whether the snapshot has them: {e.Message}");
            return null;
        }
    }

    // Until when no commit had been; exact if the cut is known to have been before that. Null: they are not held up.
    private async Task<Held?> ReleaseAsync(MySqlHold? hold, Task dump, CancellationToken stop)
    {
        if (hold is null)
        {
            return null;
        }

        var wasSeen = await CutSeenAsync(CutKind.ConsistentSnapshot, dump, hold.Since + Request.Hold, stop).ConfigureAwait(false);
        var isExact = wasSeen || dump.IsCompletedSuccessfully;
        try
        {
            var until = await hold.ReleaseAsync(stop).ConfigureAwait(false);
            Reporter.Say($"snapshot: commits were held up for {(DateTime.UtcNow - hold.Since).TotalMilliseconds:N0} ms");
            return new Held(until, isExact);
        }
        catch (UserException e)
        {
            Warnings.Add($"commits may not have been held up until the cut, so of some transactions it may not be known whether the snapshot has them: {e.Message}");
            return null;
        }
    }

    private sealed record Held(long UntilMicroseconds, bool IsExact);

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

    private string? LogPosition()
    {
        using var file = File.OpenRead(Path.Combine(Folder, DumpFile));
        var head = new byte[HeadBytes];
        var match = ChangeMaster().Match(Encoding.Latin1.GetString(head, 0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        return match.Success ? $"{match.Groups[1].Value}:{match.Groups[2].Value}" : null;
    }

    // Table definition has changed; table, column, routine, trigger, event does not exist; and what mysqldump 9 finds by itself.
    // https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
    [GeneratedRegex(@"([Ee]rror:? |\()(1412|1146|1054|1305|1360|1539)\b|Error in field count")]
    private static partial Regex ChangedDefinition();

    [GeneratedRegex("MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=([0-9]+)")]
    private static partial Regex ChangeMaster();
}
