using System.Buffers;

namespace Replay.Workload;

/// <summary>The forms of columns, from what the wire says of their types.</summary>
public static class ColumnForms
{
    // MySQL: collation "binary", of bytes and numbers; flags of column definitions.
    private const int BinaryCollation = 63;
    private const uint Unsigned = 1 << 5;
    private const uint ZeroFill = 1 << 6;
    private const uint EnumOrSet = (1 << 8) | (1 << 11);

    /// <summary>PostgreSQL, by the type's OID (pg_type.dat).</summary>
    public static ValueForm Postgres(uint type, bool isBinary) => type switch
    {
        1042 => ValueForm.Char, // bpchar
        114 => ValueForm.Json,
        1700 => isBinary ? ValueForm.BinaryNumeric : ValueForm.Exact,
        _ when isBinary => ValueForm.AsIs,
        17 => ValueForm.Bytes,
        700 => ValueForm.Single,
        701 => ValueForm.Double,
        1184 => ValueForm.Moment,
        1021 => ValueForm.SingleList, // float4[]
        1022 or (>= 600 and <= 604) or 628 or 718 => ValueForm.DoubleList, // float8[], point, lseg, path, box, polygon, line, circle
        1231 or 3906 => ValueForm.ExactList, // numeric[], numrange
        _ => ValueForm.AsIs,
    };

    /// <summary>MySQL, by the column definition's type byte, flags, collation and decimals.</summary>
    public static ValueForm MySql(byte type, uint flags, int collation, int decimals, bool isBinary) => type switch
    {
        0 or 246 => ValueForm.Exact, // DECIMAL: a text in both protocols
        245 => ValueForm.Json,
        254 => collation != BinaryCollation && (flags & EnumOrSet) == 0 ? ValueForm.Char : ValueForm.AsIs,
        1 or 2 or 8 or 13 when isBinary => (flags & Unsigned) != 0 || type == 13 ? ValueForm.UnsignedInteger : ValueForm.SignedInteger,
        3 or 9 when isBinary => (flags & Unsigned) != 0 ? ValueForm.UnsignedInteger : ValueForm.AsIs, // 4 bytes, as the normal form has them
        _ when isBinary => ValueForm.AsIs,
        4 => ValueForm.Single,
        5 => ValueForm.Double,
        1 or 2 or 3 or 8 or 9 => (flags & ZeroFill) != 0 ? ValueForm.Exact : ValueForm.AsIs,
        7 or 11 or 12 => decimals > 0 ? ValueForm.Fraction : ValueForm.AsIs, // TIMESTAMP, TIME, DATETIME
        _ => ValueForm.AsIs,
    };

    /// <summary>The form of a column as <see cref="ColumnList"/> has it.</summary>
    public static ValueForm Of(Engine engine, in Column column) => engine == Engine.PostgreSql
        ? Postgres(column.Type, column.IsBinary)
        : MySql((byte)column.Type, column.Type >> 8, column.Modifier & 0xFFFF, (column.Modifier >> 16) & 0xFF, column.IsBinary);

    /// <summary>Appends a byte, a <see cref="ValueForm"/>, for each column of a <see cref="ColumnList"/>; nothing if it is empty or damaged.</summary>
    public static void Append(IBufferWriter<byte> writer, Engine engine, ReadOnlySpan<byte> columns)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (!VarInt.TryRead(ref columns, out var count) || count > (ulong)columns.Length)
        {
            return;
        }

        var forms = writer.GetSpan((int)count);
        for (var i = 0; i < (int)count; i++)
        {
            if (!VarInt.TryRead(ref columns, out var name) || name > (ulong)columns.Length)
            {
                return;
            }

            columns = columns[(int)name..];
            if (!VarInt.TryRead(ref columns, out var type) || !VarInt.TryRead(ref columns, out var modifier) || !VarInt.TryRead(ref columns, out var format))
            {
                return;
            }

            forms[i] = (byte)Of(engine, new Column("", (uint)type, (int)VarInt.UnZigZag(modifier), format != 0));
        }

        writer.Advance((int)count);
    }
}
