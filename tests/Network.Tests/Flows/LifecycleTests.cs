using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Flows;

/// <summary>How connections begin and end.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void AConnectionAttemptWithoutAnswerIsNoConnection()
    {
        var c = new TcpConversation();
        c.FromClient(TcpBits.Syn, []);
        c.Add(c.Server, c.Client, 0, c.ClientNext, TcpBits.Rst | TcpBits.Ack, []);
        Assert.Empty(new Tap().Feed(c.Packets).Finish().Flows);
    }

    [Fact]
    public void AResetEndsIt()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        c.Add(c.Server, c.Client, c.ServerNext, c.ClientNext, TcpBits.Rst | TcpBits.Ack, []);
        c.Request("late"u8);
        var tap = new Tap().Feed(c.Packets).Finish();

        Assert.Equal([">one", "Reset"], tap.Only.Events);
        Assert.Equal(4, tap.Counters.DiscardedBytes);
    }

    [Fact]
    public void AResetFarOutsideTheWindowIsSomebodyElses()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        c.Add(c.Client, c.Server, c.ClientNext + 0x5000_0000, c.ServerNext, TcpBits.Rst, []);
        c.Response("1"u8);
        Assert.Equal([">one", "<1", "EndOfCapture"], new Tap().Feed(c.Packets).Finish().Only.Events);
    }

    [Fact]
    public void AResetThatAcknowledgesAHalfOfWhichNothingIsKnownEndsIt()
    {
        var c = new TcpConversation();
        c.FromClient(TcpBits.Psh, "no acknowledgement"u8);
        c.Add(c.Client, c.Server, c.ClientNext, c.ServerNext, TcpBits.Rst | TcpBits.Ack, []);
        Assert.Equal([">no acknowledgement", "Reset"], new Tap().Feed(c.Packets).Finish().Only.Events);
    }

    [Fact]
    public void PacketsBehindTheEndDoNotOpenItAgain()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8).Close();
        var late = c.Packets.TakeLast(4).ToList();
        var tap = new Tap().Feed(c.Packets).Feed(late).Finish();

        Assert.Equal([">one", "<1", "Fin"], tap.Only.Events);
    }

    [Fact]
    public void APortUsedAgainIsAnotherConnection()
    {
        var first = new TcpConversation().Open().Request("one"u8);
        var second = new TcpConversation(startMicroseconds: first.NowMicroseconds) { ClientNext = 77_000_000, ServerNext = 99_000_000 };
        second.Open().Request("two"u8).Response("2"u8);
        var tap = new Tap().Feed([.. first.Packets, .. second.Packets]).Finish();

        Assert.Equal([">one", "Replaced"], tap.Flows[0].Events);
        Assert.Equal([">two", "<2", "EndOfCapture"], tap.Flows[1].Events);
        Assert.True(tap.Flows[1].FromStart);
        Assert.Equal(second.Packets[0].AtMicroseconds, tap.Flows[1].OpenedAtMicroseconds);
    }

    [Fact]
    public void APortUsedAgainIsSeenByTheSynOfTheServerAlone()
    {
        var first = new TcpConversation().Open().Request("one"u8);
        var second = new TcpConversation(startMicroseconds: first.NowMicroseconds) { ClientNext = 77_000_000, ServerNext = 99_000_000 };
        second.Open().Request("two"u8);
        var tap = new Tap().Feed([.. first.Packets, .. second.Packets.Skip(1)]).Finish();

        Assert.Equal([">two", "EndOfCapture"], tap.Flows[1].Events);
        Assert.True(tap.Flows[1].FromStart);
    }

    [Fact]
    public void APortUsedAgainWithoutItsHandshakeIsSeenByItsNumbers()
    {
        var first = new TcpConversation().Open().Request("one"u8).Response("1"u8);
        var second = new TcpConversation(startMicroseconds: first.NowMicroseconds) { ClientNext = 3_000_000_000, ServerNext = 2_500_000_000 };
        second.Request("two"u8).Response("2"u8);
        var tap = new Tap().Feed([.. first.Packets, .. second.Packets]).Finish();

        Assert.Equal([">one", "<1", "Replaced"], tap.Flows[0].Events);
        Assert.Equal([">two", "<2", "EndOfCapture"], tap.Flows[1].Events);
        Assert.False(tap.Flows[1].FromStart);
    }

    [Fact]
    public void ARepeatedHandshakeChangesNothing()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8);
        var p = c.Packets;
        var tap = new Tap().Feed([p[0], p[0], p[1], p[1], p[0], p[2], p[3], p[1], p[4]]).Finish();
        Assert.Equal([">one", "<1", "EndOfCapture"], tap.Only.Events);
    }

    [Fact]
    public void TheAnswerToTheSynMayBeCapturedFirst()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        var p = c.Packets;
        var flow = new Tap().Feed([p[1], p[0], p[2], p[3]]).Finish().Only;
        Assert.Equal([">one", "EndOfCapture"], flow.Events);
        Assert.True(flow.FromStart);
    }

    [Fact]
    public void WithoutTheServersSynTheClientsAcknowledgementTellsItsPlace()
    {
        var c = new TcpConversation().Open().Response("hello"u8);
        var p = c.Packets;
        var flow = new Tap().Feed([p[0], p[2], p[3]]).Finish().Only;
        Assert.Equal(["<hello", "EndOfCapture"], flow.Events);
        Assert.True(flow.FromStart);
    }

    [Fact]
    public void SilenceEndsItAfterTheIdleTimeout()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        var tap = new Tap(new ReassemblyLimits { IdleTimeout = TimeSpan.FromHours(1) }).Feed(c.Packets);
        tap.Advance(c.NowMicroseconds + 3_500_000_000);
        Assert.Null(tap.Only.Reason);
        tap.Advance(c.NowMicroseconds + 3_700_000_000);
        Assert.Equal(FlowCloseReason.Idle, tap.Only.Reason);
        Assert.Equal(0, tap.FlowsHeld);
    }

    [Fact]
    public void OneFinAndSilenceEndIt()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        c.FromClient(TcpBits.Fin | TcpBits.Ack, []);
        var tap = new Tap().Feed(c.Packets).Advance(c.NowMicroseconds + 400_000_000);
        Assert.Equal([">one", "Fin"], tap.Only.Events);
    }

    [Fact]
    public void DataBehindTheOthersFinStillComes()
    {
        var c = new TcpConversation().Open().Request("one"u8);
        c.FromClient(TcpBits.Fin | TcpBits.Ack, []);
        c.Response("1"u8).Response("2"u8);
        c.FromServer(TcpBits.Fin | TcpBits.Ack, []);
        Assert.Equal([">one", "<1", "<2", "Fin"], new Tap().Feed(c.Packets).Finish().Only.Events);
    }

    [Fact]
    public void AClosedConnectionIsForgottenAfterAWhile()
    {
        var c = new TcpConversation().Open().Request("one"u8).Close();
        var tap = new Tap().Feed(c.Packets);
        Assert.Equal(1, tap.FlowsHeld);
        tap.Advance(c.NowMicroseconds + 100_000_000);
        Assert.Equal(0, tap.FlowsHeld);
    }

    [Fact]
    public void BetweenTwoServersTheSynDecides()
    {
        var c = new TcpConversation("10.0.0.2:5432", "10.0.0.1:3306").Open().Request("one"u8).Response("1"u8);
        var flow = new Tap(null, "5432", "3306").Feed(c.Packets).Finish().Only;
        Assert.Equal("10.0.0.1:3306", flow.Endpoints.Server.ToString());
        Assert.Equal([">one", "<1", "EndOfCapture"], flow.Events);
    }

    [Fact]
    public void BetweenTwoServersTheSynDecidesAlsoAgainstTheLowerPort()
    {
        var c = new TcpConversation("10.0.0.2:3306", "10.0.0.1:5432").Open().Request("one"u8).Response("1"u8);
        var flow = new Tap(null, "5432", "3306").Feed(c.Packets).Finish().Only;
        Assert.Equal("10.0.0.1:5432", flow.Endpoints.Server.ToString());
    }

    [Fact]
    public void BetweenTwoServersTheLowerPortIsTheServerOfAConnectionThatWasOpen()
    {
        var c = new TcpConversation("10.0.0.2:5432", "10.0.0.1:3306").Request("one"u8).Response("10"u8);
        var flow = new Tap(null, "5432", "3306").Feed(c.Packets).Finish().Only;
        Assert.Equal("10.0.0.1:3306", flow.Endpoints.Server.ToString());
    }

    [Fact]
    public void WhatTheFactoryDoesNotWantIsIgnored()
    {
        var c = new TcpConversation().Open().Request("one"u8).Response("1"u8).Close();
        var tap = new Tap { Wants = _ => false }.Feed(c.Packets).Finish();
        Assert.Empty(tap.Flows);
        Assert.Equal(1, tap.Counters.Decoded);
        Assert.Equal(c.Packets.Count - 1, tap.Counters.Ignored(IgnoreReason.UnwantedFlow));
    }
}
