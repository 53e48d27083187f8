namespace Replay.Statistics;

/// <summary>Makes the <see cref="Audit"/> and sets each metric's inflation.</summary>
internal static class Auditor
{
    /// <summary>An inflation of t up to here is left alone: medians of a few hundred values scatter by that much.</summary>
    public const double LambdaLimit = 1.1;

    // Fewer null values than this have no median to speak of.
    private const int LeastValues = 60;

    public static Audit Run(RunDesign design, DecisionOptions options, IReadOnlyList<MetricAnalysis> metrics, double[] weights)
    {
        var contrasts = NullContrast.Of(design);
        var lambda = 1.0;
        foreach (var metric in metrics)
        {
            var ofMetric = LambdaOf(design, metric, contrasts);
            metric.Inflate(ofMetric > LambdaLimit ? Math.Sqrt(ofMetric) : 1);
            lambda = metric.Table.Metric == EffectMetric.Typical ? ofMetric : lambda;
        }

        long flagged = 0;
        foreach (var contrast in contrasts)
        {
            var effects = metrics.Select(metric => NullEffects(design, metric, contrast)).ToArray();
            flagged += Selection.Of(options, metrics, effects, weights).Flagged;
        }

        var judged = (long)weights.Length * contrasts.Count;
        return new Audit
        {
            Contrasts = contrasts.Select(contrast => contrast.Name).ToArray(),
            Judged = judged,
            Flagged = flagged,
            Lambda = lambda,
            // One false alarm may always happen; more than the rate that is promised may not.
            IsNoisy = flagged > Math.Max(1, options.FalseDiscoveryRate * judged),
        };
    }

    /// <summary>
    /// The contrast of equal runs in the place of the effect, its standard error from the other degrees of freedom only: numerator and denominator
    /// are then independent, as they are in the real comparison.
    /// </summary>
    private static EffectTable NullEffects(RunDesign design, MetricAnalysis metric, NullContrast contrast)
    {
        var degrees = metric.Degrees;
        var left = degrees - 1;
        var values = new double[metric.Count];
        var errors = new double[metric.Count];
        var scale = Math.Sqrt(design.ContrastFactor);
        for (var g = 0; g < values.Length; g++)
        {
            var value = contrast.Of(metric.Residuals(g));
            var rest = left <= 0 ? 0 : Math.Max(0, ((degrees * metric.Variances[g]) - (value * value)) / left);
            values[g] = value * scale;
            errors[g] = Math.Sqrt(metric.Moderation.Moderate(rest, left, metric.Table.SamplingVariance[g])) * scale * metric.Inflation;
        }

        var ofContrast = new double[values.Length];
        Array.Fill(ofContrast, Math.Max(1, metric.Moderation.DegreesOfFreedom - 1));
        return new EffectTable(values, errors, ofContrast);
    }

    private static double LambdaOf(RunDesign design, MetricAnalysis metric, IReadOnlyList<NullContrast> contrasts)
    {
        var squares = new List<double>();
        foreach (var contrast in contrasts)
        {
            var effects = NullEffects(design, metric, contrast);
            for (var g = 0; g < effects.Values.Length; g++)
            {
                var z = StudentT.ToNormal(effects.Values[g] / effects.StandardErrors[g], effects.DegreesOfFreedom[g]);
                squares.Add(z * z);
            }
        }

        return squares.Count < LeastValues ? 1 : Robust.Median(squares.ToArray()) / Robust.MedianOfSquaredNormal;
    }
}
