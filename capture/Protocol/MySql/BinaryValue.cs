using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>
/// Values of the binary protocol.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html"/>.
/// </summary>
public static class BinaryValue
{
    /// <summary>The value's bytes, without the length that those of variable length begin with. A damaged one breaks the reader.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Read(scoped ref SpanReader reader, MySqlColumnType type)
    {
        switch (FixedBytes(type))
        {
            case 0:
                return default;
            case > 0 and var length:
                return reader.ReadBytes(length);
        }

        return IsTemporal(type) ? reader.ReadBytes(reader.ReadByte()) : reader.ReadLengthEncodedString();
    }

    /// <summary>Whether the type is a date, a time or both.</summary>
    public static bool IsTemporal(MySqlColumnType type) =>
        type is MySqlColumnType.Timestamp or MySqlColumnType.Date or MySqlColumnType.Time or MySqlColumnType.DateTime;

    /// <summary>Whether the number is one that the protocol has; others cannot be read.</summary>
    public static bool IsKnown(byte type) => type is <= (byte)MySqlColumnType.Time2 or >= 242;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FixedBytes(MySqlColumnType type) => type switch
    {
        MySqlColumnType.Null => 0,
        MySqlColumnType.Tiny => 1,
        MySqlColumnType.Short or MySqlColumnType.Year => 2,
        MySqlColumnType.Long or MySqlColumnType.Int24 or MySqlColumnType.Float => 4,
        MySqlColumnType.LongLong or MySqlColumnType.Double => 8,
        _ => -1,
    };
}
