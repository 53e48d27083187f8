using System.Buffers;
using System.Text;

namespace Replay.Workload;

/// <summary>One column of a result set: what is stable from server to server (no table OIDs, no lengths that depend on the charset).</summary>
/// <param name="Name">The label that the client saw.</param>
/// <param name="Type">PostgreSQL: the type's OID. MySQL: the column type byte + 256 * the flags.</param>
/// <param name="Modifier">PostgreSQL: the type modifier. MySQL: the collation id + 65536 * decimals.</param>
/// <param name="IsBinary">Whether values are in the binary format.</param>
public readonly record struct Column(string Name, uint Type, int Modifier, bool IsBinary);

/// <summary>
/// The columns of a result set as bytes, so that equal lists are equal bytes and are stored once: count, then for each column
/// name length, name (UTF-8), type, modifier (zigzag), format; all numbers <see cref="VarInt"/>.
/// </summary>
public static class ColumnList
{
    /// <summary>Begins a list of <paramref name="count"/> columns; <see cref="AppendColumn"/> must follow that many times.</summary>
    public static void Begin(IBufferWriter<byte> writer, int count) => VarInt.Write(writer, (ulong)count);

    /// <summary>Appends one column.</summary>
    public static void AppendColumn(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, uint type, int modifier, bool isBinary)
    {
        VarInt.Write(writer, (ulong)name.Length);
        writer.Write(name);
        VarInt.Write(writer, type);
        VarInt.Write(writer, VarInt.ZigZag(modifier));
        VarInt.Write(writer, isBinary ? 1u : 0u);
    }

    /// <summary>Decodes a list; empty if <paramref name="source"/> is empty or damaged.</summary>
    public static Column[] Decode(ReadOnlySpan<byte> source) => Decode(source, out _);

    /// <summary>Decodes a list; <paramref name="rest"/> is what lies behind it.</summary>
    public static Column[] Decode(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (!VarInt.TryRead(ref source, out var count) || count > (ulong)source.Length)
        {
            return [];
        }

        var columns = new Column[count];
        for (var i = 0; i < columns.Length; i++)
        {
            if (!VarInt.TryRead(ref source, out var length) || length > (ulong)source.Length)
            {
                return [];
            }

            var name = Encoding.UTF8.GetString(source[..(int)length]);
            source = source[(int)length..];
            if (!VarInt.TryRead(ref source, out var type) || !VarInt.TryRead(ref source, out var modifier) || !VarInt.TryRead(ref source, out var format))
            {
                return [];
            }

            columns[i] = new Column(name, (uint)type, (int)VarInt.UnZigZag(modifier), format != 0);
        }

        rest = source;
        return columns;
    }
}
