using System.Net;
using Replay.Network;
using Replay.TestKit.Packets;

namespace Replay.Fuzz.Network;

/// <summary>Frames damaged in their headers, fragments by chance, all link types, cut off anywhere.</summary>
public sealed class FrameFuzz
{
    private const int Frames = 60;

    private static readonly LinkType[] Links =
    [
        LinkType.Null, LinkType.Ethernet, LinkType.Raw, LinkType.Loop, LinkType.LinuxCooked, LinkType.IPv4, LinkType.IPv6, LinkType.LinuxCooked2, (LinkType)9,
    ];

    [Fact]
    public void AnyFramesKeepThePromises() => Cases.Run(FuzzSettings.Cases, random =>
    {
        var flows = new CheckedFlows(new ReassemblyLimits { MaxFragmentedDatagrams = random.Next(1, 20) }, 5432);
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = random.Next(4) == 0 ? Fragment(random) : Whole(random);
            for (int damages = random.Next(4); damages > 0; damages--)
            {
                frame[random.Next(Math.Min(frame.Length, 80))] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(random.Next(2) * 255);
            }

            int captured = random.Next(4) == 0 ? random.Next(frame.Length + 1) : frame.Length;
            int original = random.Next(4) == 0 ? random.Next(70_000) : frame.Length;
            var link = random.Next(4) == 0 ? Links[random.Next(Links.Length)] : LinkType.Ethernet;
            flows.Feed(new CapturedPacket(link, i * 1_000_000L, original, frame.AsSpan(0, captured)));
        }

        flows.Finish();
    });

    private static byte[] Whole(Random random)
    {
        bool isVersion4 = random.Next(2) == 0;
        var conversation = new TcpConversation(isVersion4 ? "10.0.0.2:40000" : "[2001:db8::2]:40000", isVersion4 ? "10.0.0.1:5432" : "[2001:db8::1]:5432");
        return conversation.Request(new byte[random.Next(1, 1_400)]).Packets[0].Frame;
    }

    private static byte[] Fragment(Random random)
    {
        byte[] part = new byte[random.Next(0, 30) * 8];
        if (random.Next(2) == 0)
        {
            var (client, server) = (IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"));
            int offset = random.Next(random.Next(2) == 0 ? 40 : 8_192) * 8;
            return Headers.Ethernet(
                Headers.TypeIPv4,
                Headers.IPv4(client, server, part, identification: (ushort)random.Next(3), fragmentOffset: offset, moreFragments: random.Next(3) != 0));
        }

        var (client6, server6) = (IPAddress.Parse("2001:db8::2"), IPAddress.Parse("2001:db8::1"));
        byte[] fragment = Headers.IPv6Fragment(
            random.Next(3) == 0 ? (byte)44 : (byte)6, (uint)random.Next(3), random.Next(40) * 8, random.Next(3) != 0, part);
        return Headers.Ethernet(Headers.TypeIPv6, Headers.IPv6(client6, server6, fragment, 44));
    }
}
