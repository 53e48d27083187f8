namespace Replay.Statistics;

/// <summary>Which runs there are: the baseline's first, then the candidate's. A run, or a pair of interleaved runs, is the experimental unit: what varies from one to the next is the noise that counts.</summary>
/// <param name="BaselineRuns">Runs of the old side, at least 1.</param>
/// <param name="CandidateRuns">Runs of the new side, at least 1.</param>
/// <param name="IsInterleaved">
/// Whether run k of the old side and run k of the new one played slices of the workload in turn. What the machine did meanwhile met both alike and cancels in their difference, so
/// all noise is told from how the differences vary: from pair to pair, and within a pair from slice to slice.
/// </param>
public sealed record RunDesign(int BaselineRuns, int CandidateRuns, bool IsInterleaved = false)
{
    /// <summary>Most runs in one comparison: the medians of an exchange's latencies are taken on the stack.</summary>
    public const int MaxRuns = 64;

    /// <summary>Whether run k of the old side and run k of the new one were interleaved.</summary>
    public bool IsInterleaved { get; } = !IsInterleaved || BaselineRuns == CandidateRuns ? IsInterleaved : throw new ArgumentException("interleaved runs are pairs", nameof(IsInterleaved));

    /// <summary>All runs.</summary>
    public int Runs => BaselineRuns + CandidateRuns;

    /// <summary>Degrees of freedom of the variation between runs of the same side; interleaved, of that between the pairs' differences.</summary>
    public int DegreesOfFreedom => IsInterleaved ? BaselineRuns - 1 : Runs - 2;

    /// <summary>Variance of the difference of the two sides' means, in units of one run's variance: 1/R_A + 1/R_B.</summary>
    public double ContrastFactor => (1.0 / BaselineRuns) + (1.0 / CandidateRuns);

    /// <summary>Mean over the candidate's runs minus mean over the baseline's.</summary>
    public double Contrast(ReadOnlySpan<double> perRun) => Mean(perRun[BaselineRuns..]) - Mean(perRun[..BaselineRuns]);

    /// <summary>
    /// Pooled variance of runs around their side's mean; NaN without degrees of freedom. Interleaved: half the variance of the pairs' differences, that is the part of a run's variance
    /// that its partner does not share.
    /// </summary>
    public double WithinVariance(ReadOnlySpan<double> perRun)
    {
        if (DegreesOfFreedom == 0)
        {
            return double.NaN;
        }

        if (!IsInterleaved)
        {
            return (SquaresAroundMean(perRun[..BaselineRuns]) + SquaresAroundMean(perRun[BaselineRuns..])) / DegreesOfFreedom;
        }

        Span<double> deviations = stackalloc double[MaxRuns];
        Deviations(perRun, deviations);
        double sum = 0;
        foreach (var deviation in deviations[..perRun.Length])
        {
            sum += deviation * deviation;
        }

        return sum / DegreesOfFreedom;
    }

    /// <summary>Interleaved: half the variance of the pairs' sums, in which drift does not cancel; NaN with one pair.</summary>
    public double SharedVariance(ReadOnlySpan<double> perRun)
    {
        Span<double> sums = stackalloc double[MaxRuns];
        for (var pair = 0; pair < BaselineRuns; pair++)
        {
            sums[pair] = perRun[pair] + perRun[BaselineRuns + pair];
        }

        return BaselineRuns < 2 ? double.NaN : SquaresAroundMean(sums[..BaselineRuns]) / 2 / (BaselineRuns - 1);
    }

    /// <summary>Each run's deviation from the mean of its side. Interleaved: what the pair's difference deviates from the mean difference, half on either run.</summary>
    public void Deviations(ReadOnlySpan<double> perRun, Span<double> deviations)
    {
        double baseline = Mean(perRun[..BaselineRuns]), candidate = Mean(perRun[BaselineRuns..]);
        for (var k = 0; k < perRun.Length; k++)
        {
            deviations[k] = perRun[k] - (k < BaselineRuns ? baseline : candidate);
        }

        for (var pair = 0; IsInterleaved && pair < BaselineRuns; pair++)
        {
            var half = (deviations[BaselineRuns + pair] - deviations[pair]) / 2;
            (deviations[pair], deviations[BaselineRuns + pair]) = (-half, half);
        }
    }

    /// <summary>Largest difference between two runs of a side; interleaved, between the differences of two pairs.</summary>
    public double Spread(ReadOnlySpan<double> perRun)
    {
        if (!IsInterleaved)
        {
            return Math.Max(Range(perRun[..BaselineRuns]), Range(perRun[BaselineRuns..]));
        }

        Span<double> differences = stackalloc double[MaxRuns];
        for (var pair = 0; pair < BaselineRuns; pair++)
        {
            differences[pair] = perRun[BaselineRuns + pair] - perRun[pair];
        }

        return Range(differences[..BaselineRuns]);
    }

    private static double Range(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return high - low;
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

    private static double SquaresAroundMean(ReadOnlySpan<double> values)
    {
        double mean = Mean(values), sum = 0;
        foreach (var value in values)
        {
            sum += (value - mean) * (value - mean);
        }

        return sum;
    }
}
