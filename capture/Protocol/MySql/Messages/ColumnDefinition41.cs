using System.Buffers.Binary;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// One column of a result set, or one parameter of a statement.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html"/>,
/// <see href="https://mariadb.com/kb/en/result-set-packets/#column-definition-packet"/>.
/// </summary>
public readonly ref struct ColumnDefinition41
{
    private const int FixedBytes = 12;

    /// <summary>The label that the client sees.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Collation id; 63 for bytes and numbers.</summary>
    public ushort Collation { get; private init; }

    /// <summary>Longest value in bytes, in the connection's character set.</summary>
    public uint Length { get; private init; }

    /// <summary>The type.</summary>
    public MySqlColumnType Type { get; private init; }

    /// <summary>NOT NULL, UNSIGNED, keys and so on.</summary>
    public ushort Flags { get; private init; }

    /// <summary>Decimals; 0x1F where they vary.</summary>
    public byte Decimals { get; private init; }

    /// <summary>
    /// Reads a packet. MariaDB's extended type (EXTENDED_METADATA) lies before the fixed fields and shows in the lengths, so the capabilities need not
    /// be known. COM_FIELD_LIST appends a default value, which is passed over.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ColumnDefinition41 packet)
    {
        var reader = new SpanReader(payload);
        reader.ReadLengthEncodedString(); // catalog
        reader.ReadLengthEncodedString(); // schema
        reader.ReadLengthEncodedString(); // table
        reader.ReadLengthEncodedString(); // original table
        var name = reader.ReadLengthEncodedString();
        reader.ReadLengthEncodedString(); // original name
        var next = reader.ReadLengthEncodedInteger();
        if (next != FixedBytes || reader.Remaining is FixedBytes + 1 + FixedBytes)
        {
            // The extended type; where it has the length of the fixed fields, a second block of that length behind it gives it away.
            reader.Skip((int)Math.Min(next, int.MaxValue));
            next = reader.ReadLengthEncodedInteger();
        }

        var fields = reader.ReadBytes(FixedBytes);
        if (reader.IsBroken || next != FixedBytes)
        {
            packet = default;
            return false;
        }

        packet = new ColumnDefinition41
        {
            Name = name,
            Collation = BinaryPrimitives.ReadUInt16LittleEndian(fields),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(fields[2..]),
            Type = (MySqlColumnType)fields[6],
            Flags = BinaryPrimitives.ReadUInt16LittleEndian(fields[7..]),
            Decimals = fields[9],
        };
        return true;
    }
}
