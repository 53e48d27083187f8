namespace Replay.Statistics;

/// <summary>How much two ways to single executions out say the same.</summary>
public static class Overlap
{
    /// <summary>Mutual information of the two, by the geometric mean of their entropies: 1 if each tells the other, 0 if neither tells anything of it.</summary>
    public static double Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        Span<double> counts = stackalloc double[4];
        for (var i = 0; i < first.Length; i++)
        {
            counts[(first[i] ? 2 : 0) + (second[i] ? 1 : 0)]++;
        }

        double n = first.Length, x = (counts[2] + counts[3]) / n, y = (counts[1] + counts[3]) / n, information = 0;
        for (var cell = 0; cell < 4; cell++)
        {
            var joint = counts[cell] / n;
            var apart = (cell >= 2 ? x : 1 - x) * (cell % 2 == 1 ? y : 1 - y);
            information += joint > 0 ? joint * Math.Log(joint / apart) : 0;
        }

        var entropies = Entropy(x) * Entropy(y);
        return entropies > 0 ? Math.Max(0, information) / Math.Sqrt(entropies) : 0;
    }

    private static double Entropy(double share) => share is <= 0 or >= 1 ? 0 : -(share * Math.Log(share)) - ((1 - share) * Math.Log(1 - share));
}
