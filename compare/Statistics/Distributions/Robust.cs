namespace Replay.Statistics;

/// <summary>Medians: estimates that a minority of shapes cannot move far.</summary>
public static class Robust
{
    /// <summary>Turns a median of absolute deviations into a standard deviation, if the values are normal: 1 / Phi^-1(3/4).</summary>
    public const double DeviationPerMad = 1.482602218505602;

    /// <summary>The median of the square of a standard normal value (chi-square with one degree of freedom).</summary>
    public const double MedianOfSquaredNormal = 0.454936423119573;

    /// <summary>The median; NaN of nothing.</summary>
    public static double Median(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        var sorted = values.ToArray();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// The weighted median: the value at which half of the weight lies below; halfway between two if the half falls exactly between them.
    /// NaN of nothing.
    /// </summary>
    public static double WeightedMedian(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        var keys = values.ToArray();
        var sorted = weights.ToArray();
        Array.Sort(keys, sorted);
        double all = 0;
        foreach (var weight in sorted)
        {
            all += weight;
        }

        double below = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            below += sorted[i];
            if (Math.Abs(below - (all / 2)) <= 1e-12 * all && i + 1 < keys.Length)
            {
                return (keys[i] + keys[i + 1]) / 2;
            }

            if (below > all / 2)
            {
                return keys[i];
            }
        }

        return keys[^1];
    }

    /// <summary>Standard deviation as the median absolute deviation from <paramref name="center"/> tells it.</summary>
    public static double Deviation(ReadOnlySpan<double> values, double center)
    {
        var distances = new double[values.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Math.Abs(values[i] - center);
        }

        return DeviationPerMad * Median(distances);
    }
}
