using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>
/// mariadb-backup: the data folder, copied on the server's own host. Its BACKUP STAGE BLOCK_COMMIT is the cut: what had not been committed by then is not
/// in it. The copy is made consistent (--prepare) when it is restored, not on this host. <see href="https://mariadb.com/kb/en/mariadb-backup-overview/"/>
/// </summary>
internal sealed class MariaDbBackupTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : MySqlTaker(request, sessions, reporter, folder)
{
    private const string BackupFolder = "base";

    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        using var tools = await MySqlTools.FindAsync(Request, Sessions, stop).ConfigureAwait(false);
        var server = (await tools.QueryAsync("SELECT VERSION()", stop).ConfigureAwait(false))[0];
        if (!ServerVersion.Of(Engine.MySql, server).IsMariaDb)
        {
            throw new UserException($"mariadb-backup cannot copy MySQL {server}: use --snapshot mysqldump, or hook:CMD with a tool of MySQL's");
        }

        var left = await WaitAsync(tools, stop).ConfigureAwait(false);
        var databases = await DatabasesAsync(tools, stop).ConfigureAwait(false);
        var startedAt = DateTimeOffset.UtcNow;
        var clockEarliest = NowMicroseconds;
        Reporter.Say("snapshot: mariadb-backup");
        var before = await AutoIncrementsAsync(tools, stop).ConfigureAwait(false);
        var backup = tools.RunToolAsync(["--backup", $"--target-dir={Path.Combine(Path.GetFullPath(Folder), BackupFolder)}"], stop);
        await CutSeenAsync(CutKind.BlockedCommits, backup, DateTime.MaxValue, stop).ConfigureAwait(false);
        await PositionsAsync(before, await AutoIncrementsAsync(tools, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        await backup.ConfigureAwait(false);
        var cut = await CutAsync(CutKind.BlockedCommits, null, clockEarliest, NowMicroseconds, stop).ConfigureAwait(false);
        var goOn = cut.WasSeen ? await CutAsync(CutKind.CommitsGoOn, null, clockEarliest, NowMicroseconds, stop).ConfigureAwait(false) : default;
        // Long enough that what was committed before had been answered.
        var wasHeld = goOn.WasSeen && goOn.EarliestMicroseconds - cut.LatestMicroseconds >= MySqlHold.Least.TotalMicroseconds;
        cut = wasHeld ? new CutMoment(goOn.EarliestMicroseconds, goOn.EarliestMicroseconds) : cut;
        return new SnapshotInfo
        {
            Tool = Request.Tool,
            ToolVersion = tools.Version,
            Engine = Engine.MySql,
            ServerVersion = server,
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = cut.EarliestMicroseconds,
            CutLatestMicroseconds = cut.LatestMicroseconds,
            CommitsHeld = wasHeld,
            Databases = [.. databases.Select(name => Describe(name, BackupFolder, cut, before))],
            Roles = await AccountsAsync(tools, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
            BinlogPosition = CopyPosition(),
            CommitsInLogOrder = true,
            AutoIncrement = await AutoIncrementSeriesAsync(tools, stop).ConfigureAwait(false),
        };
    }
}
