namespace Replay.Statistics.Tests;

/// <summary>
/// Whole campaigns with known truth, seeded. The yardstick: without a change at most 5 % of campaigns with a false regression; of shapes that
/// became slower by a quarter, with 200 or more executions in two runs a side, at least 90 % found. <c>dbcompare simulate</c> does the same with more.
/// </summary>
public sealed class CampaignTests
{
    private static readonly PlannedChange[] Mixed = [new(0.10, 1.25), new(0.05, 0.8), new(0.20, 1.03)];

    [Fact]
    public void EqualServersGiveNoFalseRegression()
    {
        var result = Simulator.Run(new CampaignPlan(), 24, 1);
        Assert.True(result.CampaignsWithFalseRegression <= 1, $"{result.CampaignsWithFalseRegression} of 24");
        Assert.True(result.CampaignsInDoubt <= 2, $"{result.CampaignsInDoubt} in doubt");
        Assert.True((double)result.UnchangedCalledSame / result.Unchanged > 0.9);
        Assert.InRange(result.MeanAuditRate, 0, 0.005);
    }

    [Fact]
    public void AQuarterSlowerIsFoundAndLittleElse()
    {
        var result = Simulator.Run(new CampaignPlan { Changes = Mixed }, 12, 1);
        Assert.True(result.Power >= 0.9, $"power {result.Power}");
        Assert.True(result.FalseDiscoveries <= 0.05, $"false discoveries {result.FalseDiscoveries}");
    }

    [Theory]
    [InlineData(0.02)] // all by the start: interleaving helps nothing
    [InlineData(0.01)]
    public void InterleavedPairsKeepThePromise(double ofStart)
    {
        var plan = new CampaignPlan { IsInterleaved = true, StartDeviation = ofStart };
        var equal = Simulator.Run(plan, 16, 1);
        Assert.True(equal.CampaignsWithFalseRegression <= 1, $"{equal.CampaignsWithFalseRegression} of 16");
        Assert.True(equal.CampaignsInDoubt <= 2, $"{equal.CampaignsInDoubt} in doubt");
        Assert.True((double)equal.UnchangedCalledSame / equal.Unchanged > 0.9);
        var mixed = Simulator.Run(plan with { Changes = Mixed }, 8, 1);
        Assert.True(mixed.Power >= 0.9, $"power {mixed.Power}");
        Assert.True(mixed.FalseDiscoveries <= 0.05, $"false discoveries {mixed.FalseDiscoveries}");
    }

    [Fact]
    public void DriftThatSpoilsRunsInSequenceDoesNotSpoilInterleavedOnes()
    {
        var plan = new CampaignPlan { Shapes = 60, LeastExecutions = 200, ShapeDeviation = 0.08, StartDeviation = 0.015, Changes = Mixed };
        var (apart, inTurn) = (Simulator.Run(plan, 12, 1), Simulator.Run(plan with { IsInterleaved = true }, 12, 1));
        Assert.True(inTurn.Power >= 0.9 && apart.Power < 0.5, $"power {apart.Power} and {inTurn.Power}");
        Assert.True(inTurn.FalseDiscoveries <= 0.05, $"false discoveries {inTurn.FalseDiscoveries}");
    }

    [Fact]
    public void FewShapesAreDecidedToo()
    {
        var result = Simulator.Run(new CampaignPlan { Shapes = 20, LeastExecutions = 200 }, 60, 1);
        Assert.True(result.CampaignsWithFalseRegression <= 3, $"{result.CampaignsWithFalseRegression} of 60");
        Assert.True(result.CampaignsInDoubt <= 6, $"{result.CampaignsInDoubt} in doubt");
    }

    [Fact]
    public void OneRunASideGivesFewFalseAlarms()
    {
        var result = Simulator.Run(new CampaignPlan { Shapes = 60, BaselineRuns = 1, CandidateRuns = 1 }, 60, 1);
        Assert.True(result.CampaignsWithFalseRegression <= 3, $"{result.CampaignsWithFalseRegression} of 60");
        Assert.True(double.IsNaN(result.MeanAuditRate));
    }
}
