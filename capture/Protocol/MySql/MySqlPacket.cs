namespace Replay.Protocol.MySql;

/// <summary>
/// One message: a packet, or several whose payloads make one because it is of 16 MiB - 1 byte or longer.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html"/>.
/// </summary>
public readonly ref struct MySqlPacket
{
    /// <summary>Bytes of a packet's header: three of length, one of sequence number.</summary>
    public const int HeaderBytes = 4;

    /// <summary>Payload length that says "goes on in the next packet".</summary>
    public const int MaxPayloadBytes = 0xFFFFFF;

    /// <summary>The packets as they were on the wire, headers included; only the beginning if <see cref="IsTruncated"/>.</summary>
    public ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>Number of packets.</summary>
    public int Count { get; init; }

    /// <summary>Sequence number of the first packet.</summary>
    public byte Sequence { get; init; }

    /// <summary>Whether the message was longer than the bound, or had a hole, so that its end or part of it is not here.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Length of the whole message on the wire.</summary>
    public long WireBytes { get; init; }

    /// <summary>The first packet's payload (as far as it is here): the whole message's if there is only one packet.</summary>
    public ReadOnlySpan<byte> FirstPayload => Raw.Length <= HeaderBytes
        ? default
        : Raw[HeaderBytes..Math.Min(Raw.Length, HeaderBytes + MaxPayloadBytes)];

    /// <summary>Payload bytes of the whole message.</summary>
    public long PayloadLength => WireBytes - ((long)HeaderBytes * Count);
}
