namespace Replay.Protocol.PostgreSql;

/// <summary>OIDs of built-in types, the same on every server.</summary>
public static class PostgresTypes
{
    /// <summary>bool.</summary>
    public const uint Bool = 16;

    /// <summary>bytea.</summary>
    public const uint Bytea = 17;

    /// <summary>name.</summary>
    public const uint Name = 19;

    /// <summary>int8.</summary>
    public const uint Int8 = 20;

    /// <summary>int2.</summary>
    public const uint Int2 = 21;

    /// <summary>int4.</summary>
    public const uint Int4 = 23;

    /// <summary>text.</summary>
    public const uint Text = 25;

    /// <summary>oid.</summary>
    public const uint Oid = 26;

    /// <summary>json.</summary>
    public const uint Json = 114;

    /// <summary>xml.</summary>
    public const uint Xml = 142;

    /// <summary>float4.</summary>
    public const uint Float4 = 700;

    /// <summary>float8.</summary>
    public const uint Float8 = 701;

    /// <summary>char(n).</summary>
    public const uint BpChar = 1042;

    /// <summary>varchar.</summary>
    public const uint VarChar = 1043;

    /// <summary>date.</summary>
    public const uint Date = 1082;

    /// <summary>time.</summary>
    public const uint Time = 1083;

    /// <summary>timestamp.</summary>
    public const uint Timestamp = 1114;

    /// <summary>timestamptz.</summary>
    public const uint TimestampTz = 1184;

    /// <summary>numeric.</summary>
    public const uint Numeric = 1700;

    /// <summary>uuid.</summary>
    public const uint Uuid = 2950;

    /// <summary>jsonb.</summary>
    public const uint Jsonb = 3802;

    /// <summary>The element type of a built-in array type; 0 if it is none that is known here.</summary>
    public static uint ElementOf(uint array) => array switch
    {
        1000 => Bool,
        1001 => Bytea,
        1003 => Name,
        1005 => Int2,
        1007 => Int4,
        1009 => Text,
        1014 => BpChar,
        1015 => VarChar,
        1016 => Int8,
        1021 => Float4,
        1022 => Float8,
        1028 => Oid,
        1115 => Timestamp,
        1182 => Date,
        1183 => Time,
        1185 => TimestampTz,
        1231 => Numeric,
        199 => Json,
        2951 => Uuid,
        3807 => Jsonb,
        _ => 0,
    };
}
