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

    private CommonEffect(double[] perRun, double samplingVariance, int voters, bool isRemoved)
    {
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

    /// <summary>Estimates it from a table.</summary>
    public static CommonEffect Of(MetricTable table, int runs)
    {
        var voters = Enumerable.Range(0, table.Shapes.Length).Where(g => table.Executions[g] >= VotingExecutions).ToArray();
        if (voters.Length < CommonShapes.Least)
        {
            voters = [.. Enumerable.Range(0, table.Shapes.Length)];
        }

        if (voters.Length == 0)
        {
            return new CommonEffect(new double[runs], 0, 0, isRemoved: false);
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
        return new CommonEffect(perRun, variance / runs * squares / (sum * sum), voters.Length, voters.Length >= CommonShapes.Least);
    }
}
