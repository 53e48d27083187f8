using System.Buffers.Binary;

namespace Replay.TestKit.Packets;

/// <summary>Writes captures in the pcapng format, block by block.</summary>
public sealed class PcapNgWriter(bool isBigEndian = false)
{
    private readonly MemoryStream _stream = new();

    public byte[] ToArray() => _stream.ToArray();

    /// <summary>Begins a section.</summary>
    public PcapNgWriter Section() => Block(0x0A0D0D0A, [.. Bytes32(0x1A2B3C4D), .. Bytes16(1), .. Bytes16(0), .. Bytes64(ulong.MaxValue)]);

    /// <summary>Describes an interface.</summary>
    /// <param name="linkType">Its link type.</param>
    /// <param name="options">Made by <see cref="Option"/>.</param>
    public PcapNgWriter Interface(int linkType = Headers.LinkEthernet, params byte[][] options) =>
        Block(1, [.. Bytes16((ushort)linkType), .. Bytes16(0), .. Bytes32(262_144), .. Options(options)]);

    /// <summary>An enhanced packet block, its time in ticks of the interface.</summary>
    public PcapNgWriter Enhanced(int number, ulong ticks, TestPacket packet) => Block(
        6,
        [
            .. Bytes32((uint)number), .. Bytes32((uint)(ticks >> 32)), .. Bytes32((uint)ticks), .. Bytes32((uint)packet.Frame.Length),
            .. Bytes32((uint)packet.OriginalLength), .. Padded(packet.Frame),
        ]);

    /// <summary>An obsolete packet block.</summary>
    public PcapNgWriter Obsolete(int number, ulong ticks, TestPacket packet) => Block(
        2,
        [
            .. Bytes16((ushort)number), .. Bytes16(0), .. Bytes32((uint)(ticks >> 32)), .. Bytes32((uint)ticks), .. Bytes32((uint)packet.Frame.Length),
            .. Bytes32((uint)packet.OriginalLength), .. Padded(packet.Frame),
        ]);

    /// <summary>A simple packet block.</summary>
    public PcapNgWriter Simple(TestPacket packet) => Block(3, [.. Bytes32((uint)packet.OriginalLength), .. Padded(packet.Frame)]);

    /// <summary>An interface statistics block.</summary>
    public PcapNgWriter Statistics(int number, params byte[][] options) =>
        Block(5, [.. Bytes32((uint)number), .. Bytes32(0), .. Bytes32(0), .. Options(options)]);

    /// <summary>Any block.</summary>
    public PcapNgWriter Block(uint type, byte[] body)
    {
        uint length = (uint)(body.Length + 12);
        _stream.Write([.. Bytes32(type), .. Bytes32(length), .. body, .. Bytes32(length)]);
        return this;
    }

    /// <summary>An option in the writer's byte order.</summary>
    public byte[] Option(ushort code, params byte[] value) => [.. Bytes16(code), .. Bytes16((ushort)value.Length), .. Padded(value)];

    public byte[] Bytes64(ulong value) => isBigEndian
        ? [.. Bytes32((uint)(value >> 32)), .. Bytes32((uint)value)]
        : [.. Bytes32((uint)value), .. Bytes32((uint)(value >> 32))];

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];

    private static byte[] Options(byte[][] options) => options.Length == 0 ? [] : [.. options.SelectMany(option => option), 0, 0, 0, 0];

    private byte[] Bytes16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }

    private byte[] Bytes32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }
}
