namespace Replay.Sql;

/// <summary>What kind of statement it is, as far as order between sessions is concerned.</summary>
public enum AccessVerb : byte
{
    /// <summary>Not understood: it may touch everything.</summary>
    Unknown,

    /// <summary>A query; it may lock rows, and write if a WITH of it does.</summary>
    Select,

    /// <summary>INSERT, REPLACE, COPY FROM, LOAD DATA.</summary>
    Insert,

    /// <summary>UPDATE.</summary>
    Update,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>MERGE.</summary>
    Merge,

    /// <summary>TRUNCATE.</summary>
    Truncate,

    /// <summary>LOCK TABLE.</summary>
    LockTable,

    /// <summary>Any other statement that changes the schema.</summary>
    Ddl,

    /// <summary>It begins, ends or divides a transaction; <see cref="StatementAccess.Control"/> says how.</summary>
    Transaction,

    /// <summary>Settings, cursors, utilities: it touches no table that anyone else sees.</summary>
    Session,

    /// <summary>CALL, DO, EXECUTE: what it touches stands elsewhere.</summary>
    Call,
}

/// <summary>What a statement does to the transaction.</summary>
public enum TransactionControl : byte
{
    /// <summary>Nothing by its text.</summary>
    None,

    /// <summary>BEGIN, START TRANSACTION.</summary>
    Begin,

    /// <summary>COMMIT, END.</summary>
    Commit,

    /// <summary>ROLLBACK, ABORT.</summary>
    Rollback,

    /// <summary>SAVEPOINT.</summary>
    Savepoint,

    /// <summary>ROLLBACK TO.</summary>
    RollbackToSavepoint,

    /// <summary>RELEASE.</summary>
    Release,

    /// <summary>PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED, XA: a transaction that outlives its session.</summary>
    TwoPhase,
}

/// <summary>How much of others' work a transaction sees.</summary>
public enum IsolationLevel : byte
{
    /// <summary>Not told.</summary>
    Unspecified,

    /// <summary>READ UNCOMMITTED; PostgreSQL treats it as READ COMMITTED.</summary>
    ReadUncommitted,

    /// <summary>READ COMMITTED.</summary>
    ReadCommitted,

    /// <summary>REPEATABLE READ.</summary>
    RepeatableRead,

    /// <summary>SERIALIZABLE.</summary>
    Serializable,
}

/// <summary>Facts about a statement, a bit each.</summary>
[Flags]
public enum AccessFlags
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>SKIP LOCKED: which rows it gets depends on the instant.</summary>
    SkipLocked = 1 << 0,

    /// <summary>NOWAIT, or a lock with a time limit: whether it fails depends on the instant.</summary>
    NoWait = 1 << 1,

    /// <summary>It tries a lock and goes on without it: pg_try_advisory_lock.</summary>
    TryLock = 1 << 2,

    /// <summary>It takes an advisory lock: pg_advisory_lock, GET_LOCK.</summary>
    AdvisoryLock = 1 << 3,

    /// <summary>RETURNING: its rows may tell the order.</summary>
    Returning = 1 << 4,

    /// <summary>The setting is for later transactions of the session (SET SESSION CHARACTERISTICS, SET SESSION TRANSACTION).</summary>
    ForSession = 1 << 5,

    /// <summary>START TRANSACTION WITH CONSISTENT SNAPSHOT.</summary>
    ConsistentSnapshot = 1 << 6,

    /// <summary>AND CHAIN: a new transaction begins where the one before ended.</summary>
    Chain = 1 << 7,

    /// <summary>A table that it makes is the session's own.</summary>
    Temporary = 1 << 8,

    /// <summary>CASCADE: it goes on to what refers to its objects.</summary>
    Cascade = 1 << 9,

    /// <summary>The keys of the tables that it names may be others after it (ALTER TABLE, CREATE UNIQUE INDEX, CREATE TRIGGER, DROP).</summary>
    ChangesKeys = 1 << 10,

    /// <summary>PostgreSQL: CONCURRENTLY, which keeps no one out.</summary>
    Concurrently = 1 << 11,
}

/// <summary>What one statement touches.</summary>
public sealed class StatementAccess
{
    /// <summary>What kind it is.</summary>
    public AccessVerb Verb { get; internal set; }

    /// <summary>What it does to the transaction.</summary>
    public TransactionControl Control { get; internal set; }

    /// <summary>The isolation level that it sets.</summary>
    public IsolationLevel Isolation { get; internal set; }

    /// <summary>Facts, a bit each.</summary>
    public AccessFlags Flags { get; internal set; }

    /// <summary>The tables that it names; one is there as often as it is named. CTEs are not.</summary>
    public IReadOnlyList<TableAccess> Tables => List;

    /// <summary>PostgreSQL: the indexes that it makes, drops or alters, by name; <see cref="Tables"/> has the table only where the text names it (ON).</summary>
    public IReadOnlyList<TableAccess> Indexes => IndexList;

    /// <summary>Last parts of the names of functions that it calls, folded, each once: the catalogue knows which of them write.</summary>
    public IReadOnlyList<string> Functions => FunctionList;

    /// <summary>Whether what it touches could not be told; nothing else here may then be relied on.</summary>
    public bool IsUnknown => Verb == AccessVerb.Unknown;

    /// <summary>Whether any table is written or locked.</summary>
    public bool WritesOrLocks => List.Exists(t => t.Use != TableUse.Read);

    internal List<TableAccess> List { get; } = [];

    internal List<TableAccess> IndexList { get; } = [];

    internal List<string> FunctionList { get; } = [];
}

/// <summary>What a text touches, statement by statement. Holds for every text with the same <see cref="TextTemplate"/>.</summary>
public sealed class TextAccess
{
    /// <summary>Its statements in order; empty ones are left out.</summary>
    public required IReadOnlyList<StatementAccess> Statements { get; init; }

    /// <summary>Parameters that the text has: one more than the highest number.</summary>
    public int Parameters { get; init; }

    /// <summary>Literals that the text has.</summary>
    public int Literals { get; init; }

    /// <summary>Whether the text ends more than one transaction, or ends one and goes on: its parts cannot be waited for one by one.</summary>
    public bool HoldsSeveralTransactions { get; init; }
}
