using System.Buffers.Binary;

namespace Replay.Network.Headers;

/// <summary>
/// IPv6 with its extension headers, <see href="https://www.rfc-editor.org/rfc/rfc8200#section-3"/>. A fragment's payload begins behind
/// its fragment header; what precedes that is not needed again.
/// </summary>
internal static class IPv6Header
{
    private const int Length = 40;
    private const int FragmentHeaderLength = 8;

    /// <summary>More extension headers than any host sends: bounds the walk.</summary>
    private const int MaxExtensionHeaders = 16;

    /// <summary>Reads the header and walks the extension headers.</summary>
    /// <param name="bytes">From the IP header on, as captured.</param>
    /// <param name="originalLength">The same, as on the wire.</param>
    /// <param name="packet">What it says; <c>Protocol</c> is that of the payload behind the extension headers.</param>
    public static HeaderVerdict Read(ReadOnlySpan<byte> bytes, int originalLength, out IpPacket packet)
    {
        packet = default;
        if (bytes.Length < Length)
        {
            return HeaderVerdict.Short;
        }

        packet.SourceHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        packet.SourceLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        packet.DestinationHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        packet.DestinationLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[32..]);
        int payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (payloadLength == 0)
        {
            // A jumbogram, or a super-packet for segmentation offload.
            payloadLength = Math.Max(0, originalLength - Length);
        }

        int captured = Math.Min(payloadLength, bytes.Length - Length);
        packet.Payload = bytes.Slice(Length, captured);
        packet.MissingBytes = payloadLength - captured;
        packet.Protocol = bytes[6];
        return SkipExtensions(ref packet);
    }

    /// <summary>Walks the extension headers at the beginning of the payload. A reassembled datagram can have more of them.</summary>
    public static HeaderVerdict SkipExtensions(ref IpPacket packet)
    {
        for (int count = 0; count < MaxExtensionHeaders; count++)
        {
            var rest = packet.Payload;
            int length;
            switch (packet.Protocol)
            {
                case IpProtocol.HopByHopOptions:
                case IpProtocol.Routing:
                case IpProtocol.DestinationOptions:
                case IpProtocol.Mobility:
                case IpProtocol.HostIdentity:
                case IpProtocol.Shim6:
                    length = rest.Length < 2 ? 8 : (rest[1] + 1) * 8;
                    break;
                case IpProtocol.Authentication:
                    length = rest.Length < 2 ? 8 : (rest[1] + 2) * 4;
                    break;
                case IpProtocol.Fragment:
                    var verdict = ReadFragment(ref packet);
                    if (verdict != HeaderVerdict.Done || packet.IsFragment)
                    {
                        return verdict;
                    }

                    // An atomic fragment (RFC 6946) is a whole datagram; more extension headers may follow.
                    continue;
                default:
                    return HeaderVerdict.Done;
            }

            if (rest.Length < length)
            {
                return packet.MissingBytes > 0 ? HeaderVerdict.Short : HeaderVerdict.Malformed;
            }

            packet.Protocol = rest[0];
            packet.Payload = rest[length..];
        }

        return HeaderVerdict.Malformed;
    }

    private static HeaderVerdict ReadFragment(ref IpPacket packet)
    {
        var rest = packet.Payload;
        if (rest.Length < FragmentHeaderLength)
        {
            return packet.MissingBytes > 0 ? HeaderVerdict.Short : HeaderVerdict.Malformed;
        }

        ushort offsetAndFlags = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        packet.Protocol = rest[0];
        packet.Payload = rest[FragmentHeaderLength..];
        packet.FragmentOffset = offsetAndFlags & 0xFFF8;
        packet.HasMoreFragments = (offsetAndFlags & 1) != 0;
        packet.Identification = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        packet.IsFragment = packet.FragmentOffset != 0 || packet.HasMoreFragments;
        return HeaderVerdict.Done;
    }
}
