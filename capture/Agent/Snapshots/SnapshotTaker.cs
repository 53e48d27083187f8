using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>Takes one snapshot with a vendor's tool. This program has no code that could log in anywhere: psql, mariadb and mysql do that too.</summary>
internal abstract class SnapshotTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OpenTransactionsPoll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WireLag = TimeSpan.FromSeconds(3); // until the capture thread has seen what the tool did
    private static readonly TimeSpan MostWireLag = TimeSpan.FromMinutes(2); // as long as it gets on

    private long _attemptSince; // microseconds since 1970

    /// <summary>What is wanted.</summary>
    protected SnapshotRequest Request { get; } = request;

    /// <summary>Where the tools' sessions are made known.</summary>
    protected ToolSessions Sessions { get; } = sessions;

    /// <summary>Where to say what goes on.</summary>
    protected Reporter Reporter { get; } = reporter;

    /// <summary>The workload's snapshot folder.</summary>
    protected string Folder { get; } = folder;

    /// <summary>What is not certain, for the manifest.</summary>
    protected List<string> Warnings { get; } = [];

    /// <summary>What the wire has shown of this attempt's tools.</summary>
    protected IEnumerable<CutOnWire> Cuts => Sessions.Cuts.Where(cut => cut.EarliestMicroseconds >= _attemptSince);

    /// <summary>Microseconds since 1970 by the host's clock, which is that of the packets too.</summary>
    protected static long NowMicroseconds => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The taker for a tool.</summary>
    public static SnapshotTaker For(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder) => request.Tool switch
    {
        "pg_dump" => new PgDumpTaker(request, sessions, reporter, folder),
        "pg_basebackup" => new PgBaseBackupTaker(request, sessions, reporter, folder),
        "mariadb-backup" => new MariaDbBackupTaker(request, sessions, reporter, folder),
        "hook" when request.IsPostgres => new PostgresHookTaker(request, sessions, reporter, folder),
        "hook" => new MySqlHookTaker(request, sessions, reporter, folder),
        _ => new MySqlDumpTaker(request, sessions, reporter, folder),
    };

    /// <summary>Takes it; the folder then holds the data, the result the evidence. A dump that DDL has met is taken anew, with a later cut.</summary>
    public async Task<SnapshotInfo> TakeAsync(CancellationToken stop)
    {
        var info = await AttemptAsync(stop).ConfigureAwait(false);
        foreach (var file in Directory.EnumerateFiles(Folder))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Reporter.Say($"snapshot: done, cut between {WireText.Time(info.CutEarliestMicroseconds)} and {WireText.Time(info.CutLatestMicroseconds)}");
        return info with { Warnings = [.. Warnings] };
    }

    /// <summary>Whether a tool's words mean that a definition changed between its snapshot and its reading.</summary>
    protected virtual bool IsChangedDefinition(string words) => false;

    /// <summary>Does the work.</summary>
    protected abstract Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop);

    /// <summary>
    /// Waits until the transactions that are open now have ended, at most as long as asked for. Returns those that are left, a description each.
    /// </summary>
    /// <param name="open">Asks for the open transactions: a key that stays the same while one lasts, and words for people.</param>
    /// <param name="stop">Gives up waiting.</param>
    protected async Task<IReadOnlyList<string>> WaitForOpenTransactionsAsync(Func<Task<Dictionary<string, string>>> open, CancellationToken stop)
    {
        var first = await open().ConfigureAwait(false);
        if (first.Count == 0)
        {
            return [];
        }

        Reporter.Say($"snapshot: waiting for {first.Count} open transaction{(first.Count == 1 ? "" : "s")} to end, at most {Request.Wait:c}");
        var deadline = DateTime.UtcNow + Request.Wait;
        var left = first;
        while (left.Count > 0 && DateTime.UtcNow < deadline)
        {
            await Task.Delay(OpenTransactionsPoll, stop).ConfigureAwait(false);
            var now = await open().ConfigureAwait(false);
            left = first.Where(transaction => now.ContainsKey(transaction.Key)).ToDictionary(StringComparer.Ordinal);
        }

        foreach (var transaction in left.Values)
        {
            Reporter.Warn($"snapshot: still open after {Request.Wait:c}: {transaction}");
        }

        return [.. left.Values];
    }

    /// <summary>The moment at which the wire shows that a database was cut; the clock's interval if the wire does not show it (encrypted, another interface).</summary>
    protected async Task<CutMoment> CutAsync(CutKind kind, string? database, long clockEarliest, long clockLatest, CancellationToken stop, int attempt = 0)
    {
        var end = DateTime.UtcNow + MostWireLag;
        var seenUntil = Sessions.SeenUntilMicroseconds;
        for (var deadline = DateTime.UtcNow + WireLag; DateTime.UtcNow < deadline && DateTime.UtcNow < end;)
        {
            if (Cuts.FirstOrDefault(cut => cut.Kind == kind && cut.Attempt == attempt && (database is null || cut.Database is null || cut.Database == database)) is { } seen)
            {
                return new CutMoment(seen.EarliestMicroseconds, seen.LatestMicroseconds, WasSeen: true);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), stop).ConfigureAwait(false);
            if (Sessions.SeenUntilMicroseconds is var now && now > seenUntil && now < clockLatest)
            {
                (seenUntil, deadline) = (now, DateTime.UtcNow + WireLag); // a busy host: the capture is still behind
            }
        }

        Warnings.Add($"{(database is null ? "the cut" : $"the cut of {database}")} was not seen on the wire (encrypted, or not on this interface): its time is that of this program's clock around the call");
        return new CutMoment(clockEarliest, clockLatest);
    }

    private async Task<SnapshotInfo> AttemptAsync(CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            try
            {
                return await TakeCoreAsync(stop).ConfigureAwait(false);
            }
            catch (UserException e) when (IsChangedDefinition(e.Message))
            {
                if (attempt == MaxAttempts)
                {
                    throw new UserException($"{e.Message} (the last of {MaxAttempts} attempts that ended so, as when DDL meets a dump: mend what the tool says is missing; else take it in a quieter hour, or a copy of the server's files)", e);
                }

                Reporter.Say($"snapshot: {e.Message.ReplaceLineEndings(" ")}: DDL met it, attempt {attempt + 1} of {MaxAttempts}");
            }

            await Task.Delay(BetweenAttempts, stop).ConfigureAwait(false);
            Directory.Delete(Folder, recursive: true);
            Warnings.Clear();
            _attemptSince = NowMicroseconds;
        }
    }

    /// <summary>A file name for a database.</summary>
    protected static string FileName(string database, string extension) =>
        string.Concat(database.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c.ToString() : $"%{(int)c:x2}")) + extension;
}

/// <summary>When a snapshot was cut.</summary>
/// <param name="EarliestMicroseconds">Not before, microseconds since 1970.</param>
/// <param name="LatestMicroseconds">Not after.</param>
/// <param name="WasSeen">Whether the wire showed it.</param>
internal readonly record struct CutMoment(long EarliestMicroseconds, long LatestMicroseconds, bool WasSeen = false);
