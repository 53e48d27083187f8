using System.Text;
using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Flows;

public sealed class ReassemblyTests
{
    [Fact]
    public void BytesInOrderComeOutInOrder()
    {
        var conversation = new TcpConversation().Open().Request("select 1"u8).Response("1 row"u8).Request("bye"u8).Close();
        var flow = new Tap().Feed(conversation.Packets).Finish().Only;

        Assert.Equal([">select 1", "<1 row", ">bye", "Fin"], flow.Events);
        Assert.True(flow.FromStart);
        Assert.Equal("10.0.0.2:40000", flow.Endpoints.Client.ToString());
        Assert.Equal("10.0.0.1:5432", flow.Endpoints.Server.ToString());
        Assert.Equal(conversation.Packets[0].AtMicroseconds, flow.OpenedAtMicroseconds);
        Assert.Equal(conversation.Packets[3].AtMicroseconds, flow.Times[0]);
    }

    [Fact]
    public void VersionSixIsFollowedToo()
    {
        var conversation = new TcpConversation("[2001:db8::2]:40000", "[2001:db8::1]:5432").Open().Request("a"u8).Response("b"u8).Close();
        var flow = new Tap(null, "[2001:db8::1]:5432").Feed(conversation.Packets).Finish().Only;

        Assert.Equal([">a", "<b", "Fin"], flow.Events);
        Assert.Equal("[2001:db8::2]:40000", flow.Endpoints.Client.ToString());
    }

    [Fact]
    public void EveryPacketTwiceIsEachByteOnce()
    {
        var packets = new TcpConversation().Open().Request("select 1"u8).Response("1 row"u8).Close().Packets;
        var tap = new Tap().Feed(packets.SelectMany(packet => new[] { packet, packet })).Finish();

        Assert.Equal([">select 1", "<1 row", "Fin"], tap.Only.Events);
        Assert.Equal("select 11 row".Length, tap.Counters.RepeatedBytes);
        Assert.Equal(0, tap.Counters.MissingBytes);
    }

    [Fact]
    public void SegmentsOutOfOrderWaitForTheirPredecessor()
    {
        var conversation = new TcpConversation { SegmentBytes = 2 }.Open().Request("abcdefgh"u8).Response("x"u8);
        var p = conversation.Packets;
        var tap = new Tap().Feed([p[0], p[1], p[2], p[5], p[6], p[4], p[3], p[7]]).Finish();

        Assert.Equal("abcdefgh", Encoding.ASCII.GetString(tap.Only.ToServer));
        Assert.Equal("<x", tap.Only.Events[^2]);
        Assert.Equal(3, tap.Counters.OutOfOrder);
        Assert.Equal(0, tap.Counters.MissingBytes);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 5)]
    [InlineData(0x7FFF_FFFEu)]
    public void SequenceNumbersWrap(uint start)
    {
        var conversation = new TcpConversation { ClientNext = start, ServerNext = start, SegmentBytes = 3 };
        conversation.Open().Request("abcdefghijkl"u8).Response("mnopqrstuvwx"u8).Close();
        var flow = new Tap().Feed(conversation.Packets).Finish().Only;

        Assert.Equal("abcdefghijkl"u8.ToArray(), flow.ToServer);
        Assert.Equal("mnopqrstuvwx"u8.ToArray(), flow.ToClient);
        Assert.Equal(FlowCloseReason.Fin, flow.Reason);
    }

    [Fact]
    public void WhereSegmentsOverlapTheBytesSeenFirstStay()
    {
        var c = new TcpConversation().Open();
        uint next = c.ClientNext;
        c.Add(c.Client, c.Server, next + 4, c.ServerNext, TcpBits.Ack, "EF"u8);
        c.Add(c.Client, c.Server, next + 2, c.ServerNext, TcpBits.Ack, "cdxxgh"u8);
        c.Add(c.Client, c.Server, next, c.ServerNext, TcpBits.Ack, "abyy"u8);
        var tap = new Tap().Feed(c.Packets).Finish();

        Assert.Equal("abcdEFgh", Encoding.ASCII.GetString(tap.Only.ToServer));
        Assert.Equal(4, tap.Counters.RepeatedBytes);
    }

    [Fact]
    public void KeepAliveProbesAreNoData()
    {
        var c = new TcpConversation().Open().Request("ab"u8).Response("cd"u8);
        c.Add(c.Client, c.Server, c.ClientNext - 1, c.ServerNext, TcpBits.Ack, "?"u8);
        c.Add(c.Client, c.Server, c.ClientNext - 1, c.ServerNext, TcpBits.Ack, []);
        c.Request("ef"u8);
        var tap = new Tap().Feed(c.Packets).Finish();

        Assert.Equal([">ab", "<cd", ">ef", "EndOfCapture"], tap.Only.Events);
        Assert.Equal(2, tap.Counters.KeepAlives);
    }

    [Fact]
    public void JoinsInTheMiddle()
    {
        var c = new TcpConversation().Request("ab"u8).Response("cd"u8).Request("ef"u8);
        var flow = new Tap().Feed(c.Packets).Finish().Only;

        Assert.False(flow.FromStart);
        Assert.Equal([">ab", "<cd", ">ef", "EndOfCapture"], flow.Events);
    }

    [Fact]
    public void AProbeOfAnIdleConnectionDoesNotOpenIt()
    {
        var c = new TcpConversation();
        c.Add(c.Client, c.Server, c.ClientNext - 1, c.ServerNext, TcpBits.Ack, "?"u8);
        c.Add(c.Server, c.Client, c.ServerNext, c.ClientNext, TcpBits.Ack, []);
        var tap = new Tap().Feed(c.Packets);

        Assert.Empty(tap.Finish().Flows);
        Assert.Equal(2, tap.Counters.WithoutFlow);
    }

    [Fact]
    public void TimesAreThoseOfThePacketsButNeverGoBack()
    {
        var c = new TcpConversation { SegmentBytes = 2 }.Open().Request("abcd"u8);
        var p = c.Packets;
        var flow = new Tap().Feed([p[0], p[1], p[2], p[4].At(1_700_000_000_000_100), p[3].At(1_700_000_000_000_090)]).Finish().Only;

        Assert.Equal([1_700_000_000_000_090, 1_700_000_000_000_100], flow.Times.Take(2));
    }

    [Fact]
    public void DataInTheSynIsTakenOnce()
    {
        var c = new TcpConversation();
        c.FromClient(TcpBits.Syn, "early"u8);
        c.FromServer(TcpBits.Syn | TcpBits.Ack, []);
        c.Request(" late"u8);
        var flow = new Tap().Feed(c.Packets).Finish().Only;

        Assert.Equal([">early", "> late", "EndOfCapture"], flow.Events);
        Assert.True(flow.FromStart);
    }
}
