namespace Replay.Sql;

/// <summary>What the tokens of a text tell besides its shape, a bit each. Over all statements of a list.</summary>
[Flags]
public enum StatementFlags
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The clock is read: now(), current_timestamp, sysdate() ...</summary>
    ReadsClock = 1 << 0,

    /// <summary>Chance is asked: random(), rand(), uuid(), gen_random_uuid() ...</summary>
    ReadsChance = 1 << 1,

    /// <summary>A sequence or the last generated id is read: nextval(), last_insert_id() ...</summary>
    ReadsSequence = 1 << 2,

    /// <summary>The server's own state is read: version(), pg_backend_pid(), pg_current_wal_lsn(), found_rows() ...</summary>
    ReadsServerState = 1 << 3,

    /// <summary>Advisory locks and sleeps: get_lock(), pg_advisory_lock(), pg_sleep() ...</summary>
    LocksOrSleeps = 1 << 4,

    /// <summary>A read that locks: FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE.</summary>
    LockingRead = 1 << 5,

    /// <summary>SKIP LOCKED or NOWAIT: what it answers depends on the instant.</summary>
    SkipsLocks = 1 << 6,

    /// <summary>ORDER BY outside of parentheses.</summary>
    OrderBy = 1 << 7,

    /// <summary>LIMIT or FETCH FIRST outside of parentheses.</summary>
    Limit = 1 << 8,

    /// <summary>RETURNING.</summary>
    Returning = 1 << 9,

    /// <summary>The text has several statements.</summary>
    SeveralStatements = 1 << 10,

    /// <summary>A statement that carries a password; <see cref="StatementShape.Secrets"/> says where.</summary>
    CarriesSecret = 1 << 11,

    /// <summary>The normalised text was longer than the bound; text and fingerprint cover its beginning.</summary>
    Truncated = 1 << 12,

    /// <summary>Any function whose value differs from run to run.</summary>
    Volatile = ReadsClock | ReadsChance | ReadsSequence | ReadsServerState | LocksOrSleeps,
}
