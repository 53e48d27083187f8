namespace Replay.Statistics;

/// <summary>Which runs there are: the baseline's first, then the candidate's. A run is the experimental unit: what varies from run to run is the noise that counts.</summary>
/// <param name="BaselineRuns">Runs of the old side, at least 1.</param>
/// <param name="CandidateRuns">Runs of the new side, at least 1.</param>
public sealed record RunDesign(int BaselineRuns, int CandidateRuns)
{
    /// <summary>Most runs in one comparison: the medians of an exchange's latencies are taken on the stack.</summary>
    public const int MaxRuns = 64;

    /// <summary>All runs.</summary>
    public int Runs => BaselineRuns + CandidateRuns;

    /// <summary>Degrees of freedom of the variation between runs of the same side.</summary>
    public int DegreesOfFreedom => Runs - 2;

    /// <summary>Variance of the difference of the two sides' means, in units of one run's variance: 1/R_A + 1/R_B.</summary>
    public double ContrastFactor => (1.0 / BaselineRuns) + (1.0 / CandidateRuns);

    /// <summary>Mean over the candidate's runs minus mean over the baseline's.</summary>
    public double Contrast(ReadOnlySpan<double> perRun) => Mean(perRun[BaselineRuns..]) - Mean(perRun[..BaselineRuns]);

    /// <summary>Pooled variance of runs around their side's mean; NaN without degrees of freedom.</summary>
    public double WithinVariance(ReadOnlySpan<double> perRun) =>
        DegreesOfFreedom == 0 ? double.NaN : (SquaresAroundMean(perRun[..BaselineRuns]) + SquaresAroundMean(perRun[BaselineRuns..])) / DegreesOfFreedom;

    /// <summary>Each run's deviation from the mean of its side.</summary>
    public void Deviations(ReadOnlySpan<double> perRun, Span<double> deviations)
    {
        double baseline = Mean(perRun[..BaselineRuns]), candidate = Mean(perRun[BaselineRuns..]);
        for (var k = 0; k < perRun.Length; k++)
        {
            deviations[k] = perRun[k] - (k < BaselineRuns ? baseline : candidate);
        }
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
