namespace Replay.Statistics;

/// <summary>The ratio of a quantile on the new side to that on the old, with one-sided bounds at 95 % each.</summary>
/// <param name="Ratio">The estimate with its bounds.</param>
/// <param name="BaselineMicroseconds">The quantile on the old side, geometric mean of its runs.</param>
/// <param name="CandidateMicroseconds">The same on the new side.</param>
public readonly record struct QuantileRatio(RatioInterval Ratio, double BaselineMicroseconds, double CandidateMicroseconds)
{
    /// <summary>So many executions have to lie beyond the quantile in every run: with fewer their order tells next to nothing.</summary>
    public const int FewestBeyond = 10;

    private const double Confidence = 0.95;

    /// <summary>Executions that a run needs of a shape for a quantile; what binary fractions add to 0.999 is no execution more.</summary>
    public static long Needed(double quantile) => (long)Math.Ceiling(Math.Round(FewestBeyond / (1 - quantile), 6));

    /// <summary>
    /// Estimates it from each run's latencies; null if a run has too few. A run's own error is that of order statistics (ranks n q -+ sqrt(n q (1 - q)), binomial); the larger of it and what runs of a side
    /// differ by counts, the latter with as few degrees of freedom as runs give.
    /// </summary>
    /// <param name="baselines">Latencies of the old side's runs.</param>
    /// <param name="candidates">Latencies of the new side's runs.</param>
    /// <param name="quantile">Which, from 0.5 to below 1.</param>
    public static QuantileRatio? Estimate(IReadOnlyList<LogHistogram> baselines, IReadOnlyList<LogHistogram> candidates, double quantile)
    {
        ArgumentNullException.ThrowIfNull(baselines);
        ArgumentNullException.ThrowIfNull(candidates);
        if (baselines.Concat(candidates).Any(run => run.Count < Needed(quantile)))
        {
            return null;
        }

        double[][] logs = [[.. baselines.Select(run => Math.Log(run.Quantile(quantile)))], [.. candidates.Select(run => Math.Log(run.Quantile(quantile)))]];
        var within = baselines.Sum(run => Variance(run, quantile)) / Square(baselines.Count) + (candidates.Sum(run => Variance(run, quantile)) / Square(candidates.Count));
        var freedom = baselines.Count + candidates.Count - 2;
        var between = freedom == 0 ? 0 : logs.Sum(Squares) / freedom * ((1.0 / baselines.Count) + (1.0 / candidates.Count));
        var error = between > within ? Math.Sqrt(between) * StudentT.Quantile(Confidence, freedom) : Math.Sqrt(within) * StudentT.Quantile(Confidence, double.PositiveInfinity);
        var effect = logs[1].Average() - logs[0].Average();
        return new QuantileRatio(new RatioInterval(Math.Exp(effect), Math.Exp(effect - error), Math.Exp(effect + error)), Math.Exp(logs[0].Average()), Math.Exp(logs[1].Average()));
    }

    private static double Variance(LogHistogram run, double quantile)
    {
        var ranks = Math.Sqrt(quantile * (1 - quantile) / run.Count);
        return Square(Math.Log(run.Quantile(Math.Min(1, quantile + ranks)) / run.Quantile(quantile - ranks)) / 2);
    }

    private static double Squares(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => Square(value - mean));
    }

    private static double Square(double value) => value * value;
}
