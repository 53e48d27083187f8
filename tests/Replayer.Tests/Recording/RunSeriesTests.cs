namespace Replay.Replayer.Tests;

public sealed class RunSeriesTests
{
    private const long Start = 1_000_000_000;
    private const long Width = RunSeries.FirstWidthMicroseconds;

    private readonly RunSeries _series = new();

    public RunSeriesTests() => _series.Begin(Start);

    [Fact]
    public void WhatIsLateIsSentInAnotherBucketThanItWasDue()
    {
        _series.Add(Start + 10, Start + Width + 10, latencyMicroseconds: 100, capturedAtMicroseconds: 5, capturedMicroseconds: 50, ownLagMicroseconds: 7);
        var buckets = _series.Buckets;
        Assert.Equal(2, buckets.Count);
        Assert.Equal((1, 0, 0, 50, 0), Of(buckets[0]));
        Assert.Equal((0, 1, 100, 0, 7), Of(buckets[1]));
    }

    [Fact]
    public void WhatIsLongIsOnTheWireInEachBucketThatItLasts()
    {
        _series.Add(Start + Width - 10, Start + Width - 10, latencyMicroseconds: Width + 30, capturedAtMicroseconds: 5, capturedMicroseconds: 20, ownLagMicroseconds: 0);
        Assert.Equal([10, Width, 20], _series.Buckets.Select(b => b.OnWireMicroseconds));
        Assert.Equal([10, 10, 0], _series.Buckets.Select(b => b.CapturedOnWireMicroseconds));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_600)]
    [InlineData(30L * 86_400)]
    public void BucketsGetWiderAndNothingIsLost(long seconds)
    {
        const int Count = 1_000;
        for (var i = 0; i < Count; i++)
        {
            var at = Start + (seconds * 1_000_000 * i / Count);
            _series.Add(at, at + 1_000, 500, at, 400, ownLagMicroseconds: i);
        }

        var buckets = _series.Buckets;
        Assert.InRange(buckets.Count, 1, RunSeries.MaxBuckets);
        Assert.True(buckets.Count * _series.WidthMicroseconds >= seconds * 999_000);
        Assert.True(seconds < 60 || buckets.Count > RunSeries.MaxBuckets / 2);
        Assert.Equal((Count, Count, Count * 500, Count * 400, Count - 1), (buckets.Sum(b => b.Due), buckets.Sum(b => b.Sent), buckets.Sum(b => b.OnWireMicroseconds), buckets.Sum(b => b.CapturedOnWireMicroseconds), buckets.Max(b => b.OwnLagMaxMicroseconds)));
        Assert.Equal((Count, Count * 500, Count * 400), (_series.Sent, _series.OnWireMicroseconds, _series.CapturedOnWireMicroseconds));
    }

    [Fact]
    public void AtFullSpeedNothingIsDue()
    {
        _series.Add(Pacer.AtOnce, Start + 10, 100, capturedAtMicroseconds: 1_000, capturedMicroseconds: 200, ownLagMicroseconds: 0);
        Assert.Equal((0, 1, 100, 0, 0), Of(Assert.Single(_series.Buckets)));
        Assert.Equal((110, 200, 0), (_series.SpanMicroseconds, _series.CapturedSpanMicroseconds, _series.ScheduledSpanMicroseconds));
    }

    [Fact]
    public void WhatWasSentBeforeTheStartIsInTheFirst()
    {
        _series.Add(Start - 100, Start - 50, 10, 0, 10, 0);
        Assert.Equal((1, 1), (_series.Buckets[0].Due, _series.Buckets[0].Sent));
    }

    private static (long Due, long Sent, long OnWire, long Captured, long Lag) Of(RunSeries.Bucket b) =>
        (b.Due, b.Sent, b.OnWireMicroseconds, b.CapturedOnWireMicroseconds, b.OwnLagMaxMicroseconds);
}
