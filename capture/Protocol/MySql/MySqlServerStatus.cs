namespace Replay.Protocol.MySql;

/// <summary>
/// Status flags of OK and EOF packets.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html#a1d854e841086925be1883e4d7b4e8cad"/>.
/// </summary>
[Flags]
public enum MySqlServerStatus : ushort
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>A transaction is open.</summary>
    InTransaction = 0x0001,

    /// <summary>Autocommit is on.</summary>
    Autocommit = 0x0002,

    /// <summary>Another result follows.</summary>
    MoreResultsExist = 0x0008,

    /// <summary>A cursor was opened; rows come by COM_STMT_FETCH.</summary>
    CursorExists = 0x0040,

    /// <summary>The last row of the cursor was sent.</summary>
    LastRowSent = 0x0080,

    /// <summary>The session's database was dropped.</summary>
    DatabaseDropped = 0x0100,

    /// <summary>Backslash is an ordinary character in strings.</summary>
    NoBackslashEscapes = 0x0200,

    /// <summary>The result's values are the OUT parameters of a procedure.</summary>
    PreparedOutParameters = 0x1000,

    /// <summary>OK carries session state changes.</summary>
    SessionStateChanged = 0x4000,
}
