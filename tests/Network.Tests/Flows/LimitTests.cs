using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Flows;

/// <summary>What happens at each bound.</summary>
public sealed class LimitTests
{
    [Fact]
    public void AFullBufferTurnsTheHoleIntoAGap()
    {
        var c = new TcpConversation { SegmentBytes = 1_000 }.Open().Request(Bytes(100_000));
        var tap = new Tap(new ReassemblyLimits { MaxBufferedBytesPerFlow = 20_000 }).Feed(c.Packets.Where((_, index) => index != 3));

        Assert.Equal("gap>1000", tap.Only.Events[0]);
        Assert.Equal(99_000, tap.Only.ToServer.Length);
        Assert.Equal(1, tap.Counters.BufferBoundHits);
        tap.Finish();
    }

    [Fact]
    public void TooManySegmentsTurnTheHoleIntoAGap()
    {
        var c = new TcpConversation { SegmentBytes = 10 }.Open().Request(Bytes(1_000));
        var tap = new Tap(new ReassemblyLimits { MaxBufferedSegmentsPerFlow = 7 }).Feed(c.Packets.Where((_, index) => index != 3)).Finish();

        Assert.Equal("gap>10", tap.Only.Events[0]);
        Assert.Equal(990, tap.Only.ToServer.Length);
    }

    [Fact]
    public void TheSegmentThatFillsTheHoleIsTakenEvenIfTheBufferIsFull()
    {
        var c = new TcpConversation { SegmentBytes = 10 }.Open().Request(Bytes(80));
        var p = c.Packets;
        var tap = new Tap(new ReassemblyLimits { MaxBufferedSegmentsPerFlow = 7 }).Feed([p[0], p[1], p[2], .. p[4..], p[3]]).Finish();

        Assert.Equal(Bytes(80), tap.Only.ToServer);
        Assert.Equal(0, tap.Counters.MissingBytes);
    }

    [Fact]
    public void TheBoundOverAllFlowsHolds()
    {
        var limits = new ReassemblyLimits { MaxBufferedBytes = 50_000 };
        var tap = new Tap(limits);
        for (int port = 40_000; port < 40_200; port++)
        {
            var c = new TcpConversation($"10.0.0.2:{port}") { SegmentBytes = 1_000 }.Open().Request(Bytes(10_000));
            tap.Feed(c.Packets.Where((_, index) => index != 3));
            Assert.InRange(tap.Counters.BufferedBytes, 0, limits.MaxBufferedBytes);
        }

        tap.Finish();
        Assert.All(tap.Flows, flow => Assert.Equal(9_000, flow.ToServer.Length));
        Assert.Equal(200_000, tap.Counters.MissingBytes);
    }

    [Fact]
    public void AFullTableEvictsTheLongestSilent()
    {
        var tap = new Tap(new ReassemblyLimits { MaxFlows = 32 });
        var conversations = Enumerable.Range(0, 40)
            .Select(i => new TcpConversation($"10.0.0.2:{40_000 + i}", startMicroseconds: 1_000_000 + i * 1_000).Open().Request("one"u8))
            .ToList();
        foreach (var conversation in conversations)
        {
            tap.Feed(conversation.Packets);
            Assert.InRange(tap.FlowsHeld, 1, 32);
        }

        Assert.Equal(8, tap.Flows.Count(flow => flow.Reason == FlowCloseReason.Evicted));
        Assert.All(tap.Flows.Take(8), flow => Assert.Equal(FlowCloseReason.Evicted, flow.Reason));
        Assert.Equal(8, tap.Counters.FlowsEvicted);
        tap.Finish();
    }

    [Fact]
    public void AFullTableForgetsClosedOnesFirst()
    {
        var tap = new Tap(new ReassemblyLimits { MaxFlows = 4 });
        tap.Feed(new TcpConversation("10.0.0.2:1", startMicroseconds: 1_000_000).Open().Request("old"u8).Packets);
        for (int port = 2; port < 50; port++)
        {
            tap.Feed(new TcpConversation($"10.0.0.2:{port}", startMicroseconds: 1_000_000 + port * 1_000).Open().Request("one"u8).Close().Packets);
        }

        Assert.Null(tap.Flows[0].Reason);
        Assert.Equal(0, tap.Counters.FlowsEvicted);
        tap.Finish();
    }

    [Fact]
    public void ManyFlowsAreFoundAgain()
    {
        var tap = new Tap();
        var conversations = Enumerable.Range(0, 5_000).Select(i => new TcpConversation($"10.0.{i / 250}.{i % 250}:{30_000 + i}").Open()).ToList();
        foreach (var conversation in conversations)
        {
            tap.Feed(conversation.Packets);
        }

        foreach (var conversation in conversations)
        {
            tap.Feed(conversation.Request("x"u8).Packets.TakeLast(1));
        }

        foreach (var conversation in conversations)
        {
            tap.Feed(conversation.Close().Packets.TakeLast(3));
        }

        Assert.Equal(5_000, tap.Flows.Count);
        Assert.All(tap.Flows, flow => Assert.Equal([">x", "Fin"], flow.Events));
        tap.Finish();
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i * 31 + (i >> 8));
        }

        return bytes;
    }
}
