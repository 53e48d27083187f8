using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>
/// Describe and Close, which look alike: <c>S</c> for a prepared statement or <c>P</c> for a portal, and its name.
/// <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-DESCRIBE"/>
/// </summary>
public readonly ref struct NamedTarget
{
    /// <summary>Whether a prepared statement is meant; else a portal.</summary>
    public required bool IsStatement { get; init; }

    /// <summary>The name; empty for the unnamed one.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out NamedTarget message)
    {
        var reader = new SpanReader(payload);
        var kind = reader.ReadByte();
        message = new NamedTarget { IsStatement = kind == (byte)'S', Name = reader.ReadZeroTerminated() };
        return !reader.IsBroken && reader.IsAtEnd && kind is (byte)'S' or (byte)'P';
    }
}
