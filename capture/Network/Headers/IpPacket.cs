namespace Replay.Network.Headers;

/// <summary>What an IP header says. The payload is what was captured of it.</summary>
internal ref struct IpPacket
{
    public FlowAddress Source;
    public FlowAddress Destination;
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
}
