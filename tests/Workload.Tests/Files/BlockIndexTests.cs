using Replay.TestKit;

namespace Replay.Workload.Tests;

/// <summary>What the index says of blocks: enough to find a time or a session, and to know how far ahead to read.</summary>
public sealed class BlockIndexTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_the_same_from_the_index_and_from_walking_over_the_headers(bool complete)
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), complete, new WorkloadWriterOptions { BlockExchanges = 45, SegmentBytes = 2000 });
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal(7, reader.Blocks.Count);
        var position = 0;
        foreach (var block in reader.Blocks)
        {
            var exchanges = Enumerable.Range(position, block.Count).Select(SampleWorkload.ExchangeAt).ToList();
            Assert.Equal(position, block.FirstPosition);
            Assert.Equal(exchanges.Min(e => e.StartedAt), block.MinStartedAtMicroseconds);
            Assert.Equal(exchanges.Max(e => e.EndedAt), block.MaxEndedAtMicroseconds);
            Assert.Equal((exchanges.Min(e => e.Session), exchanges.Max(e => e.Session)), (block.MinSession, block.MaxSession));
            Assert.All(exchanges, e => Assert.True(block.MayHold(e.Session)));
            Assert.False(block.MayHold(exchanges.Max(e => e.Session) + 1));
            position += block.Count;
        }
    }

    [Fact]
    public void A_session_between_the_lowest_and_the_highest_is_ruled_out_by_its_bit()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), 10, [(1, 0, 1), (40, 0, 1)]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal([1, 40], Enumerable.Range(0, 100).Where(reader.Blocks[0].MayHold));
    }

    [Fact]
    public void A_long_exchange_shows_in_all_blocks_before_it_and_in_none_after()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), 1, [(1, 10, 11), (1, 20, 21), (1, 30, 31), (2, 15, 40), (1, 50, 51), (1, 60, 61)]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal([10, 15, 15, 15, 50, 60], reader.Blocks.Select(b => b.EarliestStartFromHereMicroseconds));
    }

    [Fact]
    public void A_time_leads_to_a_position_at_or_before_the_first_exchange_that_ended_then_or_later()
    {
        using var folder = new TempFolder();
        Write(folder.File("w"), 2, [(1, 0, 10), (1, 0, 20), (1, 0, 30), (1, 0, 40), (1, 0, 50)]);
        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Equal([0, 0, 0, 2, 2, 4, 5], new long[] { long.MinValue, 10, 20, 21, 40, 41, 51 }.Select(reader.SeekEnded));
    }

    private static void Write(string folder, int blockExchanges, (int Session, long StartedAt, long EndedAt)[] exchanges)
    {
        using var writer = WorkloadWriter.Create(folder, SampleWorkload.Manifest, new WorkloadWriterOptions { BlockExchanges = blockExchanges });
        foreach (var (session, started, ended) in exchanges)
        {
            writer.WriteExchange(new ExchangeCopy { Session = session, StartedAt = started, RequestedAt = started, FirstByteAt = ended, EndedAt = ended }.ToExchange());
        }

        writer.Complete(SampleWorkload.Manifest);
    }
}
