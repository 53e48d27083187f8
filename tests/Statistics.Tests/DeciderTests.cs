namespace Replay.Statistics.Tests;

public sealed class DeciderTests
{
    private static readonly CampaignPlan Plan = new()
    {
        Shapes = 60,
        LeastExecutions = 100,
        MostExecutions = 1000,
        Changes = [new PlannedChange(0.1, 2), new PlannedChange(0.1, 0.5)],
    };

    [Fact]
    public void SwappingTheSidesMirrorsTheVerdicts()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var campaign = Campaign.Generate(Plan, seed);
            var forth = Decider.Decide(campaign.Design, campaign.Samples);
            var back = Decider.Decide(campaign.Design, campaign.Samples.Select(Swap).ToArray());
            foreach (var (one, other) in forth.Shapes.Zip(back.Shapes))
            {
                // Tail metrics know an old side, so only what the typical effect says is mirrored exactly.
                Assert.Equal(1 / one.Ratio!.Value.Estimate, other.Ratio!.Value.Estimate, 9);
                Assert.Equal(1 / one.Effects[0].Ratio.Estimate, other.Effects[0].Ratio.Estimate, 9);
                Assert.Equal(one.Verdict == ShapeVerdict.Regressed && one.Effects[0].IsRegressed, other.Verdict is ShapeVerdict.Improved && other.Effects[0].IsImproved);
            }
        }
    }

    [Fact]
    public void NoiseNeverMakesSameMoreCertain()
    {
        var quiet = Same(Plan with { Changes = [], ShapeDeviation = 0.01 });
        var usual = Same(Plan with { Changes = [], ShapeDeviation = 0.04 });
        var loud = Same(Plan with { Changes = [], ShapeDeviation = 0.12 });
        Assert.True(quiet >= usual && usual > loud, $"{quiet} {usual} {loud}");
    }

    [Fact]
    public void TheSameSeedGivesTheSameDecision()
    {
        static string Text(Decision decision) => string.Join('|', decision.Shapes.Select(shape => $"{shape.Verdict} {shape.Ratio}"));
        Assert.Equal(Text(Decide(Plan, 7)), Text(Decide(Plan, 7)));
    }

    [Fact]
    public void TheCommonEffectOfARunIsTakenOff()
    {
        // Runs that differ by 20 % as a whole: nothing is called changed but what is.
        var decision = Decide(Plan with { CommonDeviation = 0.2, Changes = [] }, 3);
        Assert.True(decision.Overall.IsRemoved);
        Assert.DoesNotContain(decision.Shapes, shape => shape.Verdict is ShapeVerdict.Regressed or ShapeVerdict.Improved);
    }

    [Fact]
    public void AServerThatIsSlowerThroughoutIsSeenAsAWhole()
    {
        var decision = Decide(Plan with { CommonDeviation = 0.005, Changes = [new PlannedChange(1, 1.6)] }, 4);
        Assert.Equal(ShapeVerdict.Regressed, decision.Overall.Verdict);
        Assert.True(decision.Overall.IsCounted);
        Assert.InRange(decision.Overall.Ratio.Estimate, 1.5, 1.7);
        Assert.All(decision.Shapes, shape => Assert.InRange(shape.Ratio!.Value.Estimate, 1.3, 1.9));
        Assert.True(decision.Shapes.Count(shape => shape.Verdict == ShapeVerdict.Regressed) > 40);
    }

    [Fact]
    public void ASlowerServerThatMayBeChanceIsNotPassedOver()
    {
        var plan = Plan with { CommonDeviation = 0.1, Changes = [new PlannedChange(1, 1.6)] };
        var decision = Decide(plan, 5);
        Assert.Equal(ShapeVerdict.NotEnoughData, decision.Overall.Verdict);
        Assert.Contains(DecisionDoubt.OverallDoubt, decision.Doubts);
    }

    [Fact]
    public void BelowEightShapesNothingIsTakenOffAndLargeChangesAreStillFound()
    {
        var decision = Decide(Plan with { Shapes = 5, CommonDeviation = 0.02, Changes = [new PlannedChange(1, 4)] }, 6);
        Assert.False(decision.Overall.IsRemoved);
        Assert.All(decision.Shapes, shape => Assert.Equal(ShapeVerdict.Regressed, shape.Verdict));
    }

    [Fact]
    public void BelowEightShapesEqualRunsGiveNoFalseAlarm()
    {
        var result = Simulator.Run(Plan with { Shapes = 5, CommonDeviation = 0.1, Changes = [] }, 200, 1);
        Assert.True(result.CampaignsWithFalseRegression <= 10, $"{result.CampaignsWithFalseRegression} of 200");
    }

    [Fact]
    public void ATailThatGotThreeTimesAsLongIsFound()
    {
        var decision = Decide(Plan with { Shapes = 40, LeastExecutions = 20_000, MostExecutions = 20_001, OutlierShare = 0, Changes = [new PlannedChange(0.1, 3, 0.01)] }, 8, out var truth);
        foreach (var shape in decision.Shapes)
        {
            Assert.Equal(truth[shape.Shape] is not null, shape.Verdict == ShapeVerdict.Regressed);
        }
    }

    [Fact]
    public void AChangeTooSmallToMatterIsNoRegression()
    {
        // 40 us become 60 us, with a thousandth of the time beside 60 long shapes.
        var design = new RunDesign(2, 2);
        var accumulator = new PairAccumulator(design, 61);
        var noise = new GaussianNoise(9);
        for (var i = 0; i < 60 * 400; i++)
        {
            var latency = (float)(100_000 * Math.Exp(0.2 * noise.Next()));
            accumulator.Add(i % 60, PairAccumulator.BlockOf(i, 60 * 400), [latency, latency * 1.01f, latency * 0.99f, latency]);
        }

        for (var i = 0; i < 400; i++)
        {
            accumulator.Add(60, PairAccumulator.BlockOf(i, 400), [40, 40.4f, 59.4f, 60]);
        }

        var shape = Decider.Decide(design, accumulator.Samples()).Shapes[^1];
        Assert.Equal((ShapeVerdict.Slower, true), (shape.Verdict, shape.IsTooSmallToMatter));
    }

    [Fact]
    public void ARunComparedWithACopyOfItselfIsTheSame()
    {
        var accumulator = new PairAccumulator(new RunDesign(2, 2), 10);
        for (var i = 0; i < 10 * 50; i++)
        {
            var latency = 500f + (i % 50);
            accumulator.Add(i % 10, PairAccumulator.BlockOf(i, 500), [latency, latency, latency, latency]);
        }

        Assert.All(Decider.Decide(new RunDesign(2, 2), accumulator.Samples()).Shapes, shape => Assert.Equal(ShapeVerdict.Same, shape.Verdict));
    }

    [Fact]
    public void NothingPairedIsADoubtAndNoCrash()
    {
        var decision = Decider.Decide(new RunDesign(2, 2), new ShapeSample?[3]);
        Assert.Empty(decision.Shapes);
        Assert.Contains(DecisionDoubt.NothingPaired, decision.Doubts);
    }

    private static int Same(CampaignPlan plan) => Enumerable.Range(1, 5).Sum(seed => Decide(plan, seed).Shapes.Count(shape => shape.Verdict == ShapeVerdict.Same));

    private static Decision Decide(CampaignPlan plan, int seed) => Decide(plan, seed, out _);

    private static Decision Decide(CampaignPlan plan, int seed, out PlannedChange?[] truth)
    {
        var campaign = Campaign.Generate(plan, seed);
        truth = campaign.Truth;
        return Decider.Decide(campaign.Design, campaign.Samples);
    }

    private static ShapeSample? Swap(ShapeSample? sample)
    {
        static T[] Turn<T>(T[] perRun) => [perRun[2], perRun[3], perRun[0], perRun[1]];
        return sample is null ? null : new ShapeSample
        {
            Executions = sample.Executions,
            OccupiedBlocks = sample.OccupiedBlocks,
            Typical = Turn(sample.Typical),
            TypicalBlockVariance = sample.TypicalBlockVariance,
            Plain = Turn(sample.Plain),
            PlainBlockVariance = sample.PlainBlockVariance,
            LogTotal = Turn(sample.LogTotal),
            LogTotalBlockVariance = sample.LogTotalBlockVariance,
            TotalMicroseconds = Turn(sample.TotalMicroseconds),
            Histograms = Turn(sample.Histograms),
        };
    }
}
