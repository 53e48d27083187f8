using System.Collections.Frozen;

namespace Replay.Workload;

/// <summary>Why an exchange was skipped or failed. The numbers are part of the file format: below 100 skipped, from 100 failed.</summary>
public enum RunReason : byte
{
    /// <summary>No reason: it was replayed, or not reached.</summary>
    None = 0,

    /// <summary>Skipped: its effect is in the snapshot already.</summary>
    InSnapshot = 1,

    /// <summary>Skipped: it is the snapshot tool's own.</summary>
    SnapshotTool = 2,

    /// <summary>Skipped: it belongs to replication.</summary>
    Replication = 3,

    /// <summary>Skipped: bytes of the request are missing.</summary>
    RequestIncomplete = 4,

    /// <summary>Skipped: the request was longer than the agent keeps.</summary>
    RequestTruncated = 5,

    /// <summary>Skipped: secrets in the request were masked.</summary>
    Masked = 6,

    /// <summary>Skipped: its statement was prepared before the capture began, so its text is not known.</summary>
    UnknownStatement = 7,

    /// <summary>Skipped: the target has refused to prepare the statement that it executes, which is that exchange's outcome.</summary>
    StatementNotPrepared = 8,

    /// <summary>Skipped: the target's protocol has no such command.</summary>
    NotSupported = 9,

    /// <summary>Skipped: a cancel request, whose moment cannot be met.</summary>
    Cancel = 10,

    /// <summary>Skipped: the user asked for it (filter, guard).</summary>
    Excluded = 11,

    /// <summary>Skipped: the transaction it is in has failed in the replay only.</summary>
    TransactionFailed = 12,

    /// <summary>Skipped: the server skipped it too, after an error earlier in its batch.</summary>
    SkippedAfterError = 13,

    /// <summary>Skipped: it would stop, kill or reconfigure the server.</summary>
    Dangerous = 14,

    /// <summary>Skipped: it ended before the snapshot's cut and left nothing behind that matters.</summary>
    BeforeSnapshot = 15,

    /// <summary>Skipped: the transaction (batch, cursor, long data) that it continues was lost with its connection, in the replay only.</summary>
    TransactionLost = 16,

    /// <summary>
    /// Skipped: production's server refused it for what others did at that instant (deadlock, serialisation failure, timeout, cancel), and its transaction is put into the
    /// state that it had then. Sent, it might succeed.
    /// </summary>
    VictimInCapture = 17,

    /// <summary>Skipped: it writes, and the run was asked to leave writes out (<c>--writes skip</c>).</summary>
    WritesSkipped = 20,

    /// <summary>Skipped: it begins, ends or divides a transaction, and each statement is run by itself (<c>--transactions autocommit</c>).</summary>
    TransactionControl = 21,

    /// <summary>Skipped: it writes in a transaction that production rolled back, and would stay (<c>--transactions autocommit</c>).</summary>
    RolledBack = 22,

    /// <summary>Skipped: it has a meaning within a transaction only, and each statement is run by itself (<c>--transactions autocommit</c>).</summary>
    NeedsTransaction = 23,

    /// <summary>Skipped: what it does cannot be rolled back (<c>--transactions rollback</c>).</summary>
    CannotRollBack = 24,

    /// <summary>Skipped: it sets what an option of the run has set (<c>--statement-timeout</c>).</summary>
    Overridden = 25,

    /// <summary>Skipped: it would end a connection that all sessions share (<c>--connections</c>).</summary>
    ConnectionShared = 26,

    /// <summary>Skipped: it ended before the window that is played, and nothing in there needs it.</summary>
    BeforeWindow = 30,

    /// <summary>Skipped: it was asked for after the window that is played.</summary>
    AfterWindow = 31,

    /// <summary>Skipped: its session is not in the sample, and it changes nothing.</summary>
    NotSampled = 32,

    /// <summary>Skipped: its effect is in the checkpoint from which the run began.</summary>
    InCheckpoint = 33,

    /// <summary>Failed: the session's connection could not be opened.</summary>
    ConnectFailed = 100,

    /// <summary>Failed: the connection broke before the response ended.</summary>
    ConnectionLost = 101,

    /// <summary>Failed: the session had lost its connection earlier.</summary>
    SessionLost = 102,

    /// <summary>Failed: no response within the time allowed.</summary>
    TimedOut = 103,

    /// <summary>Failed: the response could not be decoded.</summary>
    Undecodable = 104,

    /// <summary>Failed: the run was interrupted while it was on the wire.</summary>
    Interrupted = 105,

    /// <summary>Failed: it had no response when the deadline after the schedule's end had passed (<c>--drain</c>), or had not been sent by then.</summary>
    DrainDeadline = 106,
}

/// <summary>The reasons as users see them.</summary>
public static class RunReasonNames
{
    private static readonly FrozenDictionary<RunReason, string> Names = Enum.GetValues<RunReason>().ToFrozenDictionary(r => r, Spell);

    /// <summary>Lower case, words parted by underscores: <c>connection_lost</c>.</summary>
    public static string Name(this RunReason reason) => Names.GetValueOrDefault(reason, "unknown");

    /// <summary>Whether it was left out because the user asked for a run without it.</summary>
    public static bool IsAskedFor(this RunReason reason) => reason is RunReason.Excluded or (>= RunReason.WritesSkipped and <= RunReason.ConnectionShared) or (>= RunReason.BeforeWindow and <= RunReason.InCheckpoint);

    private static string Spell(RunReason reason) =>
        string.Concat(reason.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
