using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Why a victim's transaction was not played again to a good end.</summary>
public enum RetryProblem : byte
{
    /// <summary>It was, or nothing stands against it.</summary>
    None = 0,

    /// <summary>It was a victim in each attempt.</summary>
    Attempts,

    /// <summary>It has more exchanges or bytes than are kept of one (<see cref="TransactionMemory"/>).</summary>
    TooLarge,

    /// <summary>All sessions' transactions together have more than is kept.</summary>
    NoMemory,

    /// <summary>A part of it may have been committed: a procedure, DDL in MySQL, a list of statements, COMMIT AND CHAIN.</summary>
    NotAtomic,

    /// <summary>It closed a statement that was prepared before it.</summary>
    StatementClosed,

    /// <summary>What follows it was on the wire already.</summary>
    Pipelined,

    /// <summary>A statement that had succeeded was refused for another reason when it was sent again.</summary>
    OtherError,

    /// <summary>The target would not roll it back (XA).</summary>
    NotRolledBack,

    /// <summary>Its connection was lost.</summary>
    ConnectionLost,
}

/// <summary>
/// What a run does about deadlock and serialisation victims that production had not (<c>--retry-victims</c>), and what came of it. Any thread.
/// </summary>
/// <param name="attempts">How often a transaction is played again; 0: not.</param>
/// <param name="timeoutRollsBack">MySQL: whether a lock wait that times out rolls the whole transaction back (<c>innodb_rollback_on_timeout</c>).</param>
/// <param name="memory">What the sessions' transactions may take in memory; by default as much as their settings may, and apart from that.</param>
public sealed class VictimRetries(int attempts = 0, bool timeoutRollsBack = false, SessionMemoryBudget? memory = null)
{
    /// <summary>How often by default, where it is asked for: 3 times.</summary>
    public const int DefaultAttempts = 3;

    /// <summary>The most that can be asked for: 100 times.</summary>
    public const int MaxAttempts = 100;

    // https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html: serialization_failure, deadlock_detected
    private static readonly FrozenSet<ulong> Postgres = Codes("40001", "40P01");

    // ER_LOCK_DEADLOCK; MariaDB: ER_CHECKREAD, with innodb_snapshot_isolation. Either rolls the whole transaction back.
    private static readonly FrozenSet<ulong> MySql = Codes("1213", "1020");
    private static readonly ulong LockWaitTimeout = ErrorCodes.Pack("1205"u8);

    private readonly long[] _givenUp = new long[Enum.GetValues<RetryProblem>().Length];
    private long _victims;
    private long _retried;
    private long _attempts;
    private long _differently;
    private long _microseconds;

    /// <summary>How often a victim's transaction is played again; 0: not.</summary>
    public int Attempts => attempts;

    /// <summary>What the sessions' transactions may take in memory.</summary>
    public SessionMemoryBudget Memory { get; } = memory ?? new();

    /// <summary>Victims so far that production had not.</summary>
    public long Victims => Volatile.Read(ref _victims);

    /// <summary>What the run's manifest says.</summary>
    public RunRetryCounts Summary => new()
    {
        Allowed = attempts,
        Victims = Victims,
        Retried = Volatile.Read(ref _retried),
        GivenUp = Enum.GetValues<RetryProblem>()
            .Where(p => Volatile.Read(ref _givenUp[(int)p]) > 0)
            .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.ToString()), p => Volatile.Read(ref _givenUp[(int)p]), StringComparer.Ordinal),
        Attempts = Volatile.Read(ref _attempts),
        RetriedDifferently = Volatile.Read(ref _differently),
        Microseconds = Volatile.Read(ref _microseconds),
    };

    /// <summary>Whether an exchange's error makes it a victim that production had not: by error codes (<see cref="ErrorCodes.Pack"/>).</summary>
    public bool IsVictim(Engine engine, ulong code, ulong captured) => code != 0 && IsVictim(engine, code) && !IsVictim(engine, captured);

    internal void SawVictim() => Interlocked.Increment(ref _victims);

    internal void SawAttempt() => Interlocked.Increment(ref _attempts);

    internal void SawEnd(RetryProblem problem, int differently, long microseconds)
    {
        Interlocked.Add(ref _microseconds, microseconds);
        if (problem != RetryProblem.None)
        {
            Interlocked.Increment(ref _givenUp[(int)problem]);
            return;
        }

        Interlocked.Increment(ref _retried);
        Interlocked.Add(ref _differently, differently);
    }

    private static FrozenSet<ulong> Codes(params string[] codes) => codes.Select(c => ErrorCodes.Pack(Encoding.ASCII.GetBytes(c))).ToFrozenSet();

    private bool IsVictim(Engine engine, ulong code) =>
        engine == Engine.PostgreSql ? Postgres.Contains(code) : MySql.Contains(code) || (timeoutRollsBack && code == LockWaitTimeout);
}
