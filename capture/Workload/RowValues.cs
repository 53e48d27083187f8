using System.Buffers;

namespace Replay.Workload;

/// <summary>
/// Kept values of rows: for each row the number of columns, then for each value its length + 1 (0 is NULL) and its bytes as they
/// were on the wire; all numbers <see cref="VarInt"/>. A value that was cut off at the bound has the length that is kept.
/// </summary>
public static class RowValues
{
    /// <summary>Begins a row; <see cref="AppendValue"/> or <see cref="AppendNull"/> must follow <paramref name="columns"/> times.</summary>
    public static void BeginRow(IBufferWriter<byte> writer, int columns) => VarInt.Write(writer, (ulong)columns);

    /// <summary>Appends a value.</summary>
    public static void AppendValue(IBufferWriter<byte> writer, ReadOnlySpan<byte> value)
    {
        VarInt.Write(writer, (ulong)value.Length + 1);
        writer.Write(value);
    }

    /// <summary>Appends a NULL.</summary>
    public static void AppendNull(IBufferWriter<byte> writer) => VarInt.Write(writer, 0);

    /// <summary>Decodes what is there, row by row, NULL as null. A damaged tail is left out.</summary>
    public static List<byte[]?[]> Decode(ReadOnlySpan<byte> source)
    {
        var rows = new List<byte[]?[]>();
        while (VarInt.TryRead(ref source, out var count) && count <= (ulong)source.Length)
        {
            var row = new byte[]?[count];
            for (var i = 0; i < row.Length; i++)
            {
                if (!VarInt.TryRead(ref source, out var length) || length > (ulong)source.Length + 1)
                {
                    return rows;
                }

                if (length > 0)
                {
                    row[i] = source[..(int)(length - 1)].ToArray();
                    source = source[(int)(length - 1)..];
                }
            }

            rows.Add(row);
        }

        return rows;
    }
}
