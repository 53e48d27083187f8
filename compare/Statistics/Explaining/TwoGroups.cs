namespace Replay.Statistics;

/// <summary>Parts numbers into two groups where they are furthest apart.</summary>
public static class TwoGroups
{
    /// <summary>
    /// The border above which a number belongs to the upper group: the one that leaves the least variance within the groups (Otsu 1979,
    /// <see href="https://doi.org/10.1109/TSMC.1979.4310076"/>), which asks for no share of either. Each group has at least <paramref name="leastShare"/> of the numbers.
    /// </summary>
    /// <returns>NaN if there are fewer than four numbers, or all are equal.</returns>
    public static double Border(ReadOnlySpan<double> values, double leastShare = 0.005)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        if (sorted.Length < 4 || sorted[0] == sorted[^1])
        {
            return double.NaN;
        }

        double all = 0;
        foreach (var value in sorted)
        {
            all += value;
        }

        var least = Math.Max(1, (int)(leastShare * sorted.Length));
        double below = 0, best = double.NegativeInfinity, border = double.NaN;
        for (var i = 1; i < sorted.Length; i++)
        {
            below += sorted[i - 1];
            if (i < least || sorted.Length - i < least || sorted[i] == sorted[i - 1])
            {
                continue;
            }

            var difference = (below / i) - ((all - below) / (sorted.Length - i));
            var between = (double)i * (sorted.Length - i) * difference * difference;
            if (between > best)
            {
                best = between;
                border = (sorted[i - 1] + sorted[i]) / 2;
            }
        }

        return border;
    }
}
