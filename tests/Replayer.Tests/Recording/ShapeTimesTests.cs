namespace Replay.Replayer.Tests;

public sealed class ShapeTimesTests
{
    [Fact]
    public void TheExampleIsTheFirstInTheWorkloadWhateverEndedFirst()
    {
        var times = new ShapeTimes(3);
        Parallel.ForEach(Enumerable.Range(0, 2000).Reverse(), position => times.Add(position % 2, position, position % 2 == 0 ? 10 : 1));
        times.Add(-1, 0, 5);
        Assert.Equal([(0, 0, 10_000), (1, 1, 1000)], times.Leading(5));
        Assert.Equal([(0, 0, 10_000)], times.Leading(1));
    }
}
