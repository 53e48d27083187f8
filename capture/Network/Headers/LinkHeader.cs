using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Replay.Network.Headers;

/// <summary>Finds the IP header behind the link header. Layouts: <see href="https://www.tcpdump.org/linktypes.html"/>.</summary>
internal static class LinkHeader
{
    private const int EthernetLength = 14;
    private const int LinuxCookedLength = 16;
    private const int LinuxCooked2Length = 20;
    private const int LoopbackLength = 4;
    private const int VlanTagLength = 4;

    /// <summary>More tags than any switch stacks: bounds the walk.</summary>
    private const int MaxVlanTags = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HeaderVerdict Skip(LinkType linkType, ReadOnlySpan<byte> frame, out int ipOffset)
    {
        if (linkType == LinkType.Ethernet && frame.Length >= EthernetLength)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
            ipOffset = EthernetLength;
            return type is EtherType.IPv4 or EtherType.IPv6 ? HeaderVerdict.Done : AfterVlanTags(type, frame, ref ipOffset);
        }

        return SkipOther(linkType, frame, out ipOffset);
    }

    private static HeaderVerdict SkipOther(LinkType linkType, ReadOnlySpan<byte> frame, out int ipOffset)
    {
        ipOffset = 0;
        switch (linkType)
        {
            case LinkType.Ethernet:
                return HeaderVerdict.Short;
            case LinkType.LinuxCooked:
                return Cooked(frame, LinuxCookedLength, 14, out ipOffset);
            case LinkType.LinuxCooked2:
                return Cooked(frame, LinuxCooked2Length, 0, out ipOffset);
            case LinkType.Null:
            case LinkType.Loop:
                ipOffset = LoopbackLength;
                return frame.Length < LoopbackLength ? HeaderVerdict.Short : Family(BinaryPrimitives.ReadUInt32LittleEndian(frame));
            case LinkType.Raw:
            case LinkType.RawBsd:
            case LinkType.RawOpenBsd:
            case LinkType.IPv4:
            case LinkType.IPv6:
                return HeaderVerdict.Done;
            default:
                return HeaderVerdict.UnsupportedLink;
        }
    }

    private static HeaderVerdict Cooked(ReadOnlySpan<byte> frame, int headerLength, int typeOffset, out int ipOffset)
    {
        ipOffset = headerLength;
        return frame.Length < headerLength
            ? HeaderVerdict.Short
            : AfterVlanTags(BinaryPrimitives.ReadUInt16BigEndian(frame[typeOffset..]), frame, ref ipOffset);
    }

    private static HeaderVerdict AfterVlanTags(ushort type, ReadOnlySpan<byte> frame, ref int offset)
    {
        for (int tags = 0; tags <= MaxVlanTags; tags++)
        {
            switch (type)
            {
                case EtherType.IPv4:
                case EtherType.IPv6:
                    return HeaderVerdict.Done;
                case EtherType.Vlan:
                case EtherType.ServiceVlan:
                case EtherType.OldServiceVlan:
                    if (frame.Length < offset + VlanTagLength)
                    {
                        return HeaderVerdict.Short;
                    }

                    type = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
                    offset += VlanTagLength;
                    break;
                default:
                    return HeaderVerdict.NotIp;
            }
        }

        return HeaderVerdict.Malformed;
    }

    /// <summary>
    /// The family is in the byte order of the host that captured, which the file does not tell; and IPv6 has another number on each
    /// system. All are below 256, so the wrong order shows.
    /// </summary>
    private static HeaderVerdict Family(uint family)
    {
        const uint Inet = 2, Inet6Linux = 10, Inet6NetBsd = 24, Inet6FreeBsd = 28, Inet6Darwin = 30;
        uint number = family > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(family) : family;
        return number is Inet or Inet6Linux or Inet6NetBsd or Inet6FreeBsd or Inet6Darwin ? HeaderVerdict.Done : HeaderVerdict.NotIp;
    }
}
