namespace Replay.Statistics.Tests;

public sealed class DistributionTests
{
    // Tables of the t distribution.
    [Theory]
    [InlineData(0.975, 2, 4.302653)]
    [InlineData(0.975, 10, 2.228139)]
    [InlineData(0.995, 30, 2.749996)]
    [InlineData(0.975, 1e7, 1.959964)]
    public void QuantilesOfT(double probability, double degrees, double expected)
    {
        Assert.Equal(expected, StudentT.Quantile(probability, degrees), 4);
        Assert.Equal(1 - probability, StudentT.UpperTail(expected, degrees), 5);
    }

    [Fact]
    public void ATValueKeepsItsTailAsANormalOne()
    {
        Assert.Equal(1.959964, StudentT.ToNormal(4.302653, 2), 3);
        Assert.Equal(-1.959964, StudentT.ToNormal(-4.302653, 2), 3);
    }

    [Fact]
    public void MediansAreRobust()
    {
        Assert.Equal(2.5, Robust.Median([4, 1, 3, 2]));
        Assert.Equal(3, Robust.WeightedMedian([1, 3, 100], [1, 1, 1]));
        Assert.Equal(1, Robust.WeightedMedian([1, 3, 100], [5, 1, 1]));
        Assert.Equal(2, Robust.WeightedMedian([1, 3], [1, 1]));
        Assert.Equal(1.4826, Robust.Deviation([-1, 0, 1, 1000, -1], 0), 3);
        Assert.True(double.IsNaN(Robust.Median([])));
    }

    [Fact]
    public void CountsOfRareEvents()
    {
        Assert.Equal(1 - Math.Exp(-0.5), CountTest.UpperTail(1, 0.5), 10);
        Assert.Equal(1 - (Math.Exp(-2) * (1 + 2 + 2)), CountTest.UpperTail(3, 2), 10);
        Assert.Equal((1, 0), (CountTest.UpperTail(0, 3), CountTest.UpperTail(1, 0)));
    }
}
