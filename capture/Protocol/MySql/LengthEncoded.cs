using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>
/// Length-encoded integers and strings.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html"/>.
/// </summary>
public static class LengthEncoded
{
    /// <summary>The byte that stands for NULL in a text row.</summary>
    public const byte NullMarker = 0xFB;

    /// <summary>Reads an integer; NULL's marker and 0xFF, which is none, break the reader.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadLengthEncodedInteger(scoped ref this SpanReader reader)
    {
        var first = reader.ReadByte();
        return first < NullMarker ? first : ReadLong(ref reader, first);
    }

    /// <summary>Reads a string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> ReadLengthEncodedString(scoped ref this SpanReader reader)
    {
        var length = reader.ReadLengthEncodedInteger();
        if (length > (ulong)reader.Remaining)
        {
            reader.Break();
            return default;
        }

        return reader.ReadBytes((int)length);
    }

    /// <summary>Reads a string or NULL, as text rows have them.</summary>
    public static ReadOnlySpan<byte> ReadNullableString(scoped ref this SpanReader reader, out bool isNull)
    {
        isNull = reader.Peek() == NullMarker;
        if (isNull)
        {
            reader.Skip(1);
            return default;
        }

        return reader.ReadLengthEncodedString();
    }

    private static ulong ReadLong(scoped ref SpanReader reader, byte first)
    {
        switch (first)
        {
            case 0xFC:
                return reader.ReadUIntLittleEndian(2);
            case 0xFD:
                return reader.ReadUIntLittleEndian(3);
            case 0xFE:
                return reader.ReadUIntLittleEndian(8);
            default:
                reader.Break();
                return 0;
        }
    }
}
