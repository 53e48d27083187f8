using System.Net;
using Replay.Network;
using Replay.TestKit.Packets;

namespace Replay.Fuzz.Network;

/// <summary>
/// TCP segments that no host would send: numbers, flags and times by chance, near enough to each other to collide. What is promised of
/// sums, bounds, order of calls and time holds all the same.
/// </summary>
public sealed class SegmentFuzz
{
    private const int Segments = 120;

    [Fact]
    public void AnySegmentsKeepThePromises() => Cases.Run(FuzzSettings.Cases, random =>
    {
        var flows = new CheckedFlows(Limits(random), 5432, 3306);
        long now = 1_700_000_000_000_000;
        uint origin = (uint)random.NextInt64(uint.MaxValue);
        int spread = 1 << random.Next(4, 31);
        for (int i = 0; i < Segments; i++)
        {
            now += random.Next(20) == 0 ? random.NextInt64(-1_000_000, 400_000_000) : random.Next(3_000);
            byte[] frame = Frame(random, origin, spread);
            int captured = random.Next(10) == 0 ? random.Next(frame.Length) : frame.Length;
            flows.Feed(new CapturedPacket(LinkType.Ethernet, now, frame.Length, frame.AsSpan(0, captured)));
        }

        flows.Finish();
    });

    private static byte[] Frame(Random random, uint origin, int spread)
    {
        var ends = new[] { new IPEndPoint(0x0100000A, 5432), new IPEndPoint(0x0200000A, random.Next(5) == 0 ? 3306 : 40_000 + random.Next(4)) };
        int from = random.Next(2);
        var bits = random.Next(8) switch
        {
            0 => (TcpBits)random.Next(32),
            1 => TcpBits.Syn,
            2 => TcpBits.Syn | TcpBits.Ack,
            3 => TcpBits.Fin | TcpBits.Ack,
            _ => TcpBits.Ack,
        };
        var payload = new byte[random.Next(4) == 0 ? 0 : random.Next(1, Math.Min(spread, 1_400))];
        byte[] tcp = Headers.Tcp(ends[from].Port, ends[1 - from].Port, Number(), Number(), bits, payload);
        return Headers.Frame(ends[from], ends[1 - from], tcp);

        uint Number() => origin + (uint)random.Next(spread);
    }

    private static ReassemblyLimits Limits(Random random) => random.Next(2) == 0
        ? new ReassemblyLimits()
        : new ReassemblyLimits
        {
            MaxFlows = random.Next(1, 4),
            MaxBufferedBytes = random.Next(1, 30_000),
            MaxBufferedBytesPerFlow = random.Next(1, 10_000),
            MaxBufferedSegmentsPerFlow = random.Next(1, 20),
            MaxWindowBytes = random.Next(1, 1 << 26),
            ReorderPatience = TimeSpan.FromMicroseconds(random.Next(1, 100_000)),
            HoleTimeout = TimeSpan.FromMicroseconds(random.Next(1, 10_000_000)),
            IdleTimeout = TimeSpan.FromSeconds(random.Next(1, 600)),
            HalfClosedTimeout = TimeSpan.FromSeconds(random.Next(1, 600)),
            ClosedLinger = TimeSpan.FromSeconds(random.Next(1, 600)),
        };
}
