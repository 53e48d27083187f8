using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Replay.TestKit.Packets;

/// <summary>Headers of packets, by hand. Checksums are left zero, as on a host whose interface computes them.</summary>
public static class Headers
{
    public const int LinkEthernet = 1;
    public const ushort TypeIPv4 = 0x0800;
    public const ushort TypeIPv6 = 0x86DD;
    public const byte ProtocolTcp = 6;

    /// <summary>Ethernet, with VLAN tags (their types) between the addresses and the type.</summary>
    public static byte[] Ethernet(ushort type, ReadOnlySpan<byte> payload, params ReadOnlySpan<ushort> vlanTypes)
    {
        var frame = new List<byte>([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
        foreach (ushort vlan in vlanTypes)
        {
            frame.AddRange([(byte)(vlan >> 8), (byte)vlan, 0, 42]);
        }

        frame.AddRange([(byte)(type >> 8), (byte)type, .. payload]);
        return [.. frame];
    }

    /// <summary>An Ethernet frame with the IP version of the addresses.</summary>
    public static byte[] Frame(IPEndPoint source, IPEndPoint destination, ReadOnlySpan<byte> tcp) =>
        Ethernet(source.AddressFamily == AddressFamily.InterNetwork ? TypeIPv4 : TypeIPv6, Ip(source.Address, destination.Address, tcp));

    /// <summary>IPv4 or IPv6, by the addresses.</summary>
    public static byte[] Ip(IPAddress source, IPAddress destination, ReadOnlySpan<byte> payload, byte protocol = ProtocolTcp) =>
        source.AddressFamily == AddressFamily.InterNetwork
            ? IPv4(source, destination, payload, protocol)
            : IPv6(source, destination, payload, protocol);

    /// <summary>IPv4; a fragment if an offset or more fragments are given.</summary>
    public static byte[] IPv4(
        IPAddress source,
        IPAddress destination,
        ReadOnlySpan<byte> payload,
        byte protocol = ProtocolTcp,
        ushort identification = 0,
        int fragmentOffset = 0,
        bool moreFragments = false,
        byte[]? options = null,
        int? totalLength = null)
    {
        int headerLength = 20 + (options?.Length ?? 0);
        var packet = new byte[headerLength + payload.Length];
        packet[0] = (byte)(0x40 | headerLength / 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(totalLength ?? packet.Length));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(fragmentOffset / 8 | (moreFragments ? 0x2000 : 0)));
        packet[8] = 64;
        packet[9] = protocol;
        source.TryWriteBytes(packet.AsSpan(12), out _);
        destination.TryWriteBytes(packet.AsSpan(16), out _);
        options?.CopyTo(packet, 20);
        payload.CopyTo(packet.AsSpan(headerLength));
        return packet;
    }

    /// <summary>IPv6; extension headers, if any, are the beginning of the payload.</summary>
    public static byte[] IPv6(IPAddress source, IPAddress destination, ReadOnlySpan<byte> payload, byte nextHeader = ProtocolTcp, int? payloadLength = null)
    {
        var packet = new byte[40 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(payloadLength ?? payload.Length));
        packet[6] = nextHeader;
        packet[7] = 64;
        source.TryWriteBytes(packet.AsSpan(8), out _);
        destination.TryWriteBytes(packet.AsSpan(24), out _);
        payload.CopyTo(packet.AsSpan(40));
        return packet;
    }

    /// <summary>An IPv6 fragment header and the fragment behind it.</summary>
    public static byte[] IPv6Fragment(byte nextHeader, uint identification, int offset, bool moreFragments, ReadOnlySpan<byte> part)
    {
        var fragment = new byte[8 + part.Length];
        fragment[0] = nextHeader;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(2), (ushort)(offset | (moreFragments ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(fragment.AsSpan(4), identification);
        part.CopyTo(fragment.AsSpan(8));
        return fragment;
    }

    /// <summary>TCP with its payload. Options must be a multiple of four bytes.</summary>
    public static byte[] Tcp(
        int sourcePort, int destinationPort, uint sequence, uint acknowledgement, TcpBits bits, ReadOnlySpan<byte> payload, byte[]? options = null)
    {
        int headerLength = 20 + (options?.Length ?? 0);
        var segment = new byte[headerLength + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgement);
        segment[12] = (byte)(headerLength / 4 << 4);
        segment[13] = (byte)bits;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 65_535);
        options?.CopyTo(segment, 20);
        payload.CopyTo(segment.AsSpan(headerLength));
        return segment;
    }
}
