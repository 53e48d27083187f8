using MathNet.Numerics.Distributions;

namespace Replay.Statistics.Tests.Objectives;

/// <summary>Bounds at 95 % miss the truth about once in twenty times, and not much more often.</summary>
public sealed class ObjectiveBoundsTests
{
    private const int Campaigns = 400;
    private const int Seed = 5;

    [Theory]
    [InlineData(0.00)]
    [InlineData(0.10)] // a run in common has it: what runs differ by counts, not the blocks alone
    public void TheExcessIsSeldomOutsideItsBounds(double runDeviation)
    {
        var random = new Random(Seed);
        int above = 0, below = 0;
        for (var campaign = 0; campaign < Campaigns; campaign++)
        {
            const double Noise = 0.02, Bad = 0.03;
            var excess = ExcessShare.Estimate([Run(random, Bad, runDeviation), Run(random, Bad, runDeviation)], [Run(random, Noise, runDeviation), Run(random, Noise, runDeviation)]);
            above += excess.Low > Bad - Noise ? 1 : 0;
            below += excess.High < Bad - Noise ? 1 : 0;
            Assert.InRange(excess.Excess, excess.Low, excess.High);
        }

        Assert.InRange(above, 0, Campaigns / 10);
        Assert.InRange(below, 0, Campaigns / 10);
    }

    [Fact]
    public void WithOneRunASideNoiseIsNotKnown()
    {
        var excess = ExcessShare.Estimate([Run(new Random(Seed), 0.03, 0)], []);
        Assert.True(double.IsNaN(excess.Noise));
        Assert.Equal(excess.Share, excess.Excess);
    }

    [Theory]
    [InlineData(0.99, 0.00)]
    [InlineData(0.5, 0.05)]
    public void TheQuantilesRatioIsSeldomOutsideItsBounds(double quantile, double runDeviation)
    {
        var random = new Random(Seed);
        int above = 0, below = 0;
        for (var campaign = 0; campaign < Campaigns; campaign++)
        {
            var ratio = QuantileRatio.Estimate([Latencies(random, 1, runDeviation), Latencies(random, 1, runDeviation)], [Latencies(random, 1.3, runDeviation), Latencies(random, 1.3, runDeviation)], quantile)!.Value.Ratio;
            above += ratio.Low > 1.3 ? 1 : 0;
            below += ratio.High < 1.3 ? 1 : 0;
        }

        Assert.InRange(above, 0, Campaigns / 10);
        Assert.InRange(below, 0, Campaigns / 10);
    }

    [Fact]
    public void AQuantileNeedsExecutionsBeyondIt()
    {
        Assert.Equal(1000, QuantileRatio.Needed(0.99));
        var few = new LogHistogram();
        few.RecordBucket(LogScale.BucketOf(500), 999);
        Assert.Null(QuantileRatio.Estimate([few], [few], 0.99));
    }

    private static ShareCounts Run(Random random, double share, double deviation)
    {
        const int Blocks = 48, Executions = 200;
        var own = share * Math.Exp(deviation * Normal.Sample(random, 0, 1));
        return new ShareCounts([.. Enumerable.Range(0, Blocks).Select(_ => (long)Binomial.Sample(random, own, Executions))], [.. Enumerable.Repeat((long)Executions, Blocks)]);
    }

    private static LogHistogram Latencies(Random random, double ratio, double deviation)
    {
        var run = new LogHistogram();
        var common = deviation * Normal.Sample(random, 0, 1);
        for (var i = 0; i < 2000; i++)
        {
            run.Record(1000 * ratio * Math.Exp(common + (0.5 * Normal.Sample(random, 0, 1))));
        }

        return run;
    }
}
