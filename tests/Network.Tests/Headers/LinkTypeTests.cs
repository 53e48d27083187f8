using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Headers;

/// <summary>The same conversation behind each link header that we read.</summary>
public sealed class LinkTypeTests
{
    private const int EthernetLength = 14;

    public static TheoryData<LinkType, byte[]> Links => new()
    {
        { LinkType.Ethernet, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00] },
        { LinkType.Ethernet, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0x00, 0, 5, 0x08, 0x00] },
        { LinkType.Ethernet, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xA8, 0, 5, 0x81, 0x00, 0, 6, 0x08, 0x00] },
        { LinkType.Ethernet, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x91, 0x00, 0, 5, 0x81, 0x00, 0, 6, 0x08, 0x00] },
        { LinkType.Null, [2, 0, 0, 0] },
        { LinkType.Null, [0, 0, 0, 2] },
        { LinkType.Loop, [0, 0, 0, 2] },
        { LinkType.LinuxCooked, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00] },
        { LinkType.LinuxCooked, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0x00, 0, 7, 0x08, 0x00] },
        { LinkType.LinuxCooked2, [0x08, 0x00, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] },
        { LinkType.Raw, [] },
        { LinkType.RawBsd, [] },
        { LinkType.RawOpenBsd, [] },
        { LinkType.IPv4, [] },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void ConversationsAreFollowedBehindIt(LinkType linkType, byte[] header)
    {
        var packets = new TcpConversation().Open().Request("one"u8).Response("1"u8).Close().Packets
            .Select(packet => new TestPacket(packet.AtMicroseconds, [.. header, .. packet.Frame.AsSpan(EthernetLength)]));
        Assert.Equal([">one", "<1", "Fin"], new Tap().Feed(packets, linkType).Finish().Only.Events);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void CutOffAnywhereItIsCountedAndNothingElse(LinkType linkType, byte[] header)
    {
        byte[] frame = [.. header, .. new TcpConversation().Request("one"u8).Packets[0].Frame.AsSpan(EthernetLength)];
        int headers = header.Length + 20 + 20;
        for (int length = 0; length < headers; length++)
        {
            var tap = new Tap();
            tap.Feed(new CapturedPacket(linkType, 0, frame.Length, frame.AsSpan(0, length)));
            Assert.Equal(1, tap.Counters.Ignored(IgnoreReason.Truncated));

            tap.Feed(new CapturedPacket(linkType, 0, length, frame.AsSpan(0, length)));
            Assert.Equal(2, tap.Counters.IgnoredTotal);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(30)]
    public void VersionSixHasAnotherFamilyOnEachSystem(byte family)
    {
        var packets = new TcpConversation("[2001:db8::2]:40000", "[2001:db8::1]:5432").Request("one"u8).Packets
            .Select(packet => new TestPacket(packet.AtMicroseconds, [family, 0, 0, 0, .. packet.Frame.AsSpan(EthernetLength)]));
        Assert.Equal(">one", new Tap().Feed(packets, LinkType.Null).Finish().Only.Events[0]);
    }

    [Fact]
    public void WhatIsNotIpIsIgnoredAsSuch()
    {
        var tap = new Tap();
        Feed(tap, LinkType.Ethernet, [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x06, 0, 1]);
        Feed(tap, LinkType.Null, [7, 0, 0, 0]);
        Assert.Equal(2, tap.Counters.Ignored(IgnoreReason.NotIp));

        Feed(tap, (LinkType)147, [1, 2, 3]);
        Feed(tap, LinkType.Unknown, [1, 2, 3]);
        Assert.Equal(2, tap.Counters.Ignored(IgnoreReason.UnsupportedLink));
    }

    [Fact]
    public void TagsWithoutEndAreMalformed()
    {
        var tap = new Tap();
        Feed(tap, LinkType.Ethernet, [.. new byte[12], .. Enumerable.Repeat(new byte[] { 0x81, 0x00, 0, 1 }, 40).SelectMany(tag => tag)]);
        Assert.Equal(1, tap.Counters.Ignored(IgnoreReason.Malformed));
    }

    private static void Feed(Tap tap, LinkType linkType, byte[] frame) => tap.Feed(new CapturedPacket(linkType, 0, frame.Length, frame));
}
