namespace Replay.Sql;

/// <summary>
/// What kind of statement a text is, by its first words. A list of statements has the class that comes last in this order.
/// </summary>
public enum StatementClass : byte
{
    /// <summary>No token at all.</summary>
    Empty = 0,

    /// <summary>BEGIN, COMMIT, ROLLBACK, SAVEPOINT, XA ...</summary>
    Transaction,

    /// <summary>SET, RESET, USE, PREPARE, DISCARD, LISTEN ...: it changes the session.</summary>
    Session,

    /// <summary>SHOW, EXPLAIN, ANALYZE, LOCK, VACUUM, KILL ...</summary>
    Utility,

    /// <summary>SELECT, VALUES, TABLE, and WITH that changes nothing.</summary>
    Read,

    /// <summary>DECLARE, FETCH, MOVE, CLOSE.</summary>
    Cursor,

    /// <summary>The first word is none that is known.</summary>
    Unknown,

    /// <summary>CALL, DO, EXECUTE: what runs is not in the text.</summary>
    Call,

    /// <summary>INSERT, UPDATE, DELETE, MERGE, REPLACE, and WITH that has one of them.</summary>
    Write,

    /// <summary>COPY, LOAD DATA.</summary>
    Copy,

    /// <summary>CREATE, ALTER, DROP, TRUNCATE, GRANT, SELECT INTO a table ...</summary>
    Ddl,
}

/// <summary>The names of classes as files and reports have them.</summary>
public static class StatementClassNames
{
    private static readonly string[] Names =
        ["empty", "transaction", "session", "utility", "read", "cursor", "unknown", "call", "write", "copy", "ddl"];

    /// <summary>The class's name in lower case.</summary>
    public static string Name(this StatementClass @class) => (int)@class < Names.Length ? Names[(int)@class] : "unknown";
}
