using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// COM_QUERY: a text of one or several statements, with attributes before it under QUERY_ATTRIBUTES.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html"/>.
/// </summary>
public readonly ref struct ComQuery
{
    /// <summary>The command byte.</summary>
    public const byte Header = 0x03;

    /// <summary>Where the text begins in the payload.</summary>
    public int TextOffset { get; private init; }

    /// <summary>Where the block of attributes begins in the payload, their number first; 0 if there is none.</summary>
    public int AttributesOffset { get; private init; }

    /// <summary>
    /// Reads a payload. <paramref name="hasAttributes"/> null (the capabilities are not known) looks for the two counts, the second of which is always 1: no
    /// statement has that byte there.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, bool? hasAttributes, out ComQuery message)
    {
        message = new ComQuery { TextOffset = 1 };
        if (payload.IsEmpty || payload[0] != Header)
        {
            return false;
        }

        if (hasAttributes ?? (payload.Length > 2 && payload[2] == 1))
        {
            var reader = new SpanReader(payload);
            reader.Skip(1);
            if (BoundParameters.TryParse(ref reader, hasSetCount: true, out _))
            {
                message = new ComQuery { TextOffset = reader.Position, AttributesOffset = 1 };
                return true;
            }

            return hasAttributes is null;
        }

        return true;
    }
}
