using System.Net;
using System.Text;
using Replay.TestKit.Packets;
using Packet = Replay.TestKit.Packets.Headers;

namespace Replay.Network.Tests.Fragments;

/// <summary>TCP segments that IP cut into fragments.</summary>
public sealed class FragmentTests
{
    private static readonly IPAddress Client4 = IPAddress.Parse("10.0.0.2");
    private static readonly IPAddress Server4 = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Client6 = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Server6 = IPAddress.Parse("2001:db8::1");

    private static readonly byte[] Data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"{i:00},")));
    private static readonly byte[] Segment = Packet.Tcp(40_000, 5432, 1_000, 1, TcpBits.Ack, Data);

    public static TheoryData<bool, int> Sizes => new() { { true, 8 }, { true, 16 }, { true, 104 }, { true, 312 }, { false, 8 }, { false, 24 }, { false, 200 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void InOrderTheyMakeTheSegment(bool isVersion4, int size) => CheckWhole(Cut(isVersion4, size));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void BackwardsTheyMakeTheSegment(bool isVersion4, int size) => CheckWhole(Enumerable.Reverse(Cut(isVersion4, size)).ToList());

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TwiceEachTheyMakeTheSegment(bool isVersion4, int size)
    {
        var fragments = Cut(isVersion4, size);

        // All but the last twice: what comes after the whole is a new datagram's beginning.
        CheckWhole([.. fragments.Take(fragments.Count - 1).SelectMany(f => new[] { f, f }), fragments[^1]]);
    }

    [Fact]
    public void ShuffledTheyMakeTheSegment()
    {
        foreach (var (_, random) in Seeds.Of(200))
        {
            var fragments = Cut(random.Next(2) == 0, random.Next(1, 20) * 8);
            CheckWhole([.. fragments.OrderBy(_ => random.Next())]);
        }
    }

    [Fact]
    public void WhereFragmentsOverlapTheFirstBytesStay()
    {
        byte[] other = new byte[16];
        var fragments = Cut(true, 104);
        fragments.Insert(2, Fragment4(other, 96, more: true));
        CheckWhole(fragments);
    }

    [Fact]
    public void WhatIsNeverCompleteIsCountedFragmentByFragment()
    {
        var tap = new Tap();
        var fragments = Cut(true, 104);
        Feed(tap, fragments.Take(2), 1_000_000);
        Assert.Equal(2, tap.Counters.FragmentsHeld);

        tap.Advance(1_000_000 + 60_000_000);
        Assert.Equal(0, tap.Counters.FragmentsHeld);
        Assert.Equal(2, tap.Counters.Ignored(IgnoreReason.FragmentIncomplete));
        Assert.Empty(tap.Finish().Flows);
    }

    [Fact]
    public void TheTableIsBounded()
    {
        var tap = new Tap(new ReassemblyLimits { MaxFragmentedDatagrams = 10 });
        for (ushort id = 0; id < 100; id++)
        {
            Feed(tap, [Packet.IPv4(Client4, Server4, new byte[8], identification: id, moreFragments: true)], id);
            Assert.InRange(tap.Counters.FragmentsHeld, 0, 10);
        }

        Assert.Equal(90, tap.Counters.Ignored(IgnoreReason.FragmentIncomplete));
        tap.Finish();
    }

    [Fact]
    public void FragmentsThatContradictEachOtherAreGivenUp()
    {
        var tap = new Tap();
        Feed(tap, [Fragment4(new byte[8], 104, more: false), Fragment4(new byte[8], 200, more: true)], 0);
        Assert.Equal(2, tap.Counters.Ignored(IgnoreReason.FragmentIncomplete));

        Feed(tap, [Fragment4(new byte[7], 104, more: true)], 0);
        Assert.Equal(3, tap.Counters.Ignored(IgnoreReason.FragmentIncomplete));

        Feed(tap, [Fragment4(new byte[400], 65_528, more: true)], 0);
        Assert.Equal(4, tap.Counters.Ignored(IgnoreReason.FragmentIncomplete));
        tap.Finish();
    }

    [Fact]
    public void AFragmentThatTheSnapLengthCutOffIsOfNoUse()
    {
        var tap = new Tap();
        byte[] fragment = Cut(true, 104)[0];
        tap.Feed(new CapturedPacket(LinkType.Raw, 0, fragment.Length, fragment.AsSpan(0, 60)));
        Assert.Equal(1, tap.Counters.Ignored(IgnoreReason.Truncated));
    }

    [Fact]
    public void ExtensionHeadersInsideTheDatagramAreSkipped()
    {
        byte[] whole = [6, 0, 0, 0, 0, 0, 0, 0, .. Segment];
        var fragments = new List<byte[]>();
        for (int at = 0; at < whole.Length; at += 64)
        {
            int length = Math.Min(64, whole.Length - at);
            fragments.Add(Packet.IPv6(Client6, Server6, Packet.IPv6Fragment(60, 5, at, at + length < whole.Length, whole.AsSpan(at, length)), 44));
        }

        CheckWhole(fragments);
    }

    [Fact]
    public void DatagramsOfOtherPortsCountAllTheirFragments()
    {
        var fragments = Cut(true, 104);
        var tap = new Tap(null, "1");
        Feed(tap, fragments, 0);
        Assert.Equal(fragments.Count, tap.Counters.Ignored(IgnoreReason.OtherPort));
    }

    private static void CheckWhole(IReadOnlyCollection<byte[]> fragments)
    {
        var tap = new Tap();
        Feed(tap, fragments, 0);
        Assert.Equal(fragments.Count, tap.Counters.Decoded);
        Assert.Equal(Data, tap.Finish().Only.ToServer);
    }

    private static void Feed(Tap tap, IEnumerable<byte[]> packets, long atMicroseconds)
    {
        foreach (byte[] packet in packets)
        {
            tap.Feed(new CapturedPacket(LinkType.Raw, atMicroseconds, packet.Length, packet));
        }
    }

    private static List<byte[]> Cut(bool isVersion4, int size)
    {
        var fragments = new List<byte[]>();
        for (int at = 0; at < Segment.Length; at += size)
        {
            int length = Math.Min(size, Segment.Length - at);
            bool more = at + length < Segment.Length;
            fragments.Add(isVersion4
                ? Fragment4(Segment.AsSpan(at, length), at, more)
                : Packet.IPv6(Client6, Server6, Packet.IPv6Fragment(6, 5, at, more, Segment.AsSpan(at, length)), 44));
        }

        return fragments;
    }

    private static byte[] Fragment4(ReadOnlySpan<byte> part, int offset, bool more) =>
        Packet.IPv4(Client4, Server4, part, identification: 77, fragmentOffset: offset, moreFragments: more);
}
