using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class DamageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_flipped_bit_goes_unnoticed_or_changes_what_is_read(bool complete)
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete, new WorkloadWriterOptions { BlockExchanges = 75 });
        var path = SampleWorkload.Segment(folder.File("w"));
        var whole = File.ReadAllBytes(path);
        var random = new Random(21);
        for (var at = 0; at < whole.Length; at += 1 + random.Next(9))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            Assert.True(IsNoticed(folder.File("w")), $"byte {at} of {whole.Length}");
        }
    }

    [Fact]
    public void The_message_names_the_file_and_the_exchanges_and_those_before_can_be_read()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        var path = SampleWorkload.Segment(folder.File("w"));
        var bytes = File.ReadAllBytes(path);
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            bytes[reader.Blocks[1].Offset + 100] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
        using var damaged = WorkloadReader.Open(folder.File("w"));
        using var cursor = damaged.Read();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(cursor.MoveNext());
        }

        var error = Assert.Throws<WorkloadException>(() => cursor.MoveNext());
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("exchanges 100 to 199", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        using var after = damaged.Read(200);
        Assert.True(after.MoveNext());
        ExchangeCopy.AssertSame(SampleWorkload.ExchangeAt(200), after.Current, "after the damage");
    }

    [Fact]
    public void A_damaged_header_in_the_middle_loses_one_block_and_says_which_exchanges()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete: false);
        var path = SampleWorkload.Segment(folder.File("w"));
        var bytes = File.ReadAllBytes(path);
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            bytes[reader.Blocks[1].Offset + 20] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
        using var damaged = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(2, damaged.Blocks.Count);
        using var cursor = damaged.Read();
        var error = Assert.Throws<WorkloadException>(() => CountAll(cursor));
        Assert.Contains("exchanges 100 to 199 are lost", error.Message, StringComparison.Ordinal);
        using var after = damaged.Read(200);
        Assert.Equal(100, CountAll(after));
    }

    [Fact]
    public void A_block_of_an_unknown_kind_is_passed_over_if_it_may_be()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete: false);
        var path = SampleWorkload.Segment(folder.File("w"));
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. whole, .. UnknownBlock(skippable: true)]);
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            Assert.Equal(SampleWorkload.Exchanges, SampleWorkload.ReadAndCheck(reader));
            Assert.Null(reader.TornTail);
        }

        File.WriteAllBytes(path, [.. whole, .. UnknownBlock(skippable: false)]);
        var error = Assert.Throws<WorkloadException>(() => WorkloadReader.Open(folder.File("w")));
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
    }

    private static byte[] UnknownBlock(bool skippable)
    {
        var block = new byte[BlockHeader.SizeBytes + 5];
        var header = new BlockHeader { Kind = (BlockKind)200, Skippable = skippable, StoredBytes = 5, RawBytes = 5, PayloadCrc = Crc32C.Compute(new byte[5]) };
        header.Write(block);
        return block;
    }

    // Either an error, or all is there (a spare byte was hit, or the index, which is found again by walking), or it is cut off with a message.
    private static bool IsNoticed(string folder)
    {
        try
        {
            using var reader = WorkloadReader.Open(folder);
            var read = SampleWorkload.ReadAndCheck(reader);
            var sessions = reader.Sessions.Count();
            var gaps = reader.Gaps.Count();
            var whole = read == SampleWorkload.Exchanges && sessions == SampleWorkload.Sessions && gaps == SampleWorkload.Sessions && reader.Shapes.Count == 3;
            return whole || reader.TornTail is not null;
        }
        catch (WorkloadException e)
        {
            return e.Message.Length > 20 && !e.Message.Contains('\n', StringComparison.Ordinal);
        }
    }

    private static long CountAll(ExchangeCursor cursor)
    {
        var count = 0L;
        while (cursor.MoveNext())
        {
            count++;
        }

        return count;
    }
}
