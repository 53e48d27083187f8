using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// Binary parameters with their types: the attributes of a COM_QUERY and what a COM_STMT_EXECUTE binds.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html"/>.
/// </summary>
public readonly ref struct BoundParameters
{
    /// <summary>More than a statement can have; a larger count is damage.</summary>
    private const ulong Most = 65_535;

    /// <summary>Their number.</summary>
    public int Count { get; private init; }

    /// <summary>A bit for each that is NULL.</summary>
    public ReadOnlySpan<byte> NullBitmap { get; private init; }

    /// <summary>Whether types are given; if not, those of the last execute hold.</summary>
    public bool HasTypes { get; private init; }

    /// <summary>The types as they are on the wire: type, flags and, if <see cref="HasNames"/>, a name.</summary>
    public ReadOnlySpan<byte> Types { get; private init; }

    /// <summary>Whether names follow the types.</summary>
    public bool HasNames { get; private init; }

    /// <summary>The values, one after another; NULL and long data have none.</summary>
    public ReadOnlySpan<byte> Values { get; private init; }

    /// <summary>Whether parameter <paramref name="index"/> is NULL.</summary>
    public bool IsNull(int index) => (NullBitmap[index >> 3] & (1 << (index & 7))) != 0;

    /// <summary>Reads a block that begins with its count (query attributes); the reader ends behind the values.</summary>
    public static bool TryParse(scoped ref SpanReader reader, bool hasSetCount, out BoundParameters parameters)
    {
        var count = reader.ReadLengthEncodedInteger();
        if (hasSetCount && reader.ReadLengthEncodedInteger() != 1)
        {
            reader.Break();
        }

        if (!TryParse(ref reader, count, hasNames: true, out parameters))
        {
            return false;
        }

        var values = new SpanReader(parameters.Values);
        var types = new SpanReader(parameters.Types);
        for (var i = 0; i < parameters.Count && !values.IsBroken; i++)
        {
            var type = ReadType(ref types, hasName: true, out _);
            if (!parameters.IsNull(i))
            {
                BinaryValue.Read(ref values, (MySqlColumnType)type);
            }
        }

        if (values.IsBroken || (parameters.Count > 0 && !parameters.HasTypes))
        {
            reader.Break();
            return false;
        }

        reader.Skip(values.Position);
        return true;
    }

    /// <summary>Reads a block of <paramref name="count"/> parameters as far as the types; the values are the rest, and the reader stands before them.</summary>
    public static bool TryParse(scoped ref SpanReader reader, ulong count, bool hasNames, out BoundParameters parameters)
    {
        parameters = default;
        if (count > Most)
        {
            reader.Break();
        }

        if (count == 0 || reader.IsBroken)
        {
            parameters = new BoundParameters { Values = reader.Rest };
            return !reader.IsBroken;
        }

        var bitmap = reader.ReadBytes((int)((count + 7) / 8));
        var bound = reader.ReadByte();
        var before = reader.Rest;
        for (ulong i = 0; bound == 1 && i < count && !reader.IsBroken; i++)
        {
            ReadType(ref reader, hasNames, out _);
        }

        if (reader.IsBroken || bound > 1)
        {
            reader.Break();
            return false;
        }

        parameters = new BoundParameters
        {
            Count = (int)count,
            NullBitmap = bitmap,
            HasTypes = bound == 1,
            Types = before[..(before.Length - reader.Remaining)],
            HasNames = hasNames,
            Values = reader.Rest,
        };
        return true;
    }

    /// <summary>Reads one type: the type byte + 256 * the flags. An unknown type breaks the reader.</summary>
    public static uint ReadType(scoped ref SpanReader types, bool hasName, out ReadOnlySpan<byte> name)
    {
        var type = (uint)types.ReadUIntLittleEndian(2);
        name = hasName ? types.ReadLengthEncodedString() : default;
        if (!BinaryValue.IsKnown((byte)type) || (type >> 8) is not (0 or 0x80))
        {
            types.Break();
        }

        return type;
    }
}
