namespace Replay.Protocol.MySql;

/// <summary>
/// Types of columns and of binary parameters.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html"/>.
/// </summary>
public enum MySqlColumnType : byte
{
    /// <summary>DECIMAL before 5.0.</summary>
    Decimal = 0,

    /// <summary>8 bits.</summary>
    Tiny = 1,

    /// <summary>16 bits.</summary>
    Short = 2,

    /// <summary>32 bits.</summary>
    Long = 3,

    /// <summary>32-bit floating point.</summary>
    Float = 4,

    /// <summary>64-bit floating point.</summary>
    Double = 5,

    /// <summary>NULL.</summary>
    Null = 6,

    /// <summary>Date and time, in the session's time zone.</summary>
    Timestamp = 7,

    /// <summary>64 bits.</summary>
    LongLong = 8,

    /// <summary>24 bits; 32 on the wire.</summary>
    Int24 = 9,

    /// <summary>Date.</summary>
    Date = 10,

    /// <summary>Duration.</summary>
    Time = 11,

    /// <summary>Date and time.</summary>
    DateTime = 12,

    /// <summary>16 bits on the wire.</summary>
    Year = 13,

    /// <summary>Date, in the server's own storage.</summary>
    NewDate = 14,

    /// <summary>VARCHAR.</summary>
    VarChar = 15,

    /// <summary>BIT.</summary>
    Bit = 16,

    /// <summary>Timestamp in the server's own storage.</summary>
    Timestamp2 = 17,

    /// <summary>Date and time in the server's own storage.</summary>
    DateTime2 = 18,

    /// <summary>Duration in the server's own storage.</summary>
    Time2 = 19,

    /// <summary>MySQL 9: VECTOR.</summary>
    Vector = 242,

    /// <summary>JSON.</summary>
    Json = 245,

    /// <summary>DECIMAL.</summary>
    NewDecimal = 246,

    /// <summary>ENUM.</summary>
    Enum = 247,

    /// <summary>SET.</summary>
    Set = 248,

    /// <summary>TINYBLOB.</summary>
    TinyBlob = 249,

    /// <summary>MEDIUMBLOB.</summary>
    MediumBlob = 250,

    /// <summary>LONGBLOB.</summary>
    LongBlob = 251,

    /// <summary>BLOB and TEXT.</summary>
    Blob = 252,

    /// <summary>VARCHAR and VARBINARY.</summary>
    VarString = 253,

    /// <summary>CHAR and BINARY.</summary>
    String = 254,

    /// <summary>GEOMETRY.</summary>
    Geometry = 255,
}
