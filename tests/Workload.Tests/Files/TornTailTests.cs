using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class TornTailTests
{
    [Fact]
    public void Cut_off_anywhere_in_its_last_block_a_workload_opens_with_the_blocks_before_it()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete: false);
        var path = SampleWorkload.Segment(folder.File("w"));
        long last;
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            last = reader.Blocks[^1].Offset;
            Assert.Equal(SampleWorkload.Exchanges, SampleWorkload.ReadAndCheck(reader));
            Assert.Null(reader.TornTail);
        }

        for (var length = new FileInfo(path).Length - 1; length >= last; length--)
        {
            CutTo(path, length);
            using var reader = WorkloadReader.Open(folder.File("w"));
            Assert.Equal(200, SampleWorkload.ReadAndCheck(reader));
            Assert.Equal(length > last, reader.TornTail is not null);
        }
    }

    [Fact]
    public void Cut_off_anywhere_at_all_it_opens_with_whole_blocks()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete: false, new WorkloadWriterOptions { BlockExchanges = 60 });
        var path = SampleWorkload.Segment(folder.File("w"));
        var counts = new SortedSet<long>();
        for (var length = new FileInfo(path).Length - 1; length >= 0; length -= 13)
        {
            CutTo(path, length);
            using var reader = WorkloadReader.Open(folder.File("w"));
            counts.Add(SampleWorkload.ReadAndCheck(reader));
        }

        Assert.Equal([0, 60, 120, 180, 240], counts);
    }

    [Fact]
    public void A_completed_workload_that_lost_its_end_says_so()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        var path = SampleWorkload.Segment(folder.File("w"));
        long last;
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            last = reader.Blocks[^1].Offset;
        }

        File.WriteAllBytes(path, File.ReadAllBytes(path).AsSpan(0, (int)last));
        using var cut = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(200, SampleWorkload.ReadAndCheck(cut));
        Assert.Contains("300 exchanges", cut.TornTail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_block_whose_bytes_never_reached_the_disk_is_cut_off()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete: false);
        var path = SampleWorkload.Segment(folder.File("w"));
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(bytes.Length - 40).Clear();
        File.WriteAllBytes(path, bytes);

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(200, SampleWorkload.ReadAndCheck(reader));
        Assert.NotNull(reader.TornTail);
    }

    [Fact]
    public void A_workload_in_progress_opens_again_and_again()
    {
        using var folder = new TempFolder();
        using var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest);
        for (var i = 0; i < 50; i++)
        {
            writer.WriteExchange(SampleWorkload.ExchangeAt(i).ToExchange());
            writer.FlushAll();
            using var reader = WorkloadReader.Open(folder.File("w"));
            Assert.Equal(i + 1, SampleWorkload.ReadAndCheck(reader));
            Assert.Null(reader.Manifest.CompletedAt);
        }
    }

    [Fact]
    public void Flush_writes_what_has_waited_long_enough_and_nothing_before()
    {
        using var folder = new TempFolder();
        var clock = new ManualClock();
        using var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest, new WorkloadWriterOptions { Clock = clock });
        writer.WriteExchange(SampleWorkload.ExchangeAt(0).ToExchange());
        clock.Advance(TimeSpan.FromMilliseconds(700));
        writer.WriteExchange(SampleWorkload.ExchangeAt(1).ToExchange());
        writer.Flush();
        Assert.Equal(0, writer.BytesWritten);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        writer.Flush();
        using (var reader = WorkloadReader.Open(folder.File("w")))
        {
            Assert.Equal(2, reader.ExchangeCount);
        }

        // The clock of the next block starts with its first exchange, not with the flush before.
        clock.Advance(TimeSpan.FromHours(1));
        var before = writer.BytesWritten;
        writer.WriteExchange(SampleWorkload.ExchangeAt(2).ToExchange());
        writer.Flush();
        Assert.Equal(before, writer.BytesWritten);
    }

    // Shorter and shorter: a file that is written anew each time is put to the disk each time.
    private static void CutTo(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }
}
