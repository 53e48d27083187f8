using FsCheck;
using FsCheck.Fluent;

namespace Replay.Statistics.Tests;

/// <summary>What holds for the whole decision whatever the campaign: mirrored sides, more noise, shards.</summary>
public sealed class DecisionPropertyTests
{
    private const int Cases = 50;

    // Enough shapes for the common effect or not, equal and unequal numbers of runs, changes in both directions, tails of their own.
    private static readonly Arbitrary<Case> Campaigns = (
        from seed in Gen.Choose(1, 1_000_000)
        from shapes in Gen.Elements(4, 12, 40)
        from runs in Gen.Elements((1, 1, false), (2, 2, false), (2, 3, false), (3, 2, false), (1, 2, false), (1, 1, true), (2, 2, true), (3, 3, true))
        from ratio in Gen.Elements(1.0, 1.1, 1.4, 3.0)
        from slowest in Gen.Elements(1.0, 0.02)
        select new Case(seed, shapes, runs.Item1, runs.Item2, runs.Item3, ratio, slowest)).ToArbitrary();

    [Fact]
    public void SwappingTheSidesMirrorsEveryVerdict() => Check(AssertMirrored);

    [Fact]
    public void ADifferenceTooSmallToMatterMayBeNotEnoughDataTheOtherWay() => AssertMirrored(new Case(696092, 40, 3, 2, IsInterleaved: false, 1.1, 1));

    [Fact]
    public void NoiseBetweenRunsNeverMakesSameMoreCertain() => Check(one =>
    {
        // The sides' means stay where they are; runs of a side lie further from them. Equal sides, so that what runs have in common grows like the rest.
        var campaign = (one with { Ratio = 1 }).Generate();
        var samples = campaign.Samples.Select(sample => Spread(Equal(sample, one.Baseline), one.Baseline, 1)).ToArray();
        var before = Decider.Decide(campaign.Design, samples);
        foreach (var factor in new[] { 1.5, 3, 8 })
        {
            var after = Decider.Decide(campaign.Design, samples.Select(sample => Spread(sample, one.Baseline, factor)).ToArray());
            foreach (var (quiet, loud) in before.Shapes.Zip(after.Shapes).Where(two => two.First.Effects.Count > 0))
            {
                Assert.True(Width(loud) >= Width(quiet) * 0.999, $"shape {quiet.Shape}: {quiet.Effects[0].Ratio} became {loud.Effects[0].Ratio} with {factor} times the noise");
                Assert.False(loud.Verdict == ShapeVerdict.Same && quiet.Verdict != ShapeVerdict.Same, $"shape {quiet.Shape} became the same with {factor} times the noise");
            }
        }
    });

    [Fact]
    public void ShardsGiveTheDecisionOfOnePass() => Check(one =>
    {
        var design = new RunDesign(one.Baseline, one.Candidate, one.IsInterleaved);
        var whole = new PairAccumulator(design, one.Shapes);
        var shards = Enumerable.Range(0, 3).Select(_ => new PairAccumulator(design, one.Shapes)).ToArray();
        var noise = new GaussianNoise(one.Seed);
        var latencies = new float[design.Runs];
        const int Exchanges = 2000;
        for (var i = 0; i < Exchanges; i++)
        {
            for (var k = 0; k < latencies.Length; k++)
            {
                latencies[k] = (float)(1000 * Math.Exp(0.3 * noise.Next()));
            }

            whole.Add(i % one.Shapes, PairAccumulator.BlockOf(i, Exchanges), latencies);
            shards[(int)(3 * noise.NextUniform())].Add(i % one.Shapes, PairAccumulator.BlockOf(i, Exchanges), latencies);
        }

        shards[2].Add(shards[0]);
        shards[2].Add(shards[1]);
        Assert.Equal(Text(Decider.Decide(design, whole.Samples())), Text(Decider.Decide(design, shards[2].Samples())));
    });

    private static void AssertMirrored(Case one)
    {
        var campaign = one.Generate();
        var forth = Decider.Decide(campaign.Design, campaign.Samples);
        var back = Decider.Decide(new RunDesign(one.Candidate, one.Baseline, one.IsInterleaved), campaign.Samples.Select(sample => Swap(sample, one.Baseline)).ToArray());
        Assert.Equal(forth.Shapes.Count, back.Shapes.Count);
        Assert.Equal(forth.Audit.Flagged, back.Audit.Flagged);
        Assert.Equal(forth.Audit.IsNoisy, back.Audit.IsNoisy);
        foreach (var (there, here) in forth.Shapes.Zip(back.Shapes))
        {
            Assert.Equal(1 / there.Ratio!.Value.Estimate, here.Ratio!.Value.Estimate, 9);
            foreach (var (effect, mirrored) in there.Effects.Zip(here.Effects))
            {
                Assert.Equal(effect.Metric, mirrored.Metric);
                Assert.Equal(0, Math.Log(effect.Ratio.Estimate) + Math.Log(mirrored.Ratio.Estimate), 9);
                Assert.Equal((effect.IsRegressed, effect.IsImproved), (mirrored.IsImproved, mirrored.IsRegressed));
            }

            Assert.Contains(here.Verdict, Mirror(there, forth));
        }
    }

    private static void Check(Action<Case> property) => Prop.ForAll(Campaigns, property).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    /// <summary>What the mirrored shape may be called. Slower below what matters has no counterpart: faster below what matters is the same, or not enough data.</summary>
    private static ShapeVerdict[] Mirror(ShapeDecision shape, Decision whole)
    {
        // Between noisy runs verdicts are taken back, whatever the effects say; and worse in one respect outweighs better in another.
        var isBoth = shape.Effects.Any(effect => effect.IsRegressed) && shape.Effects.Any(effect => effect.IsImproved);
        return shape.Verdict switch
        {
            ShapeVerdict.Regressed when isBoth => [ShapeVerdict.Regressed],
            ShapeVerdict.Regressed => [ShapeVerdict.Improved],
            ShapeVerdict.Improved => [ShapeVerdict.Regressed],
            ShapeVerdict.Slower when shape.IsTooSmallToMatter && shape.Effects.Any(effect => effect.IsRegressed) => isBoth ? [ShapeVerdict.Slower] : [ShapeVerdict.Same],
            ShapeVerdict.Slower => [ShapeVerdict.Same, ShapeVerdict.NotEnoughData],
            ShapeVerdict.Same => shape.IsTooSmallToMatter ? [ShapeVerdict.Slower] : [ShapeVerdict.Same, ShapeVerdict.Slower],
            _ => whole.Audit.IsNoisy || whole.Overall.LargestSpread > whole.Options.RunSpreadLimit ? [ShapeVerdict.NotEnoughData] : [ShapeVerdict.NotEnoughData, ShapeVerdict.Slower],
        };
    }

    private static double Width(ShapeDecision shape) => Math.Log(shape.Effects[0].Ratio.High / shape.Effects[0].Ratio.Low);

    private static string Text(Decision decision) => string.Join('|', decision.Shapes.Select(shape => $"{shape.Verdict} {shape.Ratio} {string.Join(',', shape.Effects)}"));

    private static ShapeSample? Swap(ShapeSample? sample, int baseline) =>
        sample is null ? null : Change(sample, perRun => [.. perRun[baseline..], .. perRun[..baseline]], [.. sample.Histograms[baseline..], .. sample.Histograms[..baseline]], 1);

    /// <summary>Takes the difference of the sides' means off.</summary>
    private static ShapeSample? Equal(ShapeSample? sample, int baseline) => sample is null ? null : Change(sample, perRun =>
    {
        double a = perRun[..baseline].Average(), b = perRun[baseline..].Average();
        return [.. perRun.Select((value, k) => value - (k < baseline ? a : b))];
    }, sample.Histograms, 1);

    private static ShapeSample? Spread(ShapeSample? sample, int baseline, double factor) => sample is null ? null : Change(sample, perRun =>
    {
        double a = perRun[..baseline].Average(), b = perRun[baseline..].Average();
        return [.. perRun.Select((value, k) => (k < baseline ? a : b) + (factor * (value - (k < baseline ? a : b))))];
    }, sample.Histograms, factor * factor);

    private static ShapeSample Change(ShapeSample sample, Func<double[], double[]> change, LogHistogram[] histograms, double variances) => new()
    {
        Executions = sample.Executions,
        OccupiedBlocks = sample.OccupiedBlocks,
        Typical = change(sample.Typical),
        TypicalBlockVariance = sample.TypicalBlockVariance * variances,
        Plain = change(sample.Plain),
        PlainBlockVariance = sample.PlainBlockVariance * variances,
        LogTotal = change(sample.LogTotal),
        LogTotalBlockVariance = sample.LogTotalBlockVariance * variances,
        TotalMicroseconds = histograms == sample.Histograms ? sample.TotalMicroseconds : change(sample.TotalMicroseconds), // only turned, never moved
        Histograms = histograms,
        Slow = sample.Slow is { } slow ? slow with { Typical = change(slow.Typical), VarianceOfExecution = slow.VarianceOfExecution * variances } : null,
        TypicalWithoutBlock = [.. sample.TypicalWithoutBlock.Select(values => values is null ? null : change(values))],
    };

    public sealed record Case(int Seed, int Shapes, int Baseline, int Candidate, bool IsInterleaved, double Ratio, double SlowestShare)
    {
        internal Campaign Generate() => Campaign.Generate(
            new CampaignPlan
            {
                Shapes = Shapes,
                BaselineRuns = Baseline,
                CandidateRuns = Candidate,
                IsInterleaved = IsInterleaved,
                StartDeviation = 0.01,
                LeastExecutions = 3,
                MostExecutions = 3000,
                CommonDeviation = 0.04,
                Changes = Ratio == 1 ? [] : [new PlannedChange(0.15, Ratio, SlowestShare), new PlannedChange(0.15, 1 / Ratio, SlowestShare)],
            }, Seed);
    }
}
