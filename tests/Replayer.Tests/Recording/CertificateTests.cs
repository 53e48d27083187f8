using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class CertificateTests
{
    private static readonly Certificate Good = new()
    {
        ReplayedShare = 1,
        OwnLagP99Microseconds = 200,
        IsRealTime = true,
        CpuShare = 0.3,
        Stretch = 1,
        IsPaced = true,
        Interrupted = false,
    };

    [Fact]
    public void AGoodRunIsFit() => Assert.True(Good.Judge().Fit);

    [Fact]
    public void EachGateAloneMakesARunUnfitWithOneReason()
    {
        Certificate[] bad =
        [
            Good with { ReplayedShare = 0.99 },
            Good with { OwnLagP99Microseconds = 1_500 },
            Good with { CpuShare = 0.7 },
            Good with { Stretch = 1.05 },
            Good with { Interrupted = true },
        ];
        Assert.All(bad, c => Assert.Single(c.Judge().Reasons));
        Assert.All(bad, c => Assert.False(c.Judge().Fit));
        Assert.Equal(["replayed", "own_lag", "cpu", "stretch", "complete"], bad.SelectMany(c => c.Judge().Gates));
    }

    [Fact]
    public void WhereTransactionsAreLimitedTheScheduleIsNotTheTargetsFault() =>
        Assert.Contains("--concurrency", Assert.Single((Good with { Stretch = 1.05, IsLimited = true }).Judge().Reasons), StringComparison.Ordinal);

    [Fact]
    public void AtFullSpeedLagAndRateDoNotCount() =>
        Assert.True((Good with { IsPaced = false, OwnLagP99Microseconds = 9_999, Stretch = 3 }).Judge().Fit);

    [Fact]
    public void WhatBothServersSkippedAfterAnErrorIsNoMissingReplay()
    {
        var counts = new OutcomeCounts();
        counts.Add(new RunOutcome { Status = RunStatus.Replayed });
        counts.Add(new RunOutcome { Status = RunStatus.Skipped, Reason = RunReason.SkippedAfterError });
        Assert.Equal(0.5, Certificate.Share(counts, captured: 2));
        counts.SawSkippedAsCaptured();
        Assert.Equal(1, Certificate.Share(counts, captured: 2));
    }

    [Theory]
    [InlineData(0, 10_000_000, 10_100_000, 1)]
    [InlineData(0, 10_000_000, 11_000_000, 1.1)]
    [InlineData(5, 5, 5_000_000, 1)]
    public void TheStretchIsTheScheduleAsItWasAgainstAsPlanned(long start, long due, long sent, double stretch) =>
        Assert.Equal(stretch, Certificate.StretchOf(start, due, sent), 6);
}
