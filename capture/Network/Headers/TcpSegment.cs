using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Replay.Network.Headers;

/// <summary>
/// TCP, <see href="https://www.rfc-editor.org/rfc/rfc9293#section-3.1"/>. Options are skipped: nothing in them changes which bytes were
/// carried. The checksum is not verified: on the host that sends it is computed by the interface, after the tap.
/// </summary>
internal ref struct TcpSegment
{
    private const int MinLength = 20;

    public ReadOnlySpan<byte> Payload;

    /// <summary>Bytes at the payload's end that the capture cut off.</summary>
    public int MissingBytes;

    public uint Sequence;
    public uint Acknowledgement;
    public ushort SourcePort;
    public ushort DestinationPort;
    public TcpFlags Flags;

    /// <summary>Payload bytes on the wire.</summary>
    public readonly int Length => Payload.Length + MissingBytes;

    public readonly bool Has(TcpFlags flag) => (Flags & flag) != TcpFlags.None;

    /// <summary>Reads the header at the beginning of an IP payload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HeaderVerdict Read(in IpPacket ip, out TcpSegment segment)
    {
        segment = default;
        var bytes = ip.Payload;
        if (bytes.Length < MinLength)
        {
            return ip.MissingBytes > 0 ? HeaderVerdict.Short : HeaderVerdict.Malformed;
        }

        segment.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        segment.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        segment.Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        segment.Acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        segment.Flags = (TcpFlags)bytes[13];
        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < MinLength)
        {
            return HeaderVerdict.Malformed;
        }

        if (bytes.Length < headerLength)
        {
            return ip.MissingBytes > 0 ? HeaderVerdict.Short : HeaderVerdict.Malformed;
        }

        segment.Payload = bytes[headerLength..];
        segment.MissingBytes = ip.MissingBytes;
        return HeaderVerdict.Done;
    }
}
