namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>CommandComplete: a statement is done; its tag says which and how many rows. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-COMMANDCOMPLETE"/></summary>
public readonly ref struct CommandComplete
{
    /// <summary>The whole tag.</summary>
    public required ReadOnlySpan<byte> Tag { get; init; }

    /// <summary>The tag's first word.</summary>
    public required ReadOnlySpan<byte> Verb { get; init; }

    /// <summary>The number at its end; -1 if there is none.</summary>
    public required long Count { get; init; }

    /// <summary>Whether the count is of rows that were changed.</summary>
    public bool IsWrite => Verb.Length switch
    {
        5 => Verb.SequenceEqual("MERGE"u8),
        6 when Verb[0] != 'S' => Verb.SequenceEqual("INSERT"u8) || Verb.SequenceEqual("UPDATE"u8) || Verb.SequenceEqual("DELETE"u8),
        _ => false,
    };

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out CommandComplete message)
    {
        // Nearly every exchange has one: read from its end, as the count is there.
        var end = payload.Length - 1;
        var isWhole = end >= 0 && payload.IndexOf((byte)0) == end;
        var tag = isWhole ? payload[..end] : default;
        var space = tag.IndexOf((byte)' ');
        message = new CommandComplete { Tag = tag, Verb = space < 0 ? tag : tag[..space], Count = space < 0 ? -1 : CountAtEnd(tag) };
        return isWhole;
    }

    private static long CountAtEnd(ReadOnlySpan<byte> tag)
    {
        long count = 0;
        long place = 1;
        for (var at = tag.Length - 1; tag[at] != (byte)' '; at--)
        {
            if (!char.IsAsciiDigit((char)tag[at]) || place > long.MaxValue / 100)
            {
                return -1;
            }

            count += (tag[at] - '0') * place;
            place *= 10;
        }

        return place == 1 ? -1 : count;
    }
}
