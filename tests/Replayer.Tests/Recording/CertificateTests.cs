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
        ViolatedShare = 0,
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
            Good with { CpuShare = 0.61 },
            Good with { Stretch = 1.011 },
            Good with { ViolatedShare = 0.0011 },
            Good with { Interrupted = true },
        ];
        Assert.All(bad, c => Assert.Single(c.Judge().Reasons));
        Assert.All(bad, c => Assert.False(c.Judge().Fit));
        Assert.Equal(["replayed", "own_lag", "cpu", "rate", "violations", "complete"], bad.SelectMany(c => c.Judge().Gates));
    }

    [Fact]
    public void AtItsGatesARunIsFit() =>
        Assert.True((Good with { ReplayedShare = 0.995, OwnLagP99Microseconds = 1_000, CpuShare = 0.6, Stretch = 1.01, ViolatedShare = 0.001 }).Judge().Fit);

    [Fact]
    public void WhatTookTheReplayersTimeIsNamed()
    {
        var late = Good with { OwnLagP99Microseconds = 1_500, StolenShare = 0.12, ProcessorWaitShare = 0.4, PauseShare = 0.02 };
        var reason = Assert.Single(late.Judge().Reasons);
        Assert.Contains("the hypervisor gave 12 % of the processors to other machines", reason, StringComparison.Ordinal);
        Assert.Contains("in line for a processor for 40 % of the time", reason, StringComparison.Ordinal);
        Assert.Contains("garbage collections stopped it for 2.0 %", reason, StringComparison.Ordinal);
        Assert.Contains("free a processor or lower --speed", reason, StringComparison.Ordinal);
        var alone = Assert.Single((Good with { OwnLagP99Microseconds = 1_500, StolenShare = 0.001, ProcessorWaitShare = 0.001 }).Judge().Reasons);
        Assert.DoesNotContain("hypervisor", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("in line", alone, StringComparison.Ordinal);
    }

    [Fact]
    public void ARateMissedByTheReplayersOwnLagIsNotTheTargetsFault() =>
        Assert.Contains("the replayer or the target", (Good with { OwnLagP99Microseconds = 1_500, Stretch = 1.05 }).Judge().Reasons[1], StringComparison.Ordinal);

    [Fact]
    public void AtFullSpeedViolationsAndProcessorsCount() =>
        Assert.Equal(["violations", "cpu"], (Good with { IsPaced = false, ViolatedShare = 0.01, CpuShare = 0.7 }).Judge().Gates);

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
