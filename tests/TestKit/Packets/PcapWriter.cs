using System.Buffers.Binary;

namespace Replay.TestKit.Packets;

/// <summary>Writes captures in the pcap format.</summary>
public static class PcapWriter
{
    /// <summary>A whole file.</summary>
    public static byte[] ToBytes(
        IEnumerable<TestPacket> packets, uint linkType = Headers.LinkEthernet, bool isBigEndian = false, bool isNanoseconds = false, bool isModified = false)
    {
        using var stream = new MemoryStream();
        Write(stream, packets, linkType, isBigEndian, isNanoseconds, isModified);
        return stream.ToArray();
    }

    /// <summary>Header and records.</summary>
    public static void Write(
        Stream stream,
        IEnumerable<TestPacket> packets,
        uint linkType = Headers.LinkEthernet,
        bool isBigEndian = false,
        bool isNanoseconds = false,
        bool isModified = false)
    {
        Number(isNanoseconds ? 0xA1B23C4D : isModified ? 0xA1B2CD34 : 0xA1B2C3D4);
        Number(isBigEndian ? 0x0002_0004u : 0x0004_0002u);
        Number(0);
        Number(0);
        Number(262_144);
        Number(linkType);
        foreach (var packet in packets)
        {
            Number((uint)(packet.AtMicroseconds / 1_000_000));
            Number((uint)(packet.AtMicroseconds % 1_000_000) * (isNanoseconds ? 1000u : 1u));
            Number((uint)packet.Frame.Length);
            Number((uint)packet.OriginalLength);
            if (isModified)
            {
                Number(0);
                Number(0);
            }

            stream.Write(packet.Frame);
        }

        void Number(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            if (isBigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            }

            stream.Write(bytes);
        }
    }
}
