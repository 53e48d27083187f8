namespace Replay.Statistics;

/// <summary>What one round of executions says: one observation of the sequential test.</summary>
public static class ConfirmationRound
{
    // A quarter at each end is left out: somebody else's bursts, which on a busy machine are in more than a few executions.
    private const int TrimmedShare = 4;

    /// <summary>
    /// The logarithm of candidate / baseline from four executions of the same request in the order A B B A or B A A B: what drifts evenly over the four cancels.
    /// Latencies are in microseconds; one below 1 counts as 1.
    /// </summary>
    public static double Contrast(double baseline1, double candidate1, double candidate2, double baseline2) =>
        (Log(candidate1) + Log(candidate2) - Log(baseline1) - Log(baseline2)) / 2;

    /// <summary>The mean of the middle half of a round's contrasts (Tukey 1962, <see href="https://doi.org/10.1214/aoms/1177704711"/>).</summary>
    public static double LogRatio(ReadOnlySpan<double> contrasts)
    {
        var sorted = contrasts.ToArray();
        Array.Sort(sorted);
        var cut = sorted.Length / TrimmedShare;
        double sum = 0;
        for (var i = cut; i < sorted.Length - cut; i++)
        {
            sum += sorted[i];
        }

        return sum / (sorted.Length - (2 * cut));
    }

    private static double Log(double microseconds) => Math.Log(Math.Max(1, microseconds));
}
