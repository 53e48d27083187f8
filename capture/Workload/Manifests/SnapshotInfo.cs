namespace Replay.Workload;

/// <summary>The data as of the moment that capture began, with the evidence that dates it.</summary>
public sealed record SnapshotInfo
{
    /// <summary>The vendor's tool: <c>pg_dump</c>, <c>pg_basebackup</c>, <c>mysqldump</c>, <c>mariadb-dump</c>, <c>mariadb-backup</c>; <c>hook</c> for the user's own command.</summary>
    public required string Tool { get; init; }

    /// <summary>The tool's version, as it says it; of the user's own command the name of its program, without arguments, which may hold a password.</summary>
    public string ToolVersion { get; init; } = "";

    /// <summary>The server's protocol.</summary>
    public required Engine Engine { get; init; }

    /// <summary>The server's version, as it says it.</summary>
    public string ServerVersion { get; init; } = "";

    /// <summary>PostgreSQL's system identifier, MySQL's server_uuid; null if it could not be read.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>When the tool was started, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the tool ended, UTC; null if it did not end well.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Microseconds since 1970 before which no cut of any database can lie.</summary>
    public long CutEarliestMicroseconds { get; init; }

    /// <summary>Microseconds since 1970 after which no cut of any database can lie.</summary>
    public long CutLatestMicroseconds { get; init; }

    /// <summary>MySQL: whether no transaction could commit at the cut, for a time: what had been answered by <see cref="CutLatestMicroseconds"/> is in the snapshot, and nothing else.</summary>
    public bool CommitsHeld { get; init; }

    /// <summary>The databases in it, each with its own cut.</summary>
    public IReadOnlyList<SnapshotDatabase> Databases { get; init; } = [];

    /// <summary>Names of the server's roles (PostgreSQL) or accounts (MySQL); no passwords.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Transactions that were open when sniffing began and had not ended when the snapshot was taken, a description each.</summary>
    public IReadOnlyList<string> OpenTransactionsLeft { get; init; } = [];

    /// <summary>MySQL: the executed GTID set, as of the cut or a little before. MariaDB, and what xtrabackup has noted: <c>file:position</c> in the binary log, exactly at the cut. Null if not known.</summary>
    public string? BinlogPosition { get; init; }

    /// <summary>MySQL: the server's global <c>auto_increment_increment</c> and <c>auto_increment_offset</c>; null if not known, as in snapshots of older versions.</summary>
    public AutoIncrementSeries? AutoIncrement { get; init; }

    /// <summary>MySQL: whether transactions become visible in the order in which they stand in the binary log (<c>binlog_order_commits</c>; MariaDB: always); null if not known.</summary>
    public bool? CommitsInLogOrder { get; init; }

    /// <summary>What is not certain about it, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>One database of a snapshot.</summary>
public sealed record SnapshotDatabase
{
    /// <summary>The database's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its file or folder, relative to the workload's <c>snapshot</c> folder.</summary>
    public required string File { get; init; }

    /// <summary>Microseconds since 1970 before which its cut cannot lie.</summary>
    public long CutEarliestMicroseconds { get; init; }

    /// <summary>Microseconds since 1970 after which its cut cannot lie.</summary>
    public long CutLatestMicroseconds { get; init; }

    /// <summary>PostgreSQL: text of <c>pg_current_snapshot()</c>; null if not known.</summary>
    public string? SnapshotText { get; init; }

    /// <summary>PostgreSQL: what the database's sessions were at, as the statement that cut saw it; empty if not known.</summary>
    public IReadOnlyList<SessionAtCut> Sessions { get; init; } = [];

    /// <summary>PostgreSQL: whether no transaction that wrote ended between the cut and the reading of <see cref="Sessions"/>.</summary>
    public bool SessionsAreExact { get; init; }

    /// <summary>PostgreSQL: position in the write-ahead log at the cut; null if not known.</summary>
    public string? WalPosition { get; init; }

    /// <summary>PostgreSQL: <c>schema.name</c> of each type that is not built in, by OID, so that OIDs in messages can be mapped.</summary>
    public IReadOnlyDictionary<uint, string> Types { get; init; } = new Dictionary<uint, string>();

    /// <summary>PostgreSQL: versions of the extensions in it, by name; empty in snapshots of older versions, which did not ask.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where each sequence stood.</summary>
    public IReadOnlyList<SequencePosition> Sequences { get; init; } = [];
}

/// <summary>Where a sequence (MySQL: a table's AUTO_INCREMENT) stood.</summary>
/// <param name="Name">Its name with the schema; PostgreSQL: quoted where SQL needs it.</param>
/// <param name="LastValue">The last value handed out; null if none was.</param>
/// <param name="Increment">The step.</param>
/// <param name="ReadAtMicroseconds">PostgreSQL: when it stood there, microseconds since 1970 by the server's clock, which is this capture's; 0 if not known.</param>
public sealed record SequencePosition(string Name, long? LastValue, long Increment, long ReadAtMicroseconds = 0);

/// <summary>What a PostgreSQL session was at.</summary>
public enum SessionActivity : byte
{
    /// <summary>It had answered, and had no transaction open.</summary>
    Idle = 0,

    /// <summary>It had answered, and had a transaction open.</summary>
    InTransaction = 1,

    /// <summary>It was at a statement.</summary>
    Active = 2,
}

/// <summary>A session of PostgreSQL at the snapshot's cut.</summary>
/// <param name="Client">The client's address and port, as the server sees them.</param>
/// <param name="Activity">What it was at.</param>
/// <param name="HasWritten">Whether its transaction had a transaction id: it had written and was not committed.</param>
/// <param name="HoldsSnapshot">Whether it had a snapshot to read by (<c>backend_xmin</c>): at a statement, which was therefore not committed. What commits gives it up together with the transaction id.</param>
/// <param name="StatementStartedMicroseconds">When it began its current or last statement, microseconds since 1970 by the server's clock, which is this capture's.</param>
public sealed record SessionAtCut(string Client, SessionActivity Activity, bool HasWritten, bool HoldsSnapshot, long StatementStartedMicroseconds);
