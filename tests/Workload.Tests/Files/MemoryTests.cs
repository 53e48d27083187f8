using Replay.TestKit;

namespace Replay.Workload.Tests;

/// <summary>Counts allocations, not time: once the buffers have grown, exchanges cost none.</summary>
public sealed class MemoryTests
{
    private const int Distinct = 1000;

    [Fact]
    public void Writing_an_exchange_allocates_nothing()
    {
        using var folder = new TempFolder();
        var exchanges = Exchanges();
        using var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest, new WorkloadWriterOptions { BlockExchanges = 3000 });
        WriteAll(writer, exchanges, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteAll(writer, exchanges, 50);
        AssertNothingPerExchange(GC.GetAllocatedBytesForCurrentThread() - before, 50 * Distinct);
    }

    [Fact]
    public void Reading_an_exchange_allocates_nothing()
    {
        using var folder = new TempFolder();
        using (var writer = WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest, new WorkloadWriterOptions { BlockExchanges = 300 }))
        {
            WriteAll(writer, Exchanges(), 30);
            writer.Complete(SampleWorkload.Manifest);
        }

        using var reader = WorkloadReader.Open(folder.File("w"));
        using var cursor = reader.Read();
        Assert.Equal(10_000, Count(cursor, 10_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(20_000, Count(cursor, 20_000));
        AssertNothingPerExchange(GC.GetAllocatedBytesForCurrentThread() - before, 20_000);
    }

    [Fact]
    public void Opening_and_reading_takes_no_more_for_ten_times_the_exchanges()
    {
        using var folder = new TempFolder();
        var small = AllocatedByReading(folder.File("small"), 30);
        var large = AllocatedByReading(folder.File("large"), 300);

        // What grows is the index: some hundred bytes for each block of 300 exchanges.
        Assert.InRange(large - small, 0, 900 * 1500);
    }

    // Buffers may grow once more: the index, the table of texts, the longest request of a profile so far.
    private static void AssertNothingPerExchange(long allocatedBytes, int exchanges) => Assert.InRange((double)allocatedBytes / exchanges, 0, 0.5);

    private static long AllocatedByReading(string folder, int rounds)
    {
        using (var writer = WorkloadWriter.Create(folder, SampleWorkload.Manifest, new WorkloadWriterOptions { BlockExchanges = 300 }))
        {
            WriteAll(writer, Exchanges(), rounds);
            writer.Complete(SampleWorkload.Manifest);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = WorkloadReader.Open(folder);
        using var cursor = reader.Read();
        Assert.Equal(rounds * Distinct, Count(cursor, int.MaxValue));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static List<ExchangeCopy> Exchanges() => [.. Enumerable.Range(0, Distinct).Select(i => SampleWorkload.ExchangeAt(i % SampleWorkload.Exchanges) with
    {
        Values = [1, 5, (byte)i, 2, 3, 4],
        Columns = [1, 1, 65, 0, 0, 0],
        ErrorCode = i % 50 == 0 ? "42P01"u8.ToArray() : [],
        ErrorMessage = i % 50 == 0 ? "no such table"u8.ToArray() : [],
    })];

    private static void WriteAll(WorkloadWriter writer, List<ExchangeCopy> exchanges, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var exchange in exchanges)
            {
                writer.WriteExchange(exchange.ToExchange());
            }
        }
    }

    private static int Count(ExchangeCursor cursor, int atMost)
    {
        var count = 0;
        for (; count < atMost && cursor.MoveNext(); count++)
        {
            if (cursor.Current.Request.IsEmpty)
            {
                return -1;
            }
        }

        return count;
    }
}
