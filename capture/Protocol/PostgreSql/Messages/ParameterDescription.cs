using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>ParameterDescription: the types of a prepared statement's parameters. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-PARAMETERDESCRIPTION"/></summary>
public readonly ref struct ParameterDescription
{
    /// <summary>Their OIDs, big-endian 32 bits each.</summary>
    public required ReadOnlySpan<byte> Types { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ParameterDescription message)
    {
        var reader = new SpanReader(payload);
        int count = (ushort)reader.ReadInt16();
        message = new ParameterDescription { Types = reader.ReadBytes(4 * count) };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
