using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Flows;

/// <summary>A conversation made by chance, with its packets and what each side sent.</summary>
internal sealed class Conversation
{
    private const int PayloadOffset = 14 + 20 + 20;

    private readonly TcpConversation _tcp;

    private Conversation(TcpConversation tcp, byte[] toServer, byte[] toClient, List<FlowDirection> turns)
    {
        _tcp = tcp;
        ToServer = toServer;
        ToClient = toClient;
        Turns = turns;
    }

    public byte[] ToServer { get; }

    public byte[] ToClient { get; }

    public List<FlowDirection> Turns { get; }

    public static Conversation Random(Random random)
    {
        var tcp = new TcpConversation { ClientNext = Start(random), ServerNext = Start(random) }.Open();
        var toServer = new List<byte>();
        var toClient = new List<byte>();
        var turns = new List<FlowDirection>();
        for (int i = random.Next(2, 12); i > 0; i--)
        {
            tcp.SegmentBytes = random.Next(1, 400);
            var request = new byte[random.Next(2, 800)];
            random.NextBytes(request);
            tcp.Request(request);
            toServer.AddRange(request);
            turns.Add(FlowDirection.ToServer);

            tcp.SegmentBytes = random.Next(1, 400);
            var response = new byte[random.Next(2, 2_000)];
            random.NextBytes(response);
            tcp.Response(response);
            toClient.AddRange(response);
            turns.Add(FlowDirection.ToClient);
        }

        tcp.Close();
        return new Conversation(tcp, [.. toServer], [.. toClient], turns);
    }

    public static bool IsData(TestPacket packet) => packet.Frame.Length > PayloadOffset;

    /// <summary>
    /// The packets, those with data moved by less than a window, some of them twice, some sent again with other limits. The handshake
    /// and the end stay where they are.
    /// </summary>
    public List<TestPacket> Shuffled(Random random, int window, int repeatOneOf)
    {
        var all = _tcp.Packets;
        var middle = new List<(double Place, TestPacket Packet)>();
        for (int i = 3; i < all.Count - 3; i++)
        {
            middle.Add((i + random.NextDouble() * window, all[i]));
            if (random.Next(repeatOneOf) == 0)
            {
                middle.Add((i + random.NextDouble() * window * 2, all[i]));
            }

            if (random.Next(repeatOneOf) == 0 && i + 1 < all.Count - 3 && Joined(all[i], all[i + 1]) is { } joined)
            {
                middle.Add((i + random.NextDouble() * window * 2, joined));
            }
        }

        var order = all.Take(3).Concat(middle.OrderBy(entry => entry.Place).Select(entry => entry.Packet)).Concat(all.TakeLast(3));
        long start = all[0].AtMicroseconds;
        return [.. order.Select((packet, index) => packet.At(start + index * 10))];
    }

    /// <summary>Two neighbouring segments of one side as a sender that sends again would send them: as one.</summary>
    private static TestPacket? Joined(TestPacket first, TestPacket second)
    {
        var ports = first.Frame.AsSpan(34, 4);
        if (!ports.SequenceEqual(second.Frame.AsSpan(34, 4)) || !IsData(first) || !IsData(second))
        {
            return null;
        }

        byte[] frame = [.. first.Frame, .. second.Frame.AsSpan(PayloadOffset)];
        int length = frame.Length - 14;
        frame[16] = (byte)(length >> 8);
        frame[17] = (byte)length;
        return new TestPacket(first.AtMicroseconds, frame);
    }

    /// <summary>Half of the conversations cross the wrap of the sequence numbers.</summary>
    private static uint Start(Random random) => random.Next(2) == 0 ? (uint)random.NextInt64(uint.MaxValue) : uint.MaxValue - (uint)random.Next(5_000);
}
