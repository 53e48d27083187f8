namespace Replay.Replayer.Tests;

public sealed class DueHeapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhoIsDueComesOutByTimeAndThenByArrival(int seed)
    {
        var random = new Random(seed);
        var heap = new DueHeap<object>();
        var expected = Enumerable.Range(0, 5_000).Select(i => (Due: (long)random.Next(500), Item: (object)i)).ToList();
        foreach (var (due, item) in expected)
        {
            heap.Push(item, due);
        }

        foreach (var (_, item) in expected.OrderBy(e => e.Due))
        {
            Assert.True(heap.TryPop(long.MaxValue, out var popped));
            Assert.Equal(item, popped);
        }

        Assert.Equal(0, heap.Count);
        Assert.Equal(long.MaxValue, heap.NextMicroseconds);
    }

    [Fact]
    public void WhoIsNotDueStays()
    {
        var heap = new DueHeap<string>();
        heap.Push("later", 20);
        heap.Push("sooner", 10);
        Assert.False(heap.TryPop(9, out _));
        Assert.True(heap.TryPop(10, out var item));
        Assert.Equal("sooner", item);
        Assert.Equal(20, heap.NextMicroseconds);
    }
}
