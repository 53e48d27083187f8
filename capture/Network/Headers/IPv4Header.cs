using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Replay.Network.Headers;

/// <summary>IPv4, <see href="https://www.rfc-editor.org/rfc/rfc791#section-3.1"/>.</summary>
internal static class IPv4Header
{
    private const int MinLength = 20;
    private const ushort MoreFragments = 0x2000;
    private const ushort OffsetMask = 0x1FFF;

    /// <summary>
    /// Reads the header. The checksum is not verified: on the host that sends it is computed by the interface, after the tap.
    /// </summary>
    /// <param name="bytes">From the IP header on, as captured.</param>
    /// <param name="originalLength">The same, as on the wire.</param>
    /// <param name="packet">What it says.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HeaderVerdict Read(ReadOnlySpan<byte> bytes, int originalLength, out IpPacket packet)
    {
        packet = default;
        if (bytes.Length < MinLength)
        {
            return HeaderVerdict.Short;
        }

        int headerLength = (bytes[0] & 0x0F) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        packet.Protocol = bytes[9];
        packet.SourceLow = FlowAddress.MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        packet.DestinationLow = FlowAddress.MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        if (totalLength == 0)
        {
            // A super-packet for segmentation offload, larger than the field can say.
            totalLength = originalLength;
        }

        if (headerLength < MinLength || totalLength < headerLength)
        {
            return HeaderVerdict.Malformed;
        }

        if (bytes.Length < headerLength)
        {
            return HeaderVerdict.Short;
        }

        // What follows the datagram is padding of the link.
        int captured = Math.Min(totalLength, bytes.Length);
        packet.Payload = bytes[headerLength..captured];
        packet.MissingBytes = totalLength - captured;
        if ((fragment & (MoreFragments | OffsetMask)) != 0)
        {
            packet.IsFragment = true;
            packet.Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
            packet.FragmentOffset = (fragment & OffsetMask) * 8;
            packet.HasMoreFragments = (fragment & MoreFragments) != 0;
        }

        return HeaderVerdict.Done;
    }
}
