namespace Replay.Workload;

/// <summary>
/// <c>run.json</c>: one replay of a workload against one server. Written when the run begins and replaced when it ends; without
/// <see cref="EndedAt"/> the run is going on, or was killed.
/// </summary>
public sealed record RunManifest
{
    /// <summary>The format that this build writes. It reads this one and all before it.</summary>
    public const int CurrentFormatVersion = 2;

    /// <summary>The format's version; a newer one than <see cref="CurrentFormatVersion"/> is refused.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>Whether the outcomes' hashes are of values in normal form. Format 1 had them of the bytes on the wire.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasNormalHashes => FormatVersion >= 2;

    /// <summary>Version of the program that wrote it.</summary>
    public string ToolVersion { get; init; } = "";

    /// <summary>The run's identity.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>The workload that was replayed.</summary>
    public Guid WorkloadId { get; init; }

    /// <summary>Where that workload was, as an absolute path.</summary>
    public string WorkloadFolder { get; init; } = "";

    /// <summary>The target's protocol.</summary>
    public Engine Engine { get; init; }

    /// <summary>The target's URL without the password.</summary>
    public string TargetUrl { get; init; } = "";

    /// <summary>What the target says of itself.</summary>
    public string ServerVersion { get; init; } = "";

    /// <summary>PostgreSQL's system identifier, MySQL's server_uuid; null if it could not be read.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>How fast: <c>1</c>, <c>2.5</c>, <c>max</c>.</summary>
    public string Speed { get; init; } = "1";

    /// <summary>
    /// What due times were counted from and what else changed them: <c>absolute</c>, <c>think-time</c>, with what was scaled, shortened or left out of comparison behind it. Only runs of one schedule are compared.
    /// </summary>
    public string Schedule { get; init; } = "absolute";

    /// <summary>What of the workload was played: <c>all</c>, or a window, a share of the sessions, filters. Only runs of one selection are compared.</summary>
    public string Selection { get; init; } = "all";

    /// <summary>What was asked before this moment of the workload's clock, microseconds since 1970, is warm-up, whose times are not compared; null if there was none.</summary>
    public long? ComparedFromMicroseconds { get; init; }

    /// <summary>Which order between sessions was kept.</summary>
    public string Order { get; init; } = "";

    /// <summary>The options that it was begun with, as on a command line, without passwords and with absolute paths, so that it can be resumed; null in runs of older versions.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Where it was broken off and resumed, in order; null if it was not.</summary>
    public IReadOnlyList<RunSeam>? Seams { get; init; }

    /// <summary>Where times were read: <c>wire</c> or <c>client</c>. Only runs of one instrument are compared.</summary>
    public string Instrument { get; init; } = "client";

    /// <summary>When the run began, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC; null while it goes on or if it was killed.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The moment of the workload's clock, microseconds since 1970, at which the run's clock was at zero.</summary>
    public long WorkloadStartMicroseconds { get; init; }

    /// <summary>The moment of the run's clock, microseconds since 1970, that stands for <see cref="WorkloadStartMicroseconds"/>.</summary>
    public long StartedAtMicroseconds { get; init; }

    /// <summary>How long its schedule was played, from its beginning to the last response, microseconds; 0 in runs of older versions.</summary>
    public long PlayedMicroseconds { get; init; }

    /// <summary>The slices that it played in turn with a run on the other server; null if it was played alone, or by an older version.</summary>
    public RunSlices? Slices { get; init; }

    /// <summary>Exchanges in the workload: <see cref="Replayed"/> + all skipped + all failed + <see cref="NotReached"/>.</summary>
    public long Captured { get; init; }

    /// <summary>Exchanges that had a response, errors included.</summary>
    public long Replayed { get; init; }

    /// <summary>Those of them that were warm-up.</summary>
    public long WarmedUp { get; init; }

    /// <summary>Exchanges that were left out, by reason.</summary>
    public IReadOnlyDictionary<string, long> SkippedByReason { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Exchanges that had no response, by reason.</summary>
    public IReadOnlyDictionary<string, long> FailedByReason { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Exchanges that the run did not come to.</summary>
    public long NotReached { get; init; }

    /// <summary>Sessions opened.</summary>
    public long Sessions { get; init; }

    /// <summary>Sessions that could not be opened or were lost.</summary>
    public long SessionsFailed { get; init; }

    /// <summary>Connections that were lost while their sessions had something left to do.</summary>
    public long ConnectionsLost { get; init; }

    /// <summary>Connections opened in the stead of lost ones.</summary>
    public long Reopened { get; init; }

    /// <summary>Sessions replayed as the URL's user because the captured one is not known or could not be taken on.</summary>
    public long SessionsAsTargetUser { get; init; }

    /// <summary>Most sessions with an exchange on the wire at one time.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>CPU time of the replayer, in seconds.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>
    /// How many processors of the replayer's host everything but the replayer kept busy while the schedule was played, on average: a target on the same host, and neighbours. Null where it is not known.
    /// </summary>
    public double? OtherProcessors { get; init; }

    /// <summary>What was done about values; null in runs of older versions.</summary>
    public RunValueCounts? Values { get; init; }

    /// <summary>Deadlock and serialisation victims that production had not, and what was done about them; null in runs of older versions.</summary>
    public RunRetryCounts? Retries { get; init; }

    /// <summary>What was played otherwise than it was recorded; null if nothing was, and in runs of older versions.</summary>
    public RunKnobs? Knobs { get; init; }

    /// <summary>Whether the run can be trusted.</summary>
    public RunFitness Fitness { get; init; } = new();

    /// <summary>What the user ought to know, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether what was asked for at a moment of the workload's clock is warm-up, at the run's beginning or after a seam.</summary>
    public bool IsWarmUp(long requestedAtMicroseconds) => requestedAtMicroseconds < ComparedFromMicroseconds || Seams?.Any(seam => seam.IsWarmUp(requestedAtMicroseconds)) == true;

    /// <summary>The moments of the workload's clock and of the run's from which an exchange's due time is counted: the run's beginning, or the last seam before it.</summary>
    public (long Workload, long Run) OriginOf(long requestedAtMicroseconds) =>
        Seams?.LastOrDefault(seam => requestedAtMicroseconds >= seam.AtMicroseconds && seam.StartedAtMicroseconds > 0) is { } last ? (last.AtMicroseconds, last.StartedAtMicroseconds) : (WorkloadStartMicroseconds, StartedAtMicroseconds);
}

/// <summary>Where a run was broken off and gone on with: outcomes before it are those of the part before.</summary>
public sealed record RunSeam
{
    /// <summary>The moment of the workload's clock, microseconds since 1970, from which on the part after the seam played on schedule.</summary>
    public long AtMicroseconds { get; init; }

    /// <summary>The moment of the run's clock, microseconds since 1970, that stands for it; 0 if the part did not come to its schedule.</summary>
    public long StartedAtMicroseconds { get; init; }

    /// <summary>What was asked for from the seam to this moment of the workload's clock is warm-up, microseconds since 1970.</summary>
    public long ComparedFromMicroseconds { get; init; }

    /// <summary>When the run was resumed, UTC.</summary>
    public DateTimeOffset ResumedAt { get; init; }

    /// <summary>How the part before had ended: <c>interrupted</c>, <c>killed</c>.</summary>
    public string Why { get; init; } = "";

    /// <summary>Exchanges asked for before the seam that had no outcome: they were sent anew, untimed.</summary>
    public long SentAnew { get; init; }

    /// <summary>Exchanges asked for after it that had one, which was replaced.</summary>
    public long PlayedAgain { get; init; }

    /// <summary>Whether what was asked for at a moment of the workload's clock is warm-up after this seam.</summary>
    public bool IsWarmUp(long requestedAtMicroseconds) => requestedAtMicroseconds >= AtMicroseconds && requestedAtMicroseconds < ComparedFromMicroseconds;
}

/// <summary>
/// Slices of the schedule that two runs played in turn, one on each server. Slice i holds what was captured from <see cref="RunManifest.WorkloadStartMicroseconds"/> +
/// i * length * speed on, and began at <see cref="RunManifest.StartedAtMicroseconds"/> + 2 * i * (length + pause), later by length + pause if the other run went first in
/// it. Who goes first is swapped from slice to slice.
/// </summary>
public sealed record RunSlices
{
    /// <summary>The two runs' common identity.</summary>
    public Guid Pair { get; init; }

    /// <summary>Length of a slice on the run's clock, microseconds.</summary>
    public long LengthMicroseconds { get; init; }

    /// <summary>Time after each turn in which neither run had anything due, microseconds.</summary>
    public long PauseMicroseconds { get; init; }

    /// <summary>Whether this run went first in the first slice.</summary>
    public bool GoesFirst { get; init; }
}

/// <summary>What a run did so that values come out as in production (<c>dbreplay run --values</c>).</summary>
public sealed record RunValueCounts
{
    /// <summary><c>exact</c> or <c>as-recorded</c>.</summary>
    public string Mode { get; init; } = "";

    /// <summary>Executions before which a value was set, by what it was.</summary>
    public IReadOnlyDictionary<string, long> Set { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Values that the server made anew and that are known.</summary>
    public long Mapped { get; init; }

    /// <summary>Requests in which they were put in the place of the captured ones.</summary>
    public long Replaced { get; init; }

    /// <summary>What may have come out differently, by reason.</summary>
    public IReadOnlyDictionary<string, long> Missed { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}

/// <summary>
/// Transactions of a run that deadlocks and serialisation failures ended which production had not (<c>dbreplay run --retry-victims</c>):
/// <see cref="Victims"/> = <see cref="Retried"/> + all given up, unless none was to be retried.
/// </summary>
public sealed record RunRetryCounts
{
    /// <summary>How often a transaction was to be sent again; 0: not.</summary>
    public int Allowed { get; init; }

    /// <summary>Victims that production had not.</summary>
    public long Victims { get; init; }

    /// <summary>Of these, those whose transaction was sent again and went through.</summary>
    public long Retried { get; init; }

    /// <summary>Those whose transaction was not, or did not, by reason; their error is the outcome.</summary>
    public IReadOnlyDictionary<string, long> GivenUp { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>How often transactions were sent again.</summary>
    public long Attempts { get; init; }

    /// <summary>Statements before a victim that had another outcome when they were sent again for good than the one that is recorded: the transaction has seen another state.</summary>
    public long RetriedDifferently { get; init; }

    /// <summary>How long the retries took together, microseconds: in nobody's latency, but in what the sessions inherited as lag.</summary>
    public long Microseconds { get; init; }
}

/// <summary>What a run was asked to play otherwise than it was recorded. Only runs that were asked for the same (<see cref="Asked"/>) are compared.</summary>
public sealed record RunKnobs
{
    /// <summary>What was asked for, not what came of it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Asked => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"concurrency {(Concurrency is { } limit ? limit : "original")}, transactions {Transactions}, writes {Writes}, statement timeout {(StatementTimeoutMicroseconds is { } longest ? $"{longest / 1000.0:0.###} ms" : "none")}{(Clones > 0 ? $", clones {Clones} by {CloneShiftMicroseconds / 1000.0:0.###} ms" : "")}{(Sharing is { } sharing ? $", connections {sharing.Connections}" : "")}");

    /// <summary>What became of transactions: <c>keep</c>, <c>autocommit</c>, <c>rollback</c>.</summary>
    public string Transactions { get; init; } = "keep";

    /// <summary>What became of what writes: <c>keep</c>, <c>skip</c>.</summary>
    public string Writes { get; init; } = "keep";

    /// <summary>The most transactions that were to be in flight at a time; null: as many as there were.</summary>
    public int? Concurrency { get; init; }

    /// <summary>The most that were; null if there was no limit.</summary>
    public int? MostTransactions { get; init; }

    /// <summary>Transactions that had to wait for the limit.</summary>
    public long AdmissionWaits { get; init; }

    /// <summary>Transactions that were begun beyond the limit, because one in flight waited for them by order, or they had begun before the schedule or hold a session's lock.</summary>
    public long AdmittedBeyond { get; init; }

    /// <summary>The connections that all sessions shared; null: each had its own.</summary>
    public RunSharing? Sharing { get; init; }

    /// <summary>How long a statement was allowed to take, microseconds; null: as long as it takes.</summary>
    public long? StatementTimeoutMicroseconds { get; init; }

    /// <summary>Statements that took longer.</summary>
    public long StatementTimeouts { get; init; }

    /// <summary>Clones of each session that reads; they play its reads again, and are in no other number of the run.</summary>
    public int Clones { get; init; }

    /// <summary>How much later each clone is due than what is before it, run clock, microseconds.</summary>
    public long CloneShiftMicroseconds { get; init; }

    /// <summary>Sessions that have clones.</summary>
    public long ClonedSessions { get; init; }

    /// <summary>Exchanges of clones that had a response, what they are given (settings, prepared statements) among them.</summary>
    public long ClonedReplayed { get; init; }

    /// <summary>Exchanges of clones that had none.</summary>
    public long ClonedFailed { get; init; }

    /// <summary>Responses to clones with an error that the capture had not.</summary>
    public long ClonedNewErrors { get; init; }
}

/// <summary>Connections that all sessions shared.</summary>
public sealed record RunSharing
{
    /// <summary>The most that there were to be.</summary>
    public int Connections { get; init; }

    /// <summary>The most that there were at one time.</summary>
    public int Most { get; init; }

    /// <summary>How often one went from one session to another.</summary>
    public long HandOvers { get; init; }

    /// <summary>How often one was closed and another opened for a session that logs in otherwise.</summary>
    public long Reconnects { get; init; }

    /// <summary>How often a session found its own again.</summary>
    public long Returns { get; init; }

    /// <summary>Transactions that had to wait until one was free.</summary>
    public long Waits { get; init; }

    /// <summary>The most sessions that could not have given theirs away at one time in production.</summary>
    public int MostKeptInProduction { get; init; }

    /// <summary>Sessions by reason for which they kept theirs between transactions, for a while or to their end.</summary>
    public IReadOnlyDictionary<string, long> Pinned { get; init; } = new Dictionary<string, long>();
}

/// <summary>The run's certificate.</summary>
public sealed record RunFitness
{
    /// <summary>Whether the run can be trusted.</summary>
    public bool Fit { get; init; }

    /// <summary>Why not, a line each; empty if it is fit.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The gates that it did not pass, by name (<c>own_lag</c>, <c>cpu</c> ...); empty if it is fit, or of an older version.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];
}
