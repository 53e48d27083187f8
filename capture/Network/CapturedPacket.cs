namespace Replay.Network;

/// <summary>One packet as it was captured. Its bytes lie in the source's buffer and are valid until the source's next call.</summary>
public readonly ref struct CapturedPacket
{
    /// <summary>A packet.</summary>
    public CapturedPacket(LinkType linkType, long atMicroseconds, int originalLength, ReadOnlySpan<byte> data)
    {
        LinkType = linkType;
        AtMicroseconds = atMicroseconds;
        OriginalLength = Math.Max(originalLength, data.Length);
        Data = data;
    }

    /// <summary>What the packet begins with.</summary>
    public LinkType LinkType { get; }

    /// <summary>When it was captured, microseconds since 1970.</summary>
    public long AtMicroseconds { get; }

    /// <summary>Bytes on the wire, at least <c>Data.Length</c>; more if the capture's snap length cut the packet off.</summary>
    public int OriginalLength { get; }

    /// <summary>The bytes that were captured, from the link header on.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
