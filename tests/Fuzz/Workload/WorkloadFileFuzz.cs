using System.Net;
using System.Text;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Fuzz.Workload;

/// <summary>
/// Any bytes in the place of a segment: either all that is read is right, or a <see cref="WorkloadException"/> of one line. Payloads are also changed
/// under a checksum that fits, so that the decoders meet what a checksum would have kept from them.
/// </summary>
public sealed class WorkloadFileFuzz
{
    private const int Exchanges = 60;

    [Fact]
    public void Damaged_files_are_read_right_or_refused()
    {
        using var folder = new TempFolder();
        WriteSample(folder.File("w"));
        var path = Path.Combine(folder.File("w"), SegmentFormat.FileName(1));
        var whole = File.ReadAllBytes(path);
        Try(folder.File("w"), path, random => Mutations.Of(whole, random), mayMislead: false);
    }

    [Fact]
    public void Payloads_that_do_not_fit_the_format_are_refused()
    {
        using var folder = new TempFolder();
        WriteSample(folder.File("w"));
        var path = Path.Combine(folder.File("w"), SegmentFormat.FileName(1));
        var blocks = PlainBlocks(File.ReadAllBytes(path));
        Try(folder.File("w"), path, random => Rewrite(blocks, random), mayMislead: true);
    }

    private static void Try(string folder, string path, Func<Random, byte[]> mutate, bool mayMislead)
    {
        for (var seed = FuzzSettings.Seed; seed < FuzzSettings.Seed + FuzzSettings.Cases; seed++)
        {
            File.WriteAllBytes(path, mutate(new Random(seed)));
            try
            {
                ReadAll(folder, mayMislead);
            }
            catch (WorkloadException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"REPLAY_FUZZ_SEED={seed} REPLAY_FUZZ_CASES=1: {e.GetType().Name}", e);
            }
        }
    }

    private static void ReadAll(string folder, bool mayMislead)
    {
        using var reader = WorkloadReader.Open(folder);
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            if (!mayMislead)
            {
                Assert.Equal(Request((int)cursor.Position), exchange.Request.ToArray());
                Assert.Equal((int)cursor.Position, exchange.Ordinal);
            }
        }

        foreach (var session in reader.Sessions)
        {
            Assert.True(session.Number > 0);
        }

        foreach (var gap in reader.Gaps)
        {
            Assert.True(mayMislead || gap.Bytes == 7);
        }
    }

    // Head and blocks again, with payloads stored as they are and changed here and there, and headers that fit them.
    private static byte[] Rewrite(List<(BlockHeader Header, byte[] Payload)> blocks, Random random)
    {
        using var output = new MemoryStream();
        var head = new byte[SegmentFormat.HeadBytes];
        SegmentFormat.WriteHead(head, SegmentContent.Workload, 1, 1, Guid.Empty);
        output.Write(head);
        var victim = random.Next(blocks.Count);
        for (var i = 0; i < blocks.Count; i++)
        {
            var (header, original) = blocks[i];
            var payload = i == victim ? Mutations.Of(original, random) : original;
            header.Compressed = false;
            header.RawBytes = header.StoredBytes = payload.Length;
            header.PayloadCrc = Crc32C.Compute(payload);
            if (i == victim && random.Next(4) == 0)
            {
                header.Count = random.Next(3) == 0 ? random.Next() : random.Next(100);
            }

            var bytes = new byte[BlockHeader.SizeBytes];
            header.Write(bytes);
            output.Write(bytes);
            output.Write(payload);
        }

        return output.ToArray();
    }

    private static List<(BlockHeader Header, byte[] Payload)> PlainBlocks(byte[] file)
    {
        var blocks = new List<(BlockHeader, byte[])>();
        using var decompressor = new ZstdDecompressor();
        for (var at = SegmentFormat.HeadBytes; BlockHeader.TryRead(file.AsSpan(at), out var header) && header.Kind != BlockKind.Index;)
        {
            var stored = file.AsSpan(at + BlockHeader.SizeBytes, header.StoredBytes);
            var payload = new byte[header.RawBytes];
            Assert.True(header.Compressed ? decompressor.TryDecompress(stored, payload) : stored.TryCopyTo(payload));
            blocks.Add((header, payload));
            at += BlockHeader.SizeBytes + header.StoredBytes;
        }

        Assert.True(blocks.Count >= 6);
        return blocks;
    }

    private static byte[] Request(int position) => [(byte)'Q', 0, 0, 0, (byte)(position % 7), .. Encoding.ASCII.GetBytes($"select {position * 31}"), 0];

    private static void WriteSample(string folder)
    {
        var manifest = new WorkloadManifest { Id = Guid.Empty };
        using var writer = WorkloadWriter.Create(folder, manifest, new WorkloadWriterOptions { BlockExchanges = 25 });
        for (var i = 0; i < Exchanges; i++)
        {
            if (i % 25 == 0)
            {
                writer.WriteSession(new Session
                {
                    Number = 1 + (i / 25),
                    Engine = Engine.MySql,
                    Client = new IPEndPoint(IPAddress.Loopback, 1),
                    Server = new IPEndPoint(IPAddress.IPv6Loopback, 2),
                    OpenedAtMicroseconds = i,
                    User = "app",
                    Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" },
                });
                writer.WriteGap(new Gap(1, true, i, 7));
                writer.AddShape(Engine.MySql, 0, (ulong)i, "select ?"u8, "read");
            }

            var request = Request(i);
            var exchange = Exchange.Empty;
            exchange.Session = 1 + (i / 25);
            exchange.Ordinal = i;
            exchange.Request = request;
            exchange.Text = i % 3 == 0 ? "a prepared statement"u8 : request.AsSpan(5, request.Length - 6);
            exchange.TextOffset = i % 3 == 0 ? -1 : 5;
            exchange.Rows = i;
            exchange.Columns = "\u0001\u0001a\0\0\0"u8;
            exchange.Values = "\u0001\u0004abc"u8;
            exchange.SetHash = (ulong)i * 0x9E3779B97F4A7C15;
            exchange.SequenceHash = (ulong)i;
            exchange.ErrorCode = i % 10 == 0 ? "1064"u8 : default;
            exchange.ErrorMessage = i % 10 == 0 ? "syntax"u8 : default;
            exchange.ColumnHashes = i % 4 == 0 ? [1u, 2u] : default;
            exchange.EndedAtMicroseconds = i;
            writer.WriteExchange(exchange);
        }

        writer.Complete(manifest);
    }
}
