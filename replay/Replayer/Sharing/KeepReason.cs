namespace Replay.Replayer;

/// <summary>Why a session cannot give its connection to another although no transaction of it is open.</summary>
public enum KeepReason : byte
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>It has locks that outlive transactions: pg_advisory_lock, GET_LOCK, LOCK TABLES.</summary>
    SessionLock,

    /// <summary>It has temporary tables or other temporary objects.</summary>
    TemporaryTable,

    /// <summary>A cursor of it is open: WITH HOLD, MySQL's HANDLER and those of its protocol.</summary>
    Cursor,

    /// <summary>It listens for notifications.</summary>
    Listen,

    /// <summary>It has user variables, or settings by function, that running their statement again would not give the same value.</summary>
    Variable,

    /// <summary>It has taken another user on by SET SESSION AUTHORIZATION.</summary>
    Authorization,

    /// <summary>It has changed how its connection speaks (COM_SET_OPTION), which no reset takes back.</summary>
    ProtocolOption,

    /// <summary>What it set is for its next transaction alone.</summary>
    NextTransaction,

    /// <summary>What comes next of it reads what its connection knows of what it did: LAST_INSERT_ID(), currval(), ROW_COUNT(), SHOW WARNINGS.</summary>
    OwnWrites,

    /// <summary>What comes next of it executes PostgreSQL's unnamed statement, prepared before.</summary>
    UnnamedStatement,

    /// <summary>An XA transaction of it is not over.</summary>
    Xa,

    /// <summary>It has state that nothing here can give to another connection.</summary>
    Other,
}

/// <summary>The reasons as documents have them.</summary>
public static class KeepReasons
{
    private static readonly string[] Names =
        ["none", "session_lock", "temporary_table", "cursor", "listen", "variable", "authorization", "protocol_option", "next_transaction", "own_writes", "unnamed_statement", "xa", "other"];

    /// <summary>A reason's name.</summary>
    public static string Name(this KeepReason reason) => Names[(int)reason];
}
