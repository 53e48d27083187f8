using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>Execute: run a portal, or go on with it. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-EXECUTE"/></summary>
public readonly ref struct ExecuteMessage
{
    /// <summary>The portal's name; empty for the unnamed one.</summary>
    public required ReadOnlySpan<byte> Portal { get; init; }

    /// <summary>The most rows to return; 0 for all.</summary>
    public required int MaxRows { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ExecuteMessage message)
    {
        var reader = new SpanReader(payload);
        message = new ExecuteMessage { Portal = reader.ReadZeroTerminated(), MaxRows = reader.ReadInt32() };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
