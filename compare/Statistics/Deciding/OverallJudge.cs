namespace Replay.Statistics;

/// <summary>Judges the common effect by itself, with no more degrees of freedom than the runs give.</summary>
internal static class OverallJudge
{
    public static OverallEffect Judge(RunDesign design, DecisionOptions options, CommonEffect common, bool areTrusted)
    {
        var effect = design.Contrast(common.PerRun);
        var (variance, degrees) = common.VarianceOfRun(design);
        var error = Math.Sqrt(Math.Max(variance, common.SamplingVariance) * design.ContrastFactor);
        var interval = double.IsNaN(error) || common.Voters == 0
            ? new RatioInterval(Math.Exp(effect), double.NaN, double.NaN)
            : RatioInterval.OfLog(effect, Math.Max(error, 1e-9), degrees, options.OverallConfidence);
        var spread = Math.Exp(design.Spread(common.PerRun));
        // It would be counted into every shape.
        var verdict = areTrusted || Decider.StandsOut(design, common.PerRun, spread) ? Verdict(options, interval) : ShapeVerdict.NotEnoughData;
        return new OverallEffect
        {
            Ratio = interval,
            Verdict = verdict,
            RunRatios = common.PerRun.Select(Math.Exp).ToArray(),
            RunDeviation = Math.Sqrt(design.WithinVariance(common.PerRun)),
            LargestSpread = spread,
            Shapes = common.Voters,
            IsRemoved = common.IsRemoved,
            IsCounted = common.IsRemoved && verdict is ShapeVerdict.Regressed or ShapeVerdict.Improved,
        };
    }

    private static ShapeVerdict Verdict(DecisionOptions options, RatioInterval ratio) =>
        double.IsNaN(ratio.Low) ? ShapeVerdict.NotEnoughData
        : ratio.Low > options.MinimumRatio ? ShapeVerdict.Regressed
        : ratio.High < 1 / options.MinimumRatio ? ShapeVerdict.Improved
        : ratio.Low > 1 ? ShapeVerdict.Slower
        : ratio.Low > 1 / options.SameWithinRatio && ratio.High < options.SameWithinRatio ? ShapeVerdict.Same
        : ShapeVerdict.NotEnoughData;
}
