using System.Net;

namespace Replay.TestKit.Packets;

/// <summary>
/// A TCP connection as packets on Ethernet: open, send to and fro, close. Each call adds packets to <see cref="Packets"/>; tests then
/// drop, repeat or reorder them as they like.
/// </summary>
public sealed class TcpConversation
{
    /// <summary>A connection whose clock starts at a given time.</summary>
    public TcpConversation(string client = "10.0.0.2:40000", string server = "10.0.0.1:5432", long startMicroseconds = 1_700_000_000_000_000)
    {
        Client = IPEndPoint.Parse(client);
        Server = IPEndPoint.Parse(server);
        NowMicroseconds = startMicroseconds;
    }

    public IPEndPoint Client { get; }

    public IPEndPoint Server { get; }

    /// <summary>Next sequence number of the client.</summary>
    public uint ClientNext { get; set; } = 1_000;

    /// <summary>Next sequence number of the server.</summary>
    public uint ServerNext { get; set; } = 500_000;

    /// <summary>Most payload bytes in a packet.</summary>
    public int SegmentBytes { get; set; } = 1_448;

    /// <summary>Time of the next packet.</summary>
    public long NowMicroseconds { get; set; }

    /// <summary>Time between packets.</summary>
    public long StepMicroseconds { get; set; } = 10;

    /// <summary>What was sent, in order of time.</summary>
    public List<TestPacket> Packets { get; } = [];

    /// <summary>The handshake.</summary>
    public TcpConversation Open()
    {
        FromClient(TcpBits.Syn, []);
        FromServer(TcpBits.Syn | TcpBits.Ack, []);
        return FromClient(TcpBits.Ack, []);
    }

    /// <summary>Bytes to the server, in segments.</summary>
    public TcpConversation Request(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += SegmentBytes)
        {
            FromClient(TcpBits.Ack | TcpBits.Psh, bytes.Slice(at, Math.Min(SegmentBytes, bytes.Length - at)));
        }

        return this;
    }

    /// <summary>Bytes to the client, in segments.</summary>
    public TcpConversation Response(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += SegmentBytes)
        {
            FromServer(TcpBits.Ack | TcpBits.Psh, bytes.Slice(at, Math.Min(SegmentBytes, bytes.Length - at)));
        }

        return this;
    }

    /// <summary>Both sides say FIN, the client first.</summary>
    public TcpConversation Close()
    {
        FromClient(TcpBits.Fin | TcpBits.Ack, []);
        FromServer(TcpBits.Fin | TcpBits.Ack, []);
        return FromClient(TcpBits.Ack, []);
    }

    /// <summary>One packet of the client with these bits and this payload; the sequence number moves on.</summary>
    public TcpConversation FromClient(TcpBits bits, ReadOnlySpan<byte> payload)
    {
        Add(Client, Server, ClientNext, (bits & TcpBits.Ack) != 0 ? ServerNext : 0, bits, payload);
        ClientNext += Advance(bits, payload);
        return this;
    }

    /// <summary>One packet of the server with these bits and this payload; the sequence number moves on.</summary>
    public TcpConversation FromServer(TcpBits bits, ReadOnlySpan<byte> payload)
    {
        Add(Server, Client, ServerNext, (bits & TcpBits.Ack) != 0 ? ClientNext : 0, bits, payload);
        ServerNext += Advance(bits, payload);
        return this;
    }

    /// <summary>Any packet; nothing moves on but the clock.</summary>
    public TcpConversation Add(IPEndPoint source, IPEndPoint destination, uint sequence, uint acknowledgement, TcpBits bits, ReadOnlySpan<byte> payload)
    {
        byte[] tcp = Headers.Tcp(source.Port, destination.Port, sequence, acknowledgement, bits, payload);
        Packets.Add(new TestPacket(NowMicroseconds, Headers.Frame(source, destination, tcp)));
        NowMicroseconds += StepMicroseconds;
        return this;
    }

    private static uint Advance(TcpBits bits, ReadOnlySpan<byte> payload) =>
        (uint)payload.Length + ((bits & (TcpBits.Syn | TcpBits.Fin)) != 0 ? 1u : 0u);
}
