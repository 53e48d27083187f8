using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>Parse: a statement to prepare. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-PARSE"/></summary>
public readonly ref struct ParseMessage
{
    /// <summary>Bytes before the text.</summary>
    public required int TextOffset { get; init; }

    /// <summary>The prepared statement's name; empty for the unnamed one.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The statement.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>Number of parameter types that the client prescribes.</summary>
    public required int TypeCount { get; init; }

    /// <summary>Their OIDs, big-endian 32 bits each; 0 leaves one open.</summary>
    public required ReadOnlySpan<byte> Types { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ParseMessage message)
    {
        var reader = new SpanReader(payload);
        var name = reader.ReadZeroTerminated();
        var offset = reader.Position;
        var text = reader.ReadZeroTerminated();
        var count = (ushort)reader.ReadInt16();
        var types = reader.ReadBytes(4 * count);
        message = new ParseMessage { Name = name, TextOffset = offset, Text = text, TypeCount = count, Types = types };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
