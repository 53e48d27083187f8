namespace Replay.Statistics;

/// <summary>
/// The decision procedure: effects per shape with the run as the experimental unit, the common effect of a run taken off, variances
/// moderated across shapes, minimum-effect tests, selection over shapes and metrics, intervals, verdicts, and the A/A audit.
/// </summary>
public static class Decider
{
    /// <summary>The rule for rare shapes asks for at least this ratio between any two runs of different sides ...</summary>
    public const double RareRatio = 5;

    /// <summary>... and this difference of the mean execution.</summary>
    public const double RareMicroseconds = 50_000;

    /// <summary>Paired executions below which the rule for rare shapes applies.</summary>
    public const int RareExecutions = 20;

    /// <summary>Runs of each side that the rule for rare shapes asks for: four pairs that agree.</summary>
    public const int RareRuns = 2;

    /// <summary>Between noisy runs a change must be at least this large to count, whatever their spread.</summary>
    public const double NoisyRatio = 1.5;

    /// <summary>Decides.</summary>
    /// <param name="design">The runs.</param>
    /// <param name="samples">The shapes' samples by number; null for shapes without any.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="areTrusted">Whether each run's certificate says that its times are the server's. If not, only what is larger than such noise counts.</param>
    public static Decision Decide(RunDesign design, ShapeSample?[] samples, DecisionOptions? options = null, bool areTrusted = true)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentNullException.ThrowIfNull(samples);
        options ??= new DecisionOptions();
        var least = options.MinimumExecutions;
        var typical = new MetricAnalysis(design, MetricTable.OfBlocks(EffectMetric.Typical, samples, least, s => s.Typical, s => s.TypicalBlockVariance));
        var plain = new MetricAnalysis(design, MetricTable.OfBlocks(null, samples, least, s => s.Plain, s => s.PlainBlockVariance));
        MetricAnalysis[] metrics =
        [
            typical,
            new(design, MetricTable.OfBlocks(EffectMetric.Total, samples, least, s => s.LogTotal, s => s.LogTotalBlockVariance)),
            new(design, MetricTable.OfTails(EffectMetric.TailCount, design, samples)),
            new(design, MetricTable.OfTails(EffectMetric.FarTailCount, design, samples)),
            new(design, MetricTable.OfTails(EffectMetric.TailExcess, design, samples)),
            new(design, MetricTable.OfSlowest(samples)),
        ];

        var times = new TimeShares(design, samples);
        var weights = times.Weights(typical.Table.Shapes);
        var audit = Auditor.Run(design, options, metrics, weights);
        plain.Inflate(typical.Inflation);
        var deviation = typical.MedianDeviation();
        var overall = OverallJudge.Judge(design, options, typical.Common, areTrusted);
        if (overall.IsCounted)
        {
            foreach (var metric in metrics.Append(plain).Where(metric => metric.Table.Metric is null or EffectMetric.Typical or EffectMetric.Total or EffectMetric.Slowest))
            {
                metric.AddCommon();
            }
        }

        var judge = new ShapeJudge(design, options, samples, times, metrics, plain, weights);
        var shapes = Enumerable.Range(0, samples.Length).Where(shape => samples[shape] is not null).Select(judge.Judge).ToArray();
        var isNoisy = audit.IsNoisy || overall.LargestSpread > options.RunSpreadLimit;
        if (isNoisy || !areTrusted)
        {
            shapes = [.. shapes.Select(shape => Counts(shape) ? shape : Withhold(shape))];
        }

        bool Counts(ShapeDecision shape) => StandsOut(design, samples[shape.Shape]!.Plain, overall.LargestSpread) || (!isNoisy && shape.Verdict == ShapeVerdict.Same);

        var notEnough = NotEnoughDataShare(shapes);
        return new Decision
        {
            Design = design,
            Options = options,
            Overall = overall,
            Shapes = shapes,
            Audit = audit,
            ShapeDeviation = deviation,
            IsNoiseMeasured = typical.Moderation.IsMeasured,
            NotEnoughDataShare = notEnough,
            Doubts = Doubts(options, overall, audit, shapes.Length, notEnough),
        };
    }

    /// <summary>
    /// Where the noise leaves nothing to be decided, only what is larger than any noise seen still counts: every run of one side beyond
    /// every run of the other (interleaved: every pair's difference in one direction), by more than equal runs lie apart as a whole.
    /// </summary>
    internal static bool StandsOut(RunDesign design, IReadOnlyList<double> perRun, double spread)
    {
        var baseline = perRun.Take(design.BaselineRuns).ToArray();
        var candidate = perRun.Skip(design.BaselineRuns).ToArray();
        if (design.IsInterleaved)
        {
            var differences = candidate.Zip(baseline, (b, a) => b - a).ToArray();
            return Math.Max(differences.Min(), -differences.Max()) > Math.Log(Math.Max(spread, NoisyRatio));
        }

        return Math.Max(candidate.Min() - baseline.Max(), baseline.Min() - candidate.Max()) > Math.Log(Math.Max(spread, NoisyRatio));
    }

    /// <summary>Share of the time that shapes hold on which nothing could be said.</summary>
    internal static double NotEnoughDataShare(IEnumerable<ShapeDecision> shapes) => shapes.Where(shape => shape.Verdict == ShapeVerdict.NotEnoughData).Sum(shape => shape.TimeShare);

    private static ShapeDecision Withhold(ShapeDecision shape) =>
        shape with { Verdict = ShapeVerdict.NotEnoughData, Withheld = shape.Verdict is ShapeVerdict.Regressed or ShapeVerdict.Slower ? shape.Verdict : null };

    private static List<DecisionDoubt> Doubts(DecisionOptions options, OverallEffect overall, Audit audit, int shapes, double notEnough)
    {
        var doubts = new List<DecisionDoubt>();
        if (shapes == 0)
        {
            doubts.Add(DecisionDoubt.NothingPaired);
        }

        if (overall.LargestSpread > options.RunSpreadLimit)
        {
            doubts.Add(DecisionDoubt.RunSpread);
        }

        if (audit.IsNoisy)
        {
            doubts.Add(DecisionDoubt.AuditNoisy);
        }

        if (overall.Verdict == ShapeVerdict.NotEnoughData && overall.IsRemoved && overall.Ratio.Estimate > options.OverallDoubtRatio)
        {
            doubts.Add(DecisionDoubt.OverallDoubt);
        }

        if (notEnough > options.UndecidedTimeShare)
        {
            doubts.Add(DecisionDoubt.NotEnoughData);
        }

        return doubts;
    }
}
