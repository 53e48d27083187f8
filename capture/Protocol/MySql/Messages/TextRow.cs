using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// A row of the text protocol: a length-encoded string or NULL for each column.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html"/>.
/// </summary>
public static class TextRow
{
    /// <summary>Hands a row's values to <paramref name="recorder"/>; false if the row does not fit <paramref name="columns"/>, and then it counts as passed.</summary>
    public static bool Record(ReadOnlySpan<byte> payload, int columns, RowRecorder recorder)
    {
        var reader = new SpanReader(payload);
        recorder.BeginRow(columns);
        for (var i = 0; i < columns && !reader.IsBroken; i++)
        {
            var value = reader.ReadNullableString(out var isNull);
            if (isNull)
            {
                recorder.Null();
            }
            else
            {
                recorder.Value(value);
            }
        }

        if (reader.IsBroken || !reader.IsAtEnd)
        {
            recorder.PassRow();
            return false;
        }

        recorder.EndRow();
        return true;
    }
}
