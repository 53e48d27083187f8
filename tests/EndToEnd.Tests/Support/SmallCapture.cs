using System.Buffers.Binary;
using System.Text;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>A pcap file (raw IPv4) of one PostgreSQL session on port 5432: login without a password, then queries of one row each.</summary>
internal static class SmallCapture
{
    private const uint Magic = 0xA1B2C3D4;
    private const uint RawIp = 101;
    private const int IpHeader = 20;
    private const int TcpHeader = 20;
    private const ushort ClientPort = 50000;
    private const ushort ServerPort = 5432;
    private const byte Syn = 2;
    private const byte Ack = 16;

    /// <summary>Writes it to <paramref name="file"/>.</summary>
    public static void Write(string file, int queries)
    {
        using var stream = File.Create(file);
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 65535);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], RawIp);
        stream.Write(header);

        var session = new Session(stream);
        session.Open();
        session.Send(toServer: true, [0, 0, 0, 18, 0, 3, 0, 0, .. "user\0app\0\0"u8]);
        session.Send(toServer: false, [.. Message('R', [0, 0, 0, 0]), .. Message('Z', "I"u8)]);
        for (var i = 0; i < queries; i++)
        {
            session.Send(toServer: true, Message('Q', Encoding.ASCII.GetBytes($"SELECT {i}\0")));
            session.Send(toServer: false,
            [
                .. Message('T', [0, 1, .. "n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, 255, 255, 255, 255, 0, 0]),
                .. Message('D', [0, 1, 0, 0, 0, 1, (byte)'1']),
                .. Message('C', "SELECT 1\0"u8),
                .. Message('Z', "I"u8),
            ]);
        }
    }

    private static byte[] Message(char type, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[5 + body.Length];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), 4 + body.Length);
        body.CopyTo(bytes.AsSpan(5));
        return bytes;
    }

    private sealed class Session(FileStream stream)
    {
        private readonly uint[] _next = [1000, 2000]; // sequence numbers: the client's, the server's
        private uint _seconds = 1_760_000_000;

        public void Open()
        {
            Packet(true, Syn, []);
            Packet(false, Syn | Ack, []);
            _next[0]++;
            _next[1]++;
        }

        public void Send(bool toServer, byte[] data) => Packet(toServer, Ack, data);

        private void Packet(bool toServer, byte flags, ReadOnlySpan<byte> data)
        {
            var (from, to) = toServer ? (0, 1) : (1, 0);
            var packet = new byte[IpHeader + TcpHeader + data.Length];
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            packet[8] = 64; // hops
            packet[9] = 6; // TCP
            (packet[12], packet[15], packet[16], packet[19]) = (10, (byte)(from + 1), 10, (byte)(to + 1));
            var tcp = packet.AsSpan(IpHeader);
            BinaryPrimitives.WriteUInt16BigEndian(tcp, toServer ? ClientPort : ServerPort);
            BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], toServer ? ServerPort : ClientPort);
            BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], _next[from]);
            BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], flags == Syn ? 0 : _next[to]);
            tcp[12] = 0x50;
            tcp[13] = flags;
            BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 65535);
            data.CopyTo(tcp[TcpHeader..]);
            _next[from] += (uint)data.Length;

            Span<byte> record = stackalloc byte[16];
            BinaryPrimitives.WriteUInt32LittleEndian(record, _seconds++);
            BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)packet.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)packet.Length);
            stream.Write(record);
            stream.Write(packet);
        }
    }
}
