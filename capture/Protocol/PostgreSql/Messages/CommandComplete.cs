using System.Buffers.Text;
using Replay.Protocol.Buffers;

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
        var reader = new SpanReader(payload);
        var tag = reader.ReadZeroTerminated();
        var space = tag.IndexOf((byte)' ');
        var digits = space < 0 ? default : tag[(tag.LastIndexOf((byte)' ') + 1)..];
        var isNumber = Utf8Parser.TryParse(digits, out long count, out var used) && used == digits.Length;
        message = new CommandComplete { Tag = tag, Verb = space < 0 ? tag : tag[..space], Count = isNumber ? count : -1 };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
