using Replay.TestKit.Packets;

namespace Replay.Network.Tests.Files;

public sealed class PcapNgReaderTests
{
    private const long At = 1_700_000_000_123_456;

    private static readonly TestPacket Packet = new(At, [1, 2, 3, 4, 5]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EachKindOfPacketBlockIsRead(bool isBigEndian)
    {
        byte[] bytes = new PcapNgWriter(isBigEndian).Section().Interface()
            .Enhanced(0, At, Packet).Obsolete(0, At + 1, Packet).Simple(Packet).Enhanced(0, At + 2, Packet.Cut(3)).ToArray();

        foreach (int step in new[] { 1, 5, 1_000_000 })
        {
            Reading.Equal([Packet, Packet.At(At + 1), Packet.At(At + 1), Packet.Cut(3).At(At + 2)], Reading.All(bytes, step));
        }
    }

    [Theory]
    [InlineData(6, 1_700_000_000_123_456UL, 1_700_000_000_123_456)]
    [InlineData(9, 1_700_000_000_123_456_789UL, 1_700_000_000_123_456)]
    [InlineData(3, 1_700_000_000_123UL, 1_700_000_000_123_000)]
    [InlineData(0, 1_700_000_000UL, 1_700_000_000_000_000)]
    [InlineData(0x80 | 10, 1_700_000_000UL * 1024 + 512, 1_700_000_000_500_000)]
    [InlineData(0x80 | 30, 1_700_000_000UL << 30, 1_700_000_000_000_000)]
    [InlineData(127, ulong.MaxValue, 1_844_674)]
    [InlineData(0xFF, ulong.MaxValue, 1_999_999)]
    [InlineData(0, ulong.MaxValue, 253_402_300_799_999_999)]
    public void TimeStampsHaveTheUnitThatTheInterfaceSays(byte resolution, ulong ticks, long expected)
    {
        var writer = new PcapNgWriter();
        byte[] bytes = writer.Section().Interface(1, writer.Option(9, resolution)).Enhanced(0, ticks, Packet).ToArray();
        Assert.Equal(expected, Reading.All(bytes)[0].AtMicroseconds);
    }

    [Fact]
    public void TimeStampsHaveTheOffsetThatTheInterfaceSays()
    {
        var writer = new PcapNgWriter(isBigEndian: true);
        byte[] later = writer.Option(14, writer.Bytes64(1_600_000_000));
        byte[] earlier = writer.Option(14, writer.Bytes64(unchecked((ulong)-100)));
        byte[] bytes = writer.Section().Interface(1, later).Interface(1, earlier).Enhanced(0, 5, Packet).Enhanced(1, At, Packet).Enhanced(1, 5, Packet).ToArray();
        Assert.Equal([1_600_000_000_000_005, At - 100_000_000, 0], Reading.All(bytes).Select(packet => packet.AtMicroseconds));
    }

    [Fact]
    public void InterfacesHaveTheirOwnLinkTypesAndSectionsTheirOwnInterfaces()
    {
        byte[] first = new PcapNgWriter(isBigEndian: true).Section().Interface(1).Interface(113).Enhanced(1, 1, Packet).Enhanced(0, 2, Packet).ToArray();
        byte[] second = new PcapNgWriter().Section().Interface(276).Enhanced(0, 3, Packet).Enhanced(1, 4, Packet).ToArray();
        using var source = PcapFile.Open(new MemoryStream([.. first, .. second]));

        var links = new List<LinkType>();
        while (source.TryNext(out var packet))
        {
            links.Add(packet.LinkType);
        }

        Assert.Equal([LinkType.LinuxCooked, LinkType.Ethernet, LinkType.LinuxCooked2, LinkType.Unknown], links);
        Assert.Null(source.Problem);
    }

    [Fact]
    public void UnknownBlocksAreSkippedHoweverLarge()
    {
        byte[] bytes = new PcapNgWriter().Section().Block(0x0BAD, new byte[20_000_000]).Interface().Block(4, [0, 0, 0, 0]).Block(10, new byte[400])
            .Enhanced(0, At, Packet).Block(0x8000_0001, []).ToArray();
        Reading.Equal([Packet], Reading.All(bytes, 1 << 20));
    }

    [Fact]
    public void StatisticsBlocksTellWhatWasDropped()
    {
        var writer = new PcapNgWriter();
        byte[] Dropped(ulong count) => writer.Option(5, writer.Bytes64(count));
        byte[] bytes = writer.Section().Interface().Interface()
            .Statistics(0, Dropped(3)).Statistics(0, Dropped(10)).Statistics(1, writer.Option(7, writer.Bytes64(5))).Statistics(9, Dropped(99)).ToArray();
        using var source = PcapFile.Open(new MemoryStream(bytes));
        Assert.False(source.TryNext(out _));
        Assert.Equal(15, source.Counters.DroppedByKernel);
    }

    [Fact]
    public void CutOffAnywhereWhatIsWholeIsDeliveredAndTheRestReported()
    {
        byte[] bytes = new PcapNgWriter().Section().Interface().Enhanced(0, At, Packet).Enhanced(0, At, Packet).Simple(Packet).ToArray();
        for (int length = 12; length < bytes.Length; length++)
        {
            using var source = PcapFile.Open(new MemoryStream(bytes, 0, length), "x.pcapng");
            int count = Reading.All(source).Count;
            Assert.InRange(count, 0, 2);
            bool isWhole = Enumerable.Range(0, 4).Select(blocks => 28 + new[] { 0, 20, 60, 100 }[blocks]).Contains(length);
            Assert.Equal(!isWhole, source.Problem is not null);
        }
    }

    [Theory]
    [InlineData(28 + 4, 13, "a block of 13 bytes")]
    [InlineData(28 + 4, 8, "a block of 8 bytes")]
    [InlineData(28 + 16, 21, "the two lengths of a block differ")]
    [InlineData(28 + 20 + 20, 200, "a packet of 200 bytes in a block of 8")]
    public void WhatCannotBeRightEndsReadingWithAReport(int offset, byte value, string message)
    {
        byte[] bytes = new PcapNgWriter().Section().Interface().Enhanced(0, At, Packet).ToArray();
        bytes[offset] = value;
        using var source = PcapFile.Open(new MemoryStream(bytes), "x.pcapng");
        Assert.Empty(Reading.All(source));
        Assert.Contains(message, source.Problem, StringComparison.Ordinal);
    }
}
