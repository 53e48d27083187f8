namespace Replay.Statistics;

/// <summary>One metric of all shapes: a logarithm per shape and run, and the variance that the time blocks (or the counts) explain.</summary>
internal sealed class MetricTable
{
    // Below this a shape's blocks say little about its own noise; what the other shapes have per execution then weighs in.
    private const double BorrowedBlocks = 4;

    // A handful of slow exchanges tells their noise roughly; what the middle shape has weighs in as so many.
    private const double BorrowedExchanges = 10;

    /// <summary>Noise of a single execution if no shape has blocks enough to tell: a standard deviation of the logarithm of 0.25.</summary>
    private const double AssumedVariancePerExecution = 0.0625;

    private MetricTable(EffectMetric? metric, int[] shapes, double[][] values, double[] sampling, long[] executions, double variancePerExecution)
    {
        VariancePerExecution = variancePerExecution;
        Metric = metric;
        Shapes = shapes;
        Values = values;
        SamplingVariance = sampling;
        Executions = executions;
    }

    /// <summary>The metric; null for the plain logarithms, which are only reported.</summary>
    public EffectMetric? Metric { get; }

    /// <summary>Numbers of the shapes that have this metric, ascending. The other columns are parallel.</summary>
    public int[] Shapes { get; }

    /// <summary>Per shape, the logarithm per run, centred on the shape's own middle.</summary>
    public double[][] Values { get; }

    /// <summary>Per shape, the variance of one run's value that comes from within the run.</summary>
    public double[] SamplingVariance { get; }

    /// <summary>Per shape, paired executions.</summary>
    public long[] Executions { get; }

    /// <summary>Interleaved: a shape's values without a time block, null if it does not occur there; null for what has no blocks.</summary>
    public Func<int, int, double[]?>? WithoutBlock { get; private init; }

    /// <summary>The middle shape's variance of a single execution; NaN for tails.</summary>
    public double VariancePerExecution { get; }

    /// <summary>The table of a mean or a total, with the jackknife's variance.</summary>
    public static MetricTable OfBlocks(
        EffectMetric? metric, ShapeSample?[] samples, int minimumExecutions, Func<ShapeSample, double[]> values, Func<ShapeSample, double> variance)
    {
        var shapes = Enumerable.Range(0, samples.Length).Where(shape => samples[shape] is { } sample && sample.Executions >= minimumExecutions).ToArray();
        var executions = shapes.Select(shape => samples[shape]!.Executions).ToArray();
        var perExecution = Robust.Median(shapes.Select(shape => samples[shape]!)
            .Where(sample => sample.OccupiedBlocks > 2 && variance(sample) > 0).Select(sample => variance(sample) * sample.Executions).ToArray());
        if (double.IsNaN(perExecution))
        {
            perExecution = AssumedVariancePerExecution;
        }

        var sampling = shapes.Select(shape => Borrow(samples[shape]!, variance(samples[shape]!), perExecution)).ToArray();
        var isSliced = metric == EffectMetric.Typical && shapes.Any(shape => samples[shape]!.TypicalWithoutBlock.Count > 0);
        return new MetricTable(metric, shapes, shapes.Select(shape => Centred(values(samples[shape]!))).ToArray(), sampling, executions, perExecution)
        {
            WithoutBlock = isSliced ? (g, block) => WithoutBlockOf(samples[shapes[g]]!, block) : null,
        };
    }

    /// <summary>The table of a tail metric; shapes whose tail is too thin are absent.</summary>
    public static MetricTable OfTails(EffectMetric metric, RunDesign design, ShapeSample?[] samples)
    {
        var shapes = new List<int>();
        var values = new List<double[]>();
        var sampling = new List<double>();
        for (var shape = 0; shape < samples.Length; shape++)
        {
            if (samples[shape] is { } sample && TailMeasure.Of(metric, design, sample) is { } tail)
            {
                shapes.Add(shape);
                values.Add(Centred(tail.LogPerRun));
                sampling.Add(tail.SamplingVariance);
            }
        }

        return new MetricTable(metric, [.. shapes], [.. values], [.. sampling], shapes.Select(shape => samples[shape]!.Executions).ToArray(), double.NaN);
    }

    /// <summary>The table of the slowest exchanges; shapes with too few are absent.</summary>
    public static MetricTable OfSlowest(ShapeSample?[] samples)
    {
        var shapes = Enumerable.Range(0, samples.Length).Where(shape => samples[shape]?.Slow is not null).ToArray();
        var slow = shapes.Select(shape => samples[shape]!.Slow!).ToArray();
        var usual = Robust.Median(slow.Select(sample => sample.VarianceOfExecution).ToArray());
        var sampling = slow.Select(sample => ((sample.Exchanges * sample.VarianceOfExecution) + (BorrowedExchanges * usual)) / (sample.Exchanges + BorrowedExchanges) / sample.Exchanges).ToArray();
        return new MetricTable(EffectMetric.Slowest, shapes, slow.Select(sample => Centred(sample.Typical)).ToArray(), sampling, shapes.Select(shape => samples[shape]!.Executions).ToArray(), double.NaN);
    }

    private static double Borrow(ShapeSample sample, double variance, double perExecution)
    {
        var own = Math.Max(0, sample.OccupiedBlocks - 1);
        var borrowed = perExecution / sample.Executions;
        return double.IsNaN(variance) ? borrowed : ((own * variance) + (BorrowedBlocks * borrowed)) / (own + BorrowedBlocks);
    }

    // Centred as the whole is, so that the two differ by the block alone.
    private static double[]? WithoutBlockOf(ShapeSample sample, int block)
    {
        var values = block < sample.TypicalWithoutBlock.Count ? sample.TypicalWithoutBlock[block] : null;
        var mean = sample.Typical.Sum() / sample.Typical.Length;
        return values?.Select(value => value - mean).ToArray();
    }

    private static double[] Centred(double[] values)
    {
        var mean = values.Sum() / values.Length;
        return values.Select(value => value - mean).ToArray();
    }
}
