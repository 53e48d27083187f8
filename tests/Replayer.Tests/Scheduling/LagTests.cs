namespace Replay.Replayer.Tests;

public sealed class LagTests
{
    private const long None = long.MinValue;

    [Theory]
    // due, predecessor ended, order ready, sent -> total, inherited, order, own
    [InlineData(1000, None, None, 1000, 0, 0, 0, 0)]
    [InlineData(1000, None, None, 1040, 40, 0, 0, 40)]
    [InlineData(1000, 900, None, 1040, 40, 0, 0, 40)]
    [InlineData(1000, 1500, None, 1540, 540, 500, 0, 40)]
    [InlineData(1000, 1500, 1700, 1740, 740, 500, 200, 40)]
    [InlineData(1000, None, 1700, 1740, 740, 0, 700, 40)]
    [InlineData(1000, 1500, 1400, 1540, 540, 500, 0, 40)]
    public void LagIsSplitByWhoseFaultItIs(long due, long predecessorEnded, long orderReady, long sent, long total, long inherited, long order, long own) =>
        Assert.Equal(new Lag(total, inherited, order, own), Lag.Of(due, predecessorEnded, orderReady, sent));

    [Fact]
    public void ThePartsAddUp()
    {
        var random = new Random(4711);
        for (var i = 0; i < 100_000; i++)
        {
            var due = random.Next(1000);
            var predecessor = random.Next(3) == 0 ? None : random.Next(2000);
            var order = random.Next(3) == 0 ? None : random.Next(2000);
            var sent = Math.Max(Math.Max(due, predecessor), order) + random.Next(500);
            var lag = Lag.Of(due, predecessor, order, sent);
            Assert.Equal(sent - due, lag.TotalMicroseconds);
            Assert.Equal(lag.TotalMicroseconds, lag.InheritedMicroseconds + lag.OrderMicroseconds + lag.OwnMicroseconds);
            Assert.True(lag is { InheritedMicroseconds: >= 0, OrderMicroseconds: >= 0, OwnMicroseconds: >= 0 }, $"{lag}");
        }
    }

    [Fact]
    public void WithoutADueTimeNothingIsLateButTheWaitForOthersIsTold()
    {
        Assert.Equal(new Lag(0, 0, 200, 0), Lag.Of(Pacer.AtOnce, 1500, 1700, 1740));
        Assert.Equal(default, Lag.Of(Pacer.AtOnce, 1500, long.MinValue, 1740));
        Assert.Equal(default, Lag.Of(Pacer.AtOnce, long.MinValue, 1700, 1740));
    }

    [Fact]
    public void QuantilesOfTheHistogramAreWithinTwoPercent()
    {
        var histogram = new LagHistogram();
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Add(i);
        }

        Assert.Equal(10_000, histogram.Count);
        Assert.Equal(10_000, histogram.MaxMicroseconds);
        Assert.InRange(histogram.Quantile(0.5), 5_000 * 0.98, 5_000 * 1.02);
        Assert.InRange(histogram.Quantile(0.99), 9_900 * 0.98, 9_900 * 1.02);
        Assert.Equal(10_000, histogram.Quantile(1));
    }

    [Fact]
    public void AnEmptyHistogramHasNoQuantiles() => Assert.Equal(0, new LagHistogram().Quantile(0.99));
}
