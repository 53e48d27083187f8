namespace Replay.Network.Headers;

/// <summary>What an IP header says. The payload is what was captured of it.</summary>
internal ref struct IpPacket
{
    // Four numbers and not two addresses: copying a structure right after its parts were written stalls the processor, and these
    // are copied into a key for each packet.
    public ulong SourceHigh;
    public ulong SourceLow;
    public ulong DestinationHigh;
    public ulong DestinationLow;
    public ReadOnlySpan<byte> Payload;

    /// <summary>Bytes of the payload that the capture cut off.</summary>
    public int MissingBytes;

    /// <summary>Of the datagram to which a fragment belongs.</summary>
    public uint Identification;

    /// <summary>Where a fragment's payload begins in that of the datagram, in bytes.</summary>
    public int FragmentOffset;

    public bool HasMoreFragments;
    public bool IsFragment;
    public byte Protocol;

    public readonly FlowAddress Source => new(SourceHigh, SourceLow);

    public readonly FlowAddress Destination => new(DestinationHigh, DestinationLow);
}
