using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Client.MySql;

/// <summary>Requests that choose a database, COM_INIT_DB and USE, where the target calls it otherwise.</summary>
internal sealed class DatabaseChoice(TargetNames names)
{
    private const byte InitDbHeader = 0x02;

    /// <summary>One of the target's databases by what the capture calls it; null if that makes no difference.</summary>
    public static DatabaseChoice? For(TargetNames names) => names.Databases.Count == 0 ? null : new DatabaseChoice(names);

    /// <summary>Writes the request with the target's name, and nothing if it needs no other. Of queries only a USE is one, so nearly all end at their first letters.</summary>
    /// <param name="request">What was recorded.</param>
    /// <param name="hasAttributes">Whether its queries have attributes before the text; null: not known.</param>
    /// <param name="takesAttributes">Whether the target wants that.</param>
    /// <param name="encoded">Gets it.</param>
    public void Encode(in RecordedRequest request, bool? hasAttributes, bool takesAttributes, ByteStore encoded)
    {
        var payload = request.Bytes[MySqlPacket.HeaderBytes..];
        if (request.Command == Command.MySqlInitDb && payload.Length > 1)
        {
            var captured = Encoding.UTF8.GetString(payload[1..]);
            if (names.Database(captured) is var name && name != captured)
            {
                PacketWriter.Append(encoded, [InitDbHeader], Encoding.UTF8.GetBytes(name));
            }
        }
        else if (request.Command == Command.MySqlQuery && ComQuery.TryParse(payload, hasAttributes, out var query) && Chosen(payload[query.TextOffset..]) is { } captured
            && names.Database(captured) is var name && name != captured)
        {
            PacketWriter.Append(encoded, takesAttributes ? [ComQuery.Header, 0, 1] : [ComQuery.Header], Encoding.UTF8.GetBytes($"USE `{name.Replace("`", "``", StringComparison.Ordinal)}`"));
        }
    }

    // The database of a USE; null if it is another statement.
    private static string? Chosen(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        return text.Length > 4 && (text[0] | 0x20) == 'u' && (text[1] | 0x20) == 's' && (text[2] | 0x20) == 'e' && text[3] <= ' '
            ? Encoding.UTF8.GetString(text[4..]).Trim().TrimEnd(';').Trim().Trim('`')
            : null;
    }
}
