using Replay.Network;
using Replay.TestKit.Packets;

namespace Replay.Fuzz.Network;

/// <summary>Capture files of both formats, damaged anywhere, their headers and blocks too: read to an end, or refused in one line.</summary>
public sealed class CaptureFileFuzz
{
    private const int CasesPerSetting = 4;

    private static readonly byte[][] Seeds = MakeSeeds();

    [Fact]
    public void AnyFileIsReadOrRefused() => Cases.Run(FuzzSettings.Cases * CasesPerSetting, random =>
    {
        var flows = new CheckedFlows(new ReassemblyLimits(), 5432);
        byte[] file = Damage(random, Seeds[random.Next(Seeds.Length)]);
        try
        {
            using var source = PcapFile.Open(new MemoryStream(file));
            flows.Feed(source);
            Assert.True(source.Problem is null || !source.Problem.Contains('\n', StringComparison.Ordinal));
            Assert.Equal(source.Counters.Delivered, flows.Counters.Delivered);
        }
        catch (PcapFormatException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }

        flows.Finish();
    });

    private static byte[] Damage(Random random, byte[] seed)
    {
        byte[] file = seed[..(random.Next(3) == 0 ? random.Next(seed.Length + 1) : seed.Length)];
        for (int damages = random.Next(1, 8); damages > 0 && file.Length > 0; damages--)
        {
            int at = random.Next(2) == 0 ? random.Next(Math.Min(file.Length, 200)) : random.Next(file.Length);
            file[at] = random.Next(3) switch
            {
                0 => (byte)(file[at] ^ 1 << random.Next(8)),
                1 => (byte)random.Next(256),
                _ => (byte)(random.Next(2) * 255),
            };
        }

        return file;
    }

    private static byte[][] MakeSeeds()
    {
        var packets = new TcpConversation { SegmentBytes = 100 }.Open().Request(new byte[250]).Response(new byte[700]).Close().Packets;
        return
        [
            PcapWriter.ToBytes(packets),
            PcapWriter.ToBytes(packets, isBigEndian: true, isNanoseconds: true),
            PcapWriter.ToBytes(packets, isModified: true),
            Ng(packets, isBigEndian: false),
            Ng(packets, isBigEndian: true),
        ];
    }

    private static byte[] Ng(List<TestPacket> packets, bool isBigEndian)
    {
        var writer = new PcapNgWriter(isBigEndian);
        writer.Section().Interface(1, writer.Option(9, 9), writer.Option(14, writer.Bytes64(100))).Interface(1);
        for (int i = 0; i < packets.Count; i++)
        {
            _ = (i % 4) switch
            {
                0 => writer.Simple(packets[i]),
                1 => writer.Obsolete(1, (ulong)packets[i].AtMicroseconds, packets[i]),
                _ => writer.Enhanced(i % 2, (ulong)packets[i].AtMicroseconds, packets[i]),
            };
        }

        return writer.Statistics(0, writer.Option(5, writer.Bytes64(7))).Section().Interface().ToArray();
    }
}
