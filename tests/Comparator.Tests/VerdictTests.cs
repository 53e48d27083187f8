using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator.Tests;

public sealed class VerdictTests
{
    [Fact]
    public void EqualServersPass()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary());
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.All(comparison.Shapes, shape => Assert.Equal(ShapeVerdict.Same, shape.Decision.Verdict));
        Assert.All(comparison.Shapes, shape => Assert.Equal(300, shape.Executions));
        Assert.All(comparison.Runs, run => Assert.Equal((long)campaign.Exchanges, run.Account.Captured));
    }

    [Fact]
    public void ASlowerShapeFailsTheWholeAndStandsFirst()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select slow from big", 300, 2000) { Ratio = 1.5 }]);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        var first = comparison.Shapes[0];
        Assert.Equal("select slow from big", first.Sql);
        Assert.Equal(ShapeVerdict.Regressed, first.Decision.Verdict);
        Assert.InRange(first.Decision.Ratio!.Value.Estimate, 1.42, 1.58);
        Assert.InRange(first.Candidate.P50Microseconds / first.Baseline.P50Microseconds, 1.3, 1.7);
        Assert.Single(comparison.Shapes, shape => shape.Decision.Verdict == ShapeVerdict.Regressed);
        Assert.Contains("1 shape regressed", comparison.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void AFasterShapeIsImprovedAndPasses()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select fast from big", 300, 2000) { Ratio = 0.5 }]);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(ShapeVerdict.Improved, comparison.Shapes.Single(shape => shape.Sql == "select fast from big").Decision.Verdict);
    }

    [Fact]
    public void WhatWasSentAgainAfterADeadlockIsNotTimed()
    {
        var shape = new SyntheticShape("update hot", 300, 1000)
        {
            Change = (label, n, outcome) => label == "B1" && n % 3 == 0 ? outcome with { Flags = outcome.Flags | RunFlags.Retried, LatencyMicroseconds = 50_000 } : outcome,
        };
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), shape]);
        var comparison = campaign.Compare();
        var hot = comparison.Shapes.Single(s => s.Sql == "update hot");
        Assert.Equal((ShapeVerdict.Same, 100L, 200L), (hot.Decision.Verdict, hot.ByEligibility[(int)Eligibility.Retried], hot.ByEligibility[(int)Eligibility.Compared]));
        Assert.InRange(hot.Candidate.MeanMicroseconds, 0, 2_000);
        Assert.Empty(comparison.Errors);
    }

    [Fact]
    public void NotEnoughDataSaysWhatWouldBeEnough()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select rare", 3, 2000), new SyntheticShape("select wild", 30, 2000) { Deviation = 1.2 }]);
        var comparison = campaign.Compare();
        foreach (var sql in new[] { "select rare", "select wild" })
        {
            var shape = comparison.Shapes.Single(one => one.Sql == sql);
            Assert.Equal(ShapeVerdict.NotEnoughData, shape.Decision.Verdict);
            Assert.Matches(@"^not enough data \(needs [0-9,]+ executions", ReportRows.Verdict(shape));
            Assert.InRange(shape.Decision.ExecutionsNeeded!.Value, shape.Paired + 1, 100_000);
        }

        // Whatever the effect seems to be: never as much as there is, or less.
        using var wild = new SyntheticCampaign([.. Enumerable.Range(0, 12).SelectMany(i => new[] { 1, 0.8, 1.15, 1.3 }.Select(ratio => new SyntheticShape($"select w{i}, {ratio}", 20 + (3 * i), 2000) { Deviation = 1, Ratio = ratio }))]);
        var undecided = wild.Compare().Shapes.Where(shape => shape.Decision.Verdict == ShapeVerdict.NotEnoughData).ToArray();
        Assert.True(undecided.Length > 20);
        Assert.All(undecided, shape => Assert.True(shape.Decision.ExecutionsNeeded is null || shape.Decision.ExecutionsNeeded > shape.Paired, ReportRows.Verdict(shape)));
        Assert.All(undecided, shape => Assert.True(shape.Decision.RunsNeeded is null or > 2));
    }

    [Fact]
    public void AMissingIndexOnARareReportIsFound()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select sum(x) from report", 6, 8000) { Ratio = 30 }]);
        Assert.Equal(ShapeVerdict.Regressed, campaign.Compare().Shapes.Single(shape => shape.Sql == "select sum(x) from report").Decision.Verdict);
    }

    [Fact]
    public void OneSlowExecutionOfOneRunASideIsNoRegression()
    {
        var shapes = SyntheticCampaign.Ordinary().Append(new SyntheticShape("create table report()", 1, 8000) { Ratio = 30 }).ToArray();
        using var one = new SyntheticCampaign([.. shapes], ["A1", "B1"]);
        Assert.Equal(ShapeVerdict.NotEnoughData, one.Compare().Shapes.Single(shape => shape.Sql == "create table report()").Decision.Verdict);
        using var two = new SyntheticCampaign([.. shapes]);
        Assert.Equal(ShapeVerdict.Regressed, two.Compare().Shapes.Single(shape => shape.Sql == "create table report()").Decision.Verdict);
    }

    [Fact]
    public void OneRunASideIsAcceptedAndSaysLoudlyHowLittleItSupports()
    {
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape("select slow from big", 300, 2000) { Ratio = 3 }], ["A1", "B1"]);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Contains(comparison.Warnings, warning => warning.StartsWith("ONE RUN A SIDE SUPPORTS LITTLE", StringComparison.Ordinal));
        Assert.False(comparison.Decision.Audit.IsPossible);
    }

    [Fact]
    public void AnUnfitRunLeavesItUndecided()
    {
        using var campaign = new SyntheticCampaign(
            SyntheticCampaign.Ordinary(), manifest: (label, manifest) => label == "A2" ? manifest with { Fitness = new RunFitness { Fit = false, Reasons = ["p99 lag 8 ms"] } } : manifest);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Undecided, comparison.Verdict);
        Assert.Contains(comparison.Reasons, reason => reason.Contains("A2", StringComparison.Ordinal) && reason.Contains("p99 lag 8 ms", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("B1", 1.7, true)]
    [InlineData("A2", 1.7, true)]
    [InlineData("B1", 1.1, false)]
    [InlineData("B", 1.7, false)] // a slower server is not a neighbour
    [InlineData("", 0, false)]
    public void ANeighbourOfOneRunLeavesItUndecided(string disturbed, double processors, bool isNoticed)
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => manifest with
        {
            OtherProcessors = disturbed.Length == 0 ? null : label.StartsWith(disturbed, StringComparison.Ordinal) ? processors : 0.7,
        });
        var comparison = campaign.Compare();
        Assert.Equal(isNoticed ? WholeVerdict.Undecided : WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(isNoticed, comparison.Reasons.Any(reason => reason.StartsWith($"{disturbed} ({disturbed}.run) cannot be trusted: something else kept 1.0 processors", StringComparison.Ordinal)));
    }

    [Fact]
    public void OnABigHostANeighbourIsWhatIsLargeThere()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => manifest with { OtherProcessors = label == "B2" ? 33 : 30 });
        Assert.Equal(WholeVerdict.Pass, campaign.Compare().Verdict);
    }

    [Theory]
    [InlineData(1.4, ShapeVerdict.NotEnoughData, WholeVerdict.Undecided)]
    [InlineData(20, ShapeVerdict.Regressed, WholeVerdict.Fail)]
    public void OfRunsThatCannotBeTrustedOnlyWhatIsLargerThanSuchNoiseCounts(double ratio, ShapeVerdict verdict, WholeVerdict whole)
    {
        SyntheticShape[] shapes = [.. SyntheticCampaign.Ordinary(), new SyntheticShape("select slow from big", 300, 2000) { Ratio = ratio }];
        using var trusted = new SyntheticCampaign(shapes);
        Assert.Equal(ShapeVerdict.Regressed, trusted.Compare().Shapes.Single(shape => shape.Sql == "select slow from big").Decision.Verdict);
        using var unfit = new SyntheticCampaign(shapes, manifest: (label, manifest) => label == "A2" ? manifest with { Fitness = new RunFitness { Fit = false, Reasons = ["p99 lag 8 ms"] } } : manifest);
        var comparison = unfit.Compare();
        Assert.Equal(whole, comparison.Verdict);
        Assert.Equal(verdict, comparison.Shapes.Single(shape => shape.Sql == "select slow from big").Decision.Verdict);
        Assert.Contains(comparison.Shapes, shape => shape.Decision.Verdict == ShapeVerdict.Same);
    }

    [Fact]
    public void ARunThatWasDisturbedAsAWholeLeavesItUndecided()
    {
        var shapes = SyntheticCampaign.Ordinary().Select(shape => shape with
        {
            Change = (label, _, outcome) => label == "A2" ? outcome with { LatencyMicroseconds = outcome.LatencyMicroseconds * 1.8f } : outcome,
        });
        using var campaign = new SyntheticCampaign([.. shapes]);
        var comparison = campaign.Compare();
        Assert.Equal(WholeVerdict.Undecided, comparison.Verdict);
        Assert.Contains(DecisionDoubt.RunSpread, comparison.Decision.Doubts);
        Assert.All(comparison.Shapes, shape => Assert.Equal(ShapeVerdict.NotEnoughData, shape.Decision.Verdict));

        // What is larger than any noise seen still counts.
        using var missing = new SyntheticCampaign([.. shapes, new SyntheticShape("select unindexed", 300, 2000) { Ratio = 20 }]);
        Assert.Equal(ShapeVerdict.Regressed, missing.Compare().Shapes[0].Decision.Verdict);
        Assert.Equal("select unindexed", missing.Compare().Shapes[0].Sql);
    }

    [Fact]
    public void TheSameInputsGiveTheSameBits()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select slow from big", 300, 2000) { Ratio = 1.2 }]);
        var texts = Enumerable.Range(0, 3).Select(_ =>
        {
            using var stream = new MemoryStream();
            JsonReport.Write(campaign.Compare(), stream);
            return Convert.ToBase64String(stream.ToArray());
        });
        Assert.Single(texts.Distinct(StringComparer.Ordinal));
    }
}
