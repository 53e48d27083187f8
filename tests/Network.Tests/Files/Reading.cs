using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Files;

/// <summary>What a source delivers, copied.</summary>
internal static class Reading
{
    public static List<TestPacket> All(PacketSource source)
    {
        var packets = new List<TestPacket>();
        while (source.TryNext(out var packet))
        {
            packets.Add(new TestPacket(packet.AtMicroseconds, packet.Data.ToArray()) { OriginalLength = packet.OriginalLength });
        }

        Assert.True(source.IsEnded);
        Assert.False(source.TryNext(out _));
        Assert.Equal(packets.Count, source.Counters.Delivered);
        Assert.Equal(packets.Sum(packet => packet.Frame.Length), source.Counters.DeliveredBytes);
        return packets;
    }

    public static List<TestPacket> All(byte[] bytes, int step = int.MaxValue)
    {
        using var source = PcapFile.Open(new SlowStream(bytes, step));
        var packets = All(source);
        Assert.Null(source.Problem);
        return packets;
    }

    public static void Equal(IReadOnlyList<TestPacket> expected, IReadOnlyList<TestPacket> actual)
    {
        Assert.Equal(expected.Select(packet => packet.AtMicroseconds), actual.Select(packet => packet.AtMicroseconds));
        Assert.Equal(expected.Select(packet => packet.OriginalLength), actual.Select(packet => packet.OriginalLength));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Frame, pair.Second.Frame));
    }
}
