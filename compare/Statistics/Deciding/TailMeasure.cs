namespace Replay.Statistics;

/// <summary>What a shape's slowest executions say, per run.</summary>
/// <param name="LogPerRun">Logarithm of the count or sum beyond the threshold.</param>
/// <param name="SamplingVariance">Variance of one run's logarithm that chance alone gives.</param>
internal sealed record TailMeasure(double[] LogPerRun, double SamplingVariance)
{
    /// <summary>Executions in a run from which the threshold is p99; below it is p95.</summary>
    public const int ExecutionsForP99 = 2000;

    /// <summary>Mean count beyond the threshold in a run below which nothing is said: a ratio of 1.5 could never be seen.</summary>
    public const double LeastBeyond = 10;

    /// <summary>The same for counts beyond twice the threshold, on the side that has more.</summary>
    public const double LeastFarBeyond = 10;

    /// <summary>The measure, or null if there are too few executions in the tail.</summary>
    public static TailMeasure? Of(EffectMetric metric, RunDesign design, ShapeSample sample)
    {
        // The faster side's quantile, whichever that is: swapping the sides mirrors what is found.
        var share = sample.Executions >= ExecutionsForP99 ? 0.99 : 0.95;
        LogHistogram[] sides = [LogHistogram.Sum(sample.Histograms.Take(design.BaselineRuns)), LogHistogram.Sum(sample.Histograms.Skip(design.BaselineRuns))];
        var threshold = sides.Min(side => side.QuantileBucket(share));
        if (sides.Sum(side => side.CountAbove(threshold)) < LeastBeyond * design.Runs)
        {
            return null;
        }

        return metric switch
        {
            EffectMetric.TailCount => Counts(sample, threshold),
            EffectMetric.FarTailCount => FarCounts(design, sample, threshold),
            EffectMetric.TailExcess => Excess(sample, threshold),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a tail metric"),
        };
    }

    // ln((count + 1/2)): the half keeps the logarithm finite and nearly unbiased (Haldane 1956, Anscombe 1956).
    private static TailMeasure Counts(ShapeSample sample, int bucket)
    {
        var counts = sample.Histograms.Select(histogram => histogram.CountAbove(bucket) + 0.5).ToArray();
        return new TailMeasure(counts.Select(count => Math.Log(count)).ToArray(), counts.Sum(count => 1 / count) / counts.Length);
    }

    private static TailMeasure? FarCounts(RunDesign design, ShapeSample sample, int threshold)
    {
        var bucket = Math.Min(LogScale.BucketOf(2 * LogScale.UpperBoundOf(threshold)), LogScale.Buckets - 1);
        double Mean(IEnumerable<LogHistogram> side) => side.Average(histogram => (double)histogram.CountAbove(bucket));
        var most = Math.Max(Mean(sample.Histograms.Take(design.BaselineRuns)), Mean(sample.Histograms.Skip(design.BaselineRuns)));
        return most < LeastFarBeyond ? null : Counts(sample, bucket);
    }

    // A sum of N independent excesses has the relative variance sum(x^2) / sum(x)^2, N being by chance too. A little is added
    // for the same reason as the half above: a twentieth of the threshold.
    private static TailMeasure Excess(ShapeSample sample, int threshold)
    {
        var added = LogScale.UpperBoundOf(threshold) * 0.05;
        var logs = new double[sample.Histograms.Length];
        double variance = 0;
        for (var k = 0; k < logs.Length; k++)
        {
            var (sum, squares) = sample.Histograms[k].ExcessAbove(threshold);
            logs[k] = Math.Log(sum + added);
            variance += (squares + (added * added)) / ((sum + added) * (sum + added));
        }

        return new TailMeasure(logs, variance / logs.Length);
    }
}
