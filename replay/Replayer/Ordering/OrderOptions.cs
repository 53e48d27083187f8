using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How fine the order is that a builder makes.</summary>
public enum OrderLevel : byte
{
    /// <summary>Keys, with tables and everything where keys are not known.</summary>
    Key,

    /// <summary>Tables: writes to one table run in order.</summary>
    Table,

    /// <summary>Commits only: each statement waits for every commit that had ended before it was sent. It does not reproduce the state; it is for comparison.</summary>
    Commit,
}

/// <summary>What a builder must know of the server.</summary>
public sealed record OrderOptions
{
    /// <summary>How fine.</summary>
    public OrderLevel Level { get; init; } = OrderLevel.Key;

    /// <summary>
    /// Conflicting units whose ends lie closer together than this are an ambiguous pair. 200 us: the jitter of two response packets on a quiet network;
    /// inversions of up to 5.6 ms were measured on a loaded one, for 0.6 % of pairs.
    /// </summary>
    public long AmbiguousMicroseconds { get; init; } = 200;

    /// <summary>
    /// The same where the later of the two was a transaction by itself: it gave up its locks before it answered, so that the other, whom it let go, may have answered first though it came
    /// second. 6 ms: the longest such delay that was measured (5.6 ms, on a machine with more to do than processors).
    /// </summary>
    public long LateAnswerMicroseconds { get; init; } = 6000;

    /// <summary>
    /// A commit that was asked for so soon after a statement was sent which decides by what it saw at its start makes an ambiguous pair with it: the server may not have begun the statement yet. 6 ms, as
    /// <see cref="LateAnswerMicroseconds"/>: to begin late and to answer late have one cause, more to do than processors.
    /// </summary>
    public long LateStartMicroseconds { get; init; } = 6000;

    /// <summary>
    /// Whether a statement decides by a snapshot taken at its start which rows it changes (PostgreSQL). InnoDB's writes and locking reads see the rows as
    /// they come to them, so that ends tell all.
    /// </summary>
    public bool WritesUseSnapshots { get; init; } = true;

    /// <summary>
    /// Whether a statement is refused that would change or lock a row which has been changed since its transaction's view was taken (PostgreSQL, 40001; MariaDB with
    /// innodb_snapshot_isolation, 1020), so that one that was not proves what the view has.
    /// </summary>
    public bool WritesProveViews { get; init; } = true;

    /// <summary>The isolation level of a transaction that sets none.</summary>
    public IsolationLevel DefaultIsolation { get; init; } = IsolationLevel.ReadCommitted;

    /// <summary>
    /// How long after its captured start a statement about a whole table still waits for writes that ended before it did; later ones overlap it again, as
    /// they did. 2 s: else an UPDATE of an hour would begin when it ought to end.
    /// </summary>
    public long StartLimitMicroseconds { get; init; } = 2_000_000;

    /// <summary>Keys remembered; older ones are waited for as all of their table's statements up to their time. 524,288 of 72 bytes.</summary>
    public int KeyCapacity { get; init; } = 1 << 19;

    /// <summary>The defaults of an engine's dialect.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="serverVersion">What the captured server said of itself; null if that is not known.</param>
    public static OrderOptions For(SqlDialect dialect, string? serverVersion = null) => dialect == SqlDialect.MySql
        ? new OrderOptions { WritesUseSnapshots = false, DefaultIsolation = IsolationLevel.RepeatableRead, WritesProveViews = HasSnapshotIsolation(serverVersion) }
        : new OrderOptions();

    // innodb_snapshot_isolation is ON by default from MariaDB 11.6.2 on; what else it was set to is not on the wire.
    private static bool HasSnapshotIsolation(string? serverVersion) => ServerVersion.Of(Engine.MySql, serverVersion) is { IsMariaDb: true } version && version.Number >= new Version(11, 6, 2);
}

/// <summary>What a builder has counted.</summary>
public sealed class OrderCounts
{
    private readonly long[] _unreproducible = new long[Enum.GetValues<UnreproducibleReason>().Length];
    private readonly long[] _decided = new long[Enum.GetValues<OrderEvidence>().Length];
    private readonly long[] _dependencies = new long[Enum.GetValues<OrderReason>().Length];

    /// <summary>Units ordered.</summary>
    public long Units { get; internal set; }

    /// <summary>Units that touch everything because what they touch is not known.</summary>
    public long TouchEverything { get; internal set; }

    /// <summary>Pairs whose order is not certain.</summary>
    public long AmbiguousPairs { get; internal set; }

    /// <summary>Keys that were forgotten at <see cref="OrderOptions.KeyCapacity"/>.</summary>
    public long ForgottenKeys { get; internal set; }

    /// <summary>Commits that a transaction's view is known to have, though they overlapped, because it changed what they had written.</summary>
    public long ProvenViews { get; internal set; }

    /// <summary>Those of which the same is known, but by what else is known of times the view's statement cannot wait for them.</summary>
    public long UndecidedViews { get; internal set; }

    /// <summary>Commits that overlapped the taking of a view but were too many to be kept (256).</summary>
    public long ForgottenViewCommits { get; internal set; }

    /// <summary>Inserts whose ids from a sequence a response shows.</summary>
    public long IdsShown { get; internal set; }

    /// <summary>Inserts that got an id from a sequence which nothing shows, but which is what the others have left.</summary>
    public long IdsInferred { get; internal set; }

    /// <summary>Inserts of which nothing tells what they drew.</summary>
    public long IdsUnknown { get; internal set; }

    /// <summary>Pairs too close to tell by time whose order something else told.</summary>
    public long Decided(OrderEvidence evidence) => _decided[(int)evidence];

    /// <summary>All of these pairs.</summary>
    public long DecidedPairs => _decided.Sum();

    /// <summary>Units that such evidence put before others that had ended earlier.</summary>
    public long ReorderedByEvidence { get; internal set; }

    /// <summary>Pairs for which evidence said what other evidence, or times farther apart, exclude: left as they ended.</summary>
    public long EvidenceContradicted { get; internal set; }

    /// <summary>Units that cannot be reproduced, for a reason.</summary>
    public long Unreproducible(UnreproducibleReason reason) => _unreproducible[(int)reason];

    /// <summary>Dependencies emitted for a reason.</summary>
    public long Dependencies(OrderReason reason) => _dependencies[(int)reason];

    internal void Add(UnreproducibleReason reason) => _unreproducible[(int)reason]++;

    internal void Add(OrderEvidence evidence) => _decided[(int)evidence]++;

    internal void Add(OrderReason reason) => _dependencies[(int)reason]++;
}
