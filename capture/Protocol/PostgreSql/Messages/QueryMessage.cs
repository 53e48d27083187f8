using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>Query: a simple query, of one or more statements. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-QUERY"/></summary>
public readonly ref struct QueryMessage
{
    /// <summary>The text.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out QueryMessage message)
    {
        var reader = new SpanReader(payload);
        message = new QueryMessage { Text = reader.ReadZeroTerminated() };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
