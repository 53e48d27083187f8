using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Flows;

/// <summary>What is not in the capture: how it is noticed, how much it is, and what order results.</summary>
public sealed class GapTests
{
    private static readonly long Patience = (long)new ReassemblyLimits().ReorderPatience.TotalMicroseconds;

    [Fact]
    public void ALostSegmentIsAGapOnceTheReceiverAcknowledgedIt()
    {
        var c = new TcpConversation { SegmentBytes = 4 }.Open().Request("ask."u8).Response("111122223333"u8);
        c.FromClient(TcpBits.Ack, []);
        c.NowMicroseconds += 2 * Patience;
        c.Request("next"u8);
        var tap = new Tap().Feed(Without(c, 5)).Finish();

        Assert.Equal([">ask.", "<1111", "gap<4", "<3333", ">next", "EndOfCapture"], tap.Only.Events);
        Assert.Equal(4, tap.Counters.MissingBytes);
        Assert.Equal(1, tap.Counters.Gaps);
    }

    [Fact]
    public void ALostRequestIsAGapBeforeItsResponse()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8).Request("two"u8).Response("2"u8);
        c.NowMicroseconds += 2 * Patience;
        c.Request("three"u8);
        var flow = new Tap().Feed(Without(c, 5)).Finish().Only;

        Assert.Equal([">one", "<1", "gap>3", "<2", ">three", "EndOfCapture"], flow.Events);
        Assert.Equal(c.Packets[6].AtMicroseconds, flow.Times[3]);
    }

    [Fact]
    public void ALostResponseIsAGapBeforeTheNextRequest()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("result"u8).Request("two"u8);
        c.NowMicroseconds += 2 * Patience;
        c.Response("2"u8);
        var flow = new Tap().Feed(Without(c, 4)).Finish().Only;

        Assert.Equal([">one", "gap<6", ">two", "<2", "EndOfCapture"], flow.Events);
    }

    [Fact]
    public void AResponseCapturedBeforeItsRequestWaitsForIt()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8);
        var p = c.Packets;
        var tap = new Tap().Feed([p[0], p[1], p[2], p[4], p[3]]).Finish();

        Assert.Equal([">one", "<1", "EndOfCapture"], tap.Only.Events);
        Assert.Equal(0, tap.Counters.MissingBytes);
    }

    [Fact]
    public void BytesThatNobodyAcknowledgedAreWaitedForLonger()
    {
        var c = new TcpConversation { SegmentBytes = 2 }.Open().Request("abcdef"u8);
        var tap = new Tap().Feed(Without(c, 4));
        tap.Advance(c.NowMicroseconds + 10 * Patience);
        Assert.Equal([">ab"], tap.Only.Events);

        tap.Advance(c.NowMicroseconds + 20_000_000);
        Assert.Equal([">ab", "gap>2", ">ef"], tap.Only.Events);
        tap.Finish();
    }

    [Fact]
    public void TheEndTellsWhatIsMissingBeforeIt()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8).Close();
        var tap = new Tap().Feed(Without(c, 3, 4, 7)).Finish();

        Assert.Equal(["gap>3", "gap<1", "Fin"], tap.Only.Events);
        Assert.Equal(4, tap.Counters.MissingBytes);
    }

    [Fact]
    public void ALostFinIsNoLostByte()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8).Close();
        var tap = new Tap().Feed(Without(c, 5)).Advance(c.NowMicroseconds + 2 * Patience);

        Assert.Equal([">one", "<1", "Fin"], tap.Only.Events);
        Assert.Equal(0, tap.Finish().Counters.MissingBytes);
    }

    [Fact]
    public void ALostByteThatSomebodyGoesOnBehindIsALostByte()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("S"u8).Request("two"u8);
        var flow = new Tap().Feed(Without(c, 4)).Finish().Only;

        Assert.Equal([">one", "gap<1", ">two", "EndOfCapture"], flow.Events);
    }

    [Fact]
    public void ALostByteTakenForAFinIsToldWhenDataFollows()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("S"u8);
        c.FromClient(TcpBits.Ack, []);
        c.NowMicroseconds += 2 * Patience;
        c.Response("more"u8);
        var tap = new Tap().Feed(Without(c, 4)).Finish();

        Assert.Equal([">one", "gap<1", "<more", "EndOfCapture"], tap.Only.Events);
        Assert.Equal(1, tap.Counters.MissingBytes);
    }

    [Fact]
    public void WhatTheSnapLengthCutOffIsAGap()
    {
        var c = new TcpConversation().Open().Request("0123456789"u8).Response("abc"u8);
        var packets = c.Packets.Select(packet => packet.Cut(14 + 20 + 20 + 4));
        var tap = new Tap().Feed(packets).Finish();

        Assert.Equal([">0123", "gap>6", "<abc", "EndOfCapture"], tap.Only.Events);
    }

    [Fact]
    public void WhatTheSnapLengthCutOffIsAGapOutOfOrderToo()
    {
        var c = new TcpConversation { SegmentBytes = 8 }.Open().Request("0123456789abcdefg"u8).Response("x"u8);
        var p = c.Packets.Select(packet => packet.Cut(14 + 20 + 20 + 4)).ToList();
        var tap = new Tap().Feed([p[0], p[1], p[2], p[4], p[3], p[5], p[6]]).Finish();

        Assert.Equal([">0123", "gap>4", ">89ab", "gap>4", ">g", "<x", "EndOfCapture"], tap.Only.Events);
    }

    [Fact]
    public void OnlyOneDirectionCapturedGivesThatDirectionAndGapsOfTheOther()
    {
        var c = new TcpConversation { StepMicroseconds = 50_000 }.Open().Request("one"u8).Response("1"u8).Request("two"u8).Response("22"u8).Request("three"u8);
        var toServer = c.Packets.Where((_, index) => index is not (1 or 4 or 6));
        var flow = new Tap().Feed(toServer).Finish().Only;

        Assert.Equal([">one", "gap<1", ">two", "gap<2", ">three", "EndOfCapture"], flow.Events);
    }

    [Fact]
    public void ALongPauseOfTheCaptureIsOneLargeGap()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8);
        c.ServerNext += 200 * 1024 * 1024;
        c.Response("tail"u8);
        var tap = new Tap().Feed(c.Packets).Finish();

        Assert.Equal([">one", "<1", $"gap<{200 * 1024 * 1024}", "<tail", "EndOfCapture"], tap.Only.Events);
    }

    private static IEnumerable<TestPacket> Without(TcpConversation conversation, params int[] indices) =>
        conversation.Packets.Where((_, index) => !indices.Contains(index));
}
