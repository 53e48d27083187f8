namespace Replay.Statistics;

/// <summary>
/// What a whole run has in common: a busy host or a cold cache moves all shapes of a run together. Eight identical runs with restarts
/// varied by 10.5 to 15 % per shape, and by 2.5 to 4 % once each run's median over the shapes was taken off.
/// </summary>
internal sealed class CommonEffect
{
    /// <summary>Shapes with fewer executions do not vote, unless too few are left.</summary>
    public const int VotingExecutions = 20;

    // A shape's weight in the median is 1 / (the middle shape's standard deviation + its own): precise shapes count more, but none much more than another. In units of the
    // data, so that noisier runs are not weighted otherwise. A deviation of nothing (a run compared with itself) counts as this.
    private const double LeastDeviation = 1e-6;

    /// <summary>
    /// Interleaved, what a run has in common comes from the server's start and from neighbours that met one side only. The second is seen from slice to slice; of the first
    /// there are as few draws as pairs, so it is weighed with this standard deviation ...
    /// </summary>
    public const double AssumedStartDeviation = 0.03;

    /// <summary>... which counts as so many degrees of freedom.</summary>
    public const double AssumedDegrees = 4;

    private readonly double _sliceVariance;

    private CommonEffect(double[] perRun, double samplingVariance, int voters, bool isRemoved, double sliceVariance)
    {
        _sliceVariance = sliceVariance;
        PerRun = perRun;
        SamplingVariance = samplingVariance;
        Voters = voters;
        IsRemoved = isRemoved;
    }

    /// <summary>The robust median over the shapes, per run.</summary>
    public double[] PerRun { get; }

    /// <summary>Variance of one run's median because it is taken over so many shapes only: pi/2 * sigma^2 / m for normal values.</summary>
    public double SamplingVariance { get; }

    /// <summary>Shapes that voted.</summary>
    public int Voters { get; }

    /// <summary>Whether there were shapes enough to take it off.</summary>
    public bool IsRemoved { get; }

    /// <summary>The variance of one run's common effect, as far as it does not cancel, with its degrees of freedom; NaN where there is nothing to tell it from.</summary>
    public (double Variance, double DegreesOfFreedom) VarianceOfRun(RunDesign design)
    {
        double degrees = design.DegreesOfFreedom;
        var between = design.WithinVariance(PerRun);
        if (design.IsInterleaved && degrees > 0)
        {
            between = ((degrees * between) + (AssumedDegrees * AssumedStartDeviation * AssumedStartDeviation)) / (degrees + AssumedDegrees);
            degrees += AssumedDegrees;
        }

        return (Math.Max(between, _sliceVariance), degrees);
    }

    /// <summary>Estimates it from a table.</summary>
    public static CommonEffect Of(MetricTable table, RunDesign design)
    {
        var runs = design.Runs;
        var voters = Enumerable.Range(0, table.Shapes.Length).Where(g => table.Executions[g] >= VotingExecutions).ToArray();
        if (voters.Length < CommonShapes.Least)
        {
            voters = [.. Enumerable.Range(0, table.Shapes.Length)];
        }

        if (voters.Length == 0)
        {
            return new CommonEffect(new double[runs], 0, 0, isRemoved: false, 0);
        }

        var deviations = voters.Select(g => Math.Sqrt(table.SamplingVariance[g])).ToArray();
        var softening = Math.Max(LeastDeviation, Robust.Median(deviations));
        var weights = deviations.Select(deviation => 1 / (softening + deviation)).ToArray();
        var perRun = new double[runs];
        double variance = 0;
        for (var k = 0; k < runs; k++)
        {
            var values = voters.Select(g => table.Values[g][k]).ToArray();
            perRun[k] = Robust.WeightedMedian(values, weights);
            var deviation = Robust.Deviation(values, perRun[k]);
            variance += Math.PI / 2 * deviation * deviation;
        }

        double sum = weights.Sum(), squares = weights.Sum(weight => weight * weight);
        return new CommonEffect(perRun, variance / runs * squares / (sum * sum), voters.Length, voters.Length >= CommonShapes.Least, SliceVariance(table, design, voters, weights));
    }

    // The jackknife over slices of the median itself: what hits all shapes of one side for a slice is not seen in the spread over shapes.
    private static double SliceVariance(MetricTable table, RunDesign design, int[] voters, double[] weights)
    {
        if (table.WithoutBlock is not { } withoutBlock)
        {
            return 0;
        }

        var medians = new List<double[]>();
        for (var block = 0; block < PairAccumulator.Blocks; block++)
        {
            if (voters.All(g => withoutBlock(g, block) is null))
            {
                continue;
            }

            var perRun = new double[design.Runs];
            for (var k = 0; k < perRun.Length; k++)
            {
                perRun[k] = Robust.WeightedMedian(voters.Select(g => (withoutBlock(g, block) ?? table.Values[g])[k]).ToArray(), weights);
            }

            medians.Add(perRun);
        }

        return medians.Count < 2 ? 0 : Jackknife.VarianceOfRun(design, [.. medians]);
    }
}
