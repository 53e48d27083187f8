using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// A row of the binary protocol: a zero byte, a bitmap of NULLs (from bit 2 on), the values.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html#sect_protocol_binary_resultset_row"/>.
/// </summary>
public static class BinaryRow
{
    /// <summary>The first byte.</summary>
    public const byte Header = 0x00;

    private const int BitmapOffset = 2;

    /// <summary>Hands a row's values to <paramref name="recorder"/>; false if the row does not fit the column types, and then it counts as passed.</summary>
    public static bool Record(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> types, RowRecorder recorder)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var bitmap = reader.ReadBytes((types.Length + BitmapOffset + 7) / 8);
        recorder.BeginRow(types.Length);
        for (var i = 0; i < types.Length && !reader.IsBroken; i++)
        {
            var bit = i + BitmapOffset;
            if ((bitmap[bit >> 3] & (1 << (bit & 7))) != 0)
            {
                recorder.Null();
            }
            else
            {
                recorder.Value(BinaryValue.Read(ref reader, (MySqlColumnType)types[i]));
            }
        }

        if (reader.IsBroken || !reader.IsAtEnd || header != Header)
        {
            recorder.PassRow();
            return false;
        }

        recorder.EndRow();
        return true;
    }
}
