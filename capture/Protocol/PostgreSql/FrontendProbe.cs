using System.Buffers.Binary;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// Whether a segment of the client begins with a message: it must be a chain of messages that fit together up to the segment's end. Used where
/// boundaries are not known; a wrong guess would turn data into statements, so doubt is no.
/// </summary>
internal static class FrontendProbe
{
    // A message that goes beyond the segment is believed if it is no longer than this.
    private const int LongestUnseenBytes = 16 << 20;

    public static bool IsMessageStart(ReadOnlySpan<byte> bytes, bool inCopy)
    {
        var whole = 0;
        while (bytes.Length >= MessageKind.HeaderBytes)
        {
            var type = bytes[0];
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[1..]);
            if (!FrontendMessages.IsPossible(type, length) || (type == FrontendMessages.CopyData && whole == 0 && !inCopy))
            {
                return false;
            }

            if (length + 1 > bytes.Length)
            {
                return length <= LongestUnseenBytes && (whole > 0 || IsBelievableBeginning(type, bytes[MessageKind.HeaderBytes..]));
            }

            if (!IsBelievable(type, bytes[MessageKind.HeaderBytes..(length + 1)]))
            {
                return false;
            }

            whole++;
            bytes = bytes[(length + 1)..];
        }

        return whole > 0;
    }

    private static bool IsBelievable(byte type, ReadOnlySpan<byte> payload) => type switch
    {
        FrontendMessages.Query => QueryMessage.TryParse(payload, out _),
        FrontendMessages.Parse => ParseMessage.TryParse(payload, out _),
        FrontendMessages.Bind => BindMessage.TryParse(payload, out _),
        FrontendMessages.Describe or FrontendMessages.Close => NamedTarget.TryParse(payload, out _),
        FrontendMessages.Execute => ExecuteMessage.TryParse(payload, out _),
        FrontendMessages.FunctionCall => FunctionCallMessage.TryParse(payload, out _),
        _ => true,
    };

    /// <summary>A text message that goes on in the next segment: text it must be. Others are not told from chance.</summary>
    private static bool IsBelievableBeginning(byte type, ReadOnlySpan<byte> payload)
    {
        if (type == FrontendMessages.Parse)
        {
            var name = payload.IndexOf((byte)0);
            payload = name < 0 ? default : payload[(name + 1)..];
        }
        else if (type != FrontendMessages.Query)
        {
            return false;
        }

        return payload.Length > 0 && !payload.ContainsAnyInRange((byte)0, (byte)8) && !payload.ContainsAnyInRange((byte)14, (byte)31);
    }
}
