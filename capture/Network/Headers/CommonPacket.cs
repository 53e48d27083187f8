using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Replay.Network.Headers;

/// <summary>
/// The packet that nearly all are: Ethernet, IPv4 without options and not a fragment, TCP, captured whole. One look tells, and its
/// fields are at known places, at half the cost of reading header by header.
/// </summary>
internal static class CommonPacket
{
    private const int IpOffset = 14;
    private const int TcpOffset = IpOffset + 20;
    private const int MinLength = TcpOffset + 20;

    /// <summary>Reads the packet if it is such a one. If not, nothing is known of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(in CapturedPacket packet, out IpPacket ip, out TcpSegment segment)
    {
        var frame = packet.Data;
        Unsafe.SkipInit(out ip);
        Unsafe.SkipInit(out segment);
        if (frame.Length < MinLength || packet.LinkType != LinkType.Ethernet)
        {
            return false;
        }

        ref byte first = ref MemoryMarshal.GetReference(frame);
        int end = IpOffset + Read16(ref first, IpOffset + 2);
        int payload = TcpOffset + (Unsafe.Add(ref first, TcpOffset + 12) >> 4) * 4;
        bool isCommon = Read16(ref first, IpOffset - 2) == EtherType.IPv4
            & Unsafe.Add(ref first, IpOffset) == 0x45
            & (Read16(ref first, IpOffset + 6) & 0x3FFF) == 0
            & Unsafe.Add(ref first, IpOffset + 9) == IpProtocol.Tcp
            & payload >= MinLength
            & payload <= end
            & end <= frame.Length;
        if (!isCommon)
        {
            return false;
        }

        ip.SourceHigh = 0;
        ip.SourceLow = FlowAddress.MappedPrefix | Read32(ref first, IpOffset + 12);
        ip.DestinationHigh = 0;
        ip.DestinationLow = FlowAddress.MappedPrefix | Read32(ref first, IpOffset + 16);
        segment.SourcePort = Read16(ref first, TcpOffset);
        segment.DestinationPort = Read16(ref first, TcpOffset + 2);
        segment.Sequence = Read32(ref first, TcpOffset + 4);
        segment.Acknowledgement = Read32(ref first, TcpOffset + 8);
        segment.Flags = (TcpFlags)Unsafe.Add(ref first, TcpOffset + 13);
        segment.MissingBytes = 0;
        segment.Payload = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, payload), end - payload);
        return true;
    }

    private static ushort Read16(ref byte first, int offset) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, offset)));

    private static uint Read32(ref byte first, int offset) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, offset)));
}
