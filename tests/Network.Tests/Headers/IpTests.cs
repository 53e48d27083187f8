using System.Net;
using Replay.TestKit.Packets;
using Packet = Replay.TestKit.Packets.Headers;

namespace Replay.Network.Tests.Headers;

public sealed class IpTests
{
    private static readonly IPAddress Client4 = IPAddress.Parse("10.0.0.2");
    private static readonly IPAddress Server4 = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Client6 = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Server6 = IPAddress.Parse("2001:db8::1");
    private static readonly byte[] Segment = Packet.Tcp(40_000, 5432, 1, 1, TcpBits.Ack, "hello"u8);

    [Fact]
    public void OptionsOfVersionFourAreSkipped() =>
        Assert.Equal("hello", Payload(Packet.IPv4(Client4, Server4, Segment, options: [7, 3, 4, 0, 1, 1, 1, 0])));

    [Fact]
    public void OptionsOfTcpAreSkipped() => Assert.Equal(
        "hello", Payload(Packet.IPv4(Client4, Server4, Packet.Tcp(40_000, 5432, 1, 1, TcpBits.Ack, "hello"u8, [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]))));

    [Fact]
    public void TotalLengthZeroMeansTheWholePacket() =>
        Assert.Equal("hello", Payload(Packet.IPv4(Client4, Server4, Segment, totalLength: 0)));

    [Fact]
    public void PayloadLengthZeroMeansTheWholePacket() =>
        Assert.Equal("hello", Payload(Packet.IPv6(Client6, Server6, Segment, payloadLength: 0)));

    [Fact]
    public void PaddingOfTheLinkIsNoData() =>
        Assert.Equal("hello", Payload([.. Packet.IPv4(Client4, Server4, Segment), .. new byte[20]]));

    [Fact]
    public void PaddingOfVersionSixIsNoDataEither() =>
        Assert.Equal("hello", Payload([.. Packet.IPv6(Client6, Server6, Segment), .. new byte[6]]));

    [Theory]
    [InlineData(0)]
    [InlineData(43)]
    [InlineData(60)]
    [InlineData(135)]
    [InlineData(139)]
    [InlineData(140)]
    public void ExtensionHeadersAreSkipped(byte type)
    {
        byte[] shortHeader = [6, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal("hello", Payload(Packet.IPv6(Client6, Server6, [.. shortHeader, .. Segment], type)));

        byte[] longHeader = [type, 2, .. new byte[22]];
        Assert.Equal("hello", Payload(Packet.IPv6(Client6, Server6, [.. longHeader, .. shortHeader, .. Segment], type)));
    }

    [Fact]
    public void TheAuthenticationHeaderCountsItsLengthInAnotherWay() =>
        Assert.Equal("hello", Payload(Packet.IPv6(Client6, Server6, [6, 4, .. new byte[22], .. Segment], 51)));

    [Fact]
    public void AFragmentHeaderOfAWholeDatagramIsSkipped() => Assert.Equal(
        "hello", Payload(Packet.IPv6(Client6, Server6, Packet.IPv6Fragment(6, 99, 0, moreFragments: false, Segment), 44)));

    [Theory]
    [InlineData(17, IgnoreReason.NotTcp)]
    [InlineData(50, IgnoreReason.NotTcp)]
    [InlineData(59, IgnoreReason.NotTcp)]
    public void OtherProtocolsAreNotTcp(byte protocol, IgnoreReason reason)
    {
        Assert.Equal(reason, Reason(Packet.IPv4(Client4, Server4, Segment, protocol)));
        Assert.Equal(reason, Reason(Packet.IPv6(Client6, Server6, Segment, protocol)));
    }

    [Fact]
    public void OtherPortsAreIgnored() =>
        Assert.Equal(IgnoreReason.OtherPort, Reason(Packet.IPv4(Client4, Server4, Packet.Tcp(40_000, 5433, 1, 1, TcpBits.Ack, "x"u8))));

    public static TheoryData<byte[]> MalformedPackets
    {
        get
        {
            byte[] good = Packet.IPv4(Client4, Server4, Segment);
            return new()
            {
                With(good, 0, 0x55),
                With(good, 0, 0x44),
                With(good, 0, 0x00),
                With(good, 3, 19),
                With(good, 20 + 12, 0x40),
                With(good, 20 + 12, 0xF0),
                good[..30],
                Packet.IPv6(Client6, Server6, [6, 200, 0, 0, 0, 0, 0, 0, .. Segment], 0),
                Packet.IPv6(Client6, Server6, [.. Enumerable.Repeat(new byte[] { 60, 0, 0, 0, 0, 0, 0, 0 }, 100).SelectMany(h => h)], 60),
                Packet.IPv6(Client6, Server6, [6, 0, 0], 44),
            };
        }
    }

    [Theory]
    [MemberData(nameof(MalformedPackets))]
    public void HeadersThatContradictThemselvesAreMalformed(byte[] packet)
    {
        // Behind another link type the packet does not take the way that is made for most packets.
        Assert.Contains(Reason(packet), new[] { IgnoreReason.Malformed, IgnoreReason.Truncated });
        byte[] frame = Packet.Ethernet(packet[0] >> 4 == 6 ? Packet.TypeIPv6 : Packet.TypeIPv4, packet);
        var tap = new Tap();
        tap.Feed(new CapturedPacket(LinkType.Ethernet, 0, frame.Length, frame));
        Assert.Equal(1, tap.Counters.IgnoredTotal);
    }

    private static byte[] With(byte[] packet, int offset, byte value)
    {
        var copy = packet.ToArray();
        copy[offset] = value;
        return copy;
    }

    /// <summary>The payload found in a packet; raw, and on Ethernet, where most packets take a shorter way.</summary>
    private static string Payload(byte[] packet)
    {
        var raw = new Tap();
        raw.Feed(new CapturedPacket(LinkType.Raw, 0, packet.Length, packet));
        var ethernet = new Tap();
        byte[] frame = Packet.Ethernet(packet[0] >> 4 == 6 ? Packet.TypeIPv6 : Packet.TypeIPv4, packet);
        ethernet.Feed(new CapturedPacket(LinkType.Ethernet, 0, frame.Length, frame));

        Assert.Equal(raw.Finish().Only.Events, ethernet.Finish().Only.Events);
        return raw.Only.Events[0][1..];
    }

    private static IgnoreReason Reason(byte[] packet)
    {
        var tap = new Tap();
        tap.Feed(new CapturedPacket(LinkType.Raw, 0, packet.Length, packet));
        return Enum.GetValues<IgnoreReason>().Single(reason => tap.Counters.Ignored(reason) == 1);
    }
}
