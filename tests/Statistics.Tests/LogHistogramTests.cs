using FsCheck;
using FsCheck.Fluent;

namespace Replay.Statistics.Tests;

public sealed class LogHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(437.5)]
    [InlineData(1_000_000)]
    [InlineData(3.6e9)]
    public void ABucketsValueIsWithinHalfAPercent(double microseconds)
    {
        var value = LogScale.ValueOf(LogScale.BucketOf(microseconds));
        Assert.InRange(value / microseconds, 1 - LogScale.Alpha - 1e-6, 1 + LogScale.Alpha + 1e-6);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-5, 0)]
    [InlineData(0.2, 0)]
    public void WhatIsNoLatencyCountsAsTheShortest(double microseconds, int bucket) => Assert.Equal(bucket, LogScale.BucketOf(microseconds));

    [Fact]
    public void WhatIsTooLongCountsAsAnHour()
    {
        Assert.Equal(LogScale.Buckets - 1, LogScale.BucketOf(1e300));
        Assert.Equal(LogScale.Buckets - 1, LogScale.BucketOf(double.PositiveInfinity));
    }

    [Fact]
    public void TheFixedLogarithmIsWithinItsBound()
    {
        for (var value = 1f; value < 4e9f; value *= 1.00037f)
        {
            Assert.InRange(FixedLog.ToDouble(FixedLog.Of(value)) - Math.Log(value), -2e-7, 2e-7);
        }
    }

    [Fact]
    public void TheFixedLogarithmNeverFalls()
    {
        var before = -1;
        for (var bits = BitConverter.SingleToInt32Bits(0.5f); bits < BitConverter.SingleToInt32Bits(1e10f); bits += 997)
        {
            var log = FixedLog.Of(BitConverter.Int32BitsToSingle(bits));
            Assert.True(log >= before);
            before = log;
        }
    }

    [Fact]
    public void QuantilesAreNearestRank()
    {
        var histogram = new LogHistogram();
        for (var i = 1; i <= 100; i++)
        {
            histogram.Record(i * 1000);
        }

        Assert.InRange(histogram.Quantile(0.5), 50_000 * 0.995, 50_000 * 1.005);
        Assert.InRange(histogram.Quantile(0.99), 99_000 * 0.995, 99_000 * 1.005);
        Assert.InRange(histogram.Quantile(1), 100_000 * 0.995, 100_000 * 1.005);
        Assert.Equal(1, histogram.CountAbove(LogScale.BucketOf(99_000)));
        Assert.True(double.IsNaN(new LogHistogram().Quantile(0.5)));
    }

    [Fact]
    public void ExcessIsTheSumBeyondTheBound()
    {
        var histogram = new LogHistogram();
        histogram.Record(100);
        histogram.Record(5_000);
        histogram.Record(9_000);
        var bucket = LogScale.BucketOf(1_000);
        var bound = LogScale.UpperBoundOf(bucket);
        Assert.InRange(histogram.ExcessAbove(bucket).Sum, 14_000 * 0.995 - (2 * bound), 14_000 * 1.005 - (2 * bound));
    }

    [Fact]
    public void TheLargestHoldTheirShare()
    {
        var histogram = new LogHistogram();
        histogram.RecordBucket(LogScale.BucketOf(1_000), 999);
        histogram.Record(1_000_000);
        Assert.InRange(histogram.ShareOfLargest(0.001), 0.49, 0.51);
    }

    [Fact]
    public void MergingShardsEqualsOnePassInAnyOrder() => Prop.ForAll(
        ArbMap.Default.ArbFor<float[]>(), ArbMap.Default.ArbFor<float[]>(), ArbMap.Default.ArbFor<float[]>(),
        (a, b, c) => Dump(LogHistogram.Sum([Of(a), Of(b), Of(c)])) == Dump(Of([.. a, .. b, .. c])) && Dump(LogHistogram.Sum([Of(c), Of(a), Of(b)])) == Dump(Of([.. a, .. b, .. c])))
        .QuickCheckThrowOnFailure();

    private static LogHistogram Of(float[] values)
    {
        var histogram = new LogHistogram();
        foreach (var value in values)
        {
            histogram.Record(Math.Abs(value) * 1000);
        }

        return histogram;
    }

    private static string Dump(LogHistogram histogram) =>
        $"{histogram.Count}:{string.Join(',', Enumerable.Range(0, LogScale.Buckets).Where(bucket => histogram[bucket] > 0).Select(bucket => $"{bucket}={histogram[bucket]}"))}";
}
