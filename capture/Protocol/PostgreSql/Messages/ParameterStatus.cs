using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>ParameterStatus: a setting's value, at login and whenever it changes. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-PARAMETERSTATUS"/></summary>
public readonly ref struct ParameterStatus
{
    /// <summary>The setting.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Its value.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ParameterStatus message)
    {
        var reader = new SpanReader(payload);
        message = new ParameterStatus { Name = reader.ReadZeroTerminated(), Value = reader.ReadZeroTerminated() };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
