namespace Replay.Statistics;

/// <summary>How the time of all paired exchanges is shared out among the shapes.</summary>
internal sealed class TimeShares
{
    // Half of a weight is the same for all shapes: a rare shape keeps a chance beside one that holds nearly all of the time.
    private const double EqualPart = 0.5;

    private readonly double[] _baseline;
    private readonly double[] _candidate;
    private readonly double _allBaseline;
    private readonly double _allCandidate;

    public TimeShares(RunDesign design, ShapeSample?[] samples)
    {
        _baseline = samples.Select(sample => sample is null ? 0 : Mean(sample.TotalMicroseconds.AsSpan(0, design.BaselineRuns))).ToArray();
        _candidate = samples.Select(sample => sample is null ? 0 : Mean(sample.TotalMicroseconds.AsSpan(design.BaselineRuns))).ToArray();
        _allBaseline = Math.Max(_baseline.Sum(), double.Epsilon);
        _allCandidate = Math.Max(_candidate.Sum(), double.Epsilon);
    }

    /// <summary>Share of the time of both sides together.</summary>
    public double Of(int shape) => (_baseline[shape] + _candidate[shape]) / (_allBaseline + _allCandidate);

    /// <summary>The larger of the shares that it has on either side.</summary>
    public double LargerOf(int shape) => Math.Max(_baseline[shape] / _allBaseline, _candidate[shape] / _allCandidate);

    /// <summary>Weights of mean 1 that grow with the root of the total time.</summary>
    public double[] Weights(int[] shapes)
    {
        var roots = shapes.Select(shape => Math.Sqrt(_baseline[shape] + _candidate[shape])).ToArray();
        var mean = roots.Sum() / Math.Max(1, roots.Length);
        return roots.Select(root => mean > 0 ? EqualPart + ((1 - EqualPart) * root / mean) : 1).ToArray();
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
