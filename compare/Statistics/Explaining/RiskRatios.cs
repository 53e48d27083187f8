using MathNet.Numerics.Distributions;

namespace Replay.Statistics;

/// <summary>
/// Which values of a dimension set slow executions apart: the risk ratio of each with an interval. Executions of one session, or of one moment, are slow together; so the variance of the ratio's
/// logarithm is the largest of what single executions, and each kind of cluster, show (linearised, as for any ratio of sums over clusters). With few executions of a kind the bounds of both risks are exact.
/// </summary>
public static class RiskRatios
{
    /// <summary>A value needs this share of the slow executions ...</summary>
    public const double LeastSupport = 0.01;

    /// <summary>... and so many of them.</summary>
    public const int LeastSlow = 5;

    // Of each kind: with fewer a logarithm is no normal deviate.
    private const int FewestForNormal = 5;

    /// <summary>The contrasts of all values that have enough slow executions; those without any execution beside them have none.</summary>
    /// <param name="values">The value's number of each execution, from 0; below 0: none that has a number, so it is of the rest.</param>
    /// <param name="executions">The executions.</param>
    /// <param name="tests">Tests that are made together: intervals hold for all of them at 95 % (Bonferroni).</param>
    public static IReadOnlyList<ValueContrast> Of(ReadOnlySpan<int> values, SlowExecutions executions, int tests)
    {
        ArgumentNullException.ThrowIfNull(executions);
        var count = 0;
        foreach (var value in values)
        {
            count = Math.Max(count, value + 1);
        }

        var members = new List<int>?[count];
        long known = values.Length, slow = 0;
        double excess = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] >= 0)
            {
                (members[values[i]] ??= []).Add(i);
            }

            slow += executions.Slow[i] ? 1 : 0;
            excess += Math.Max(0, executions.Excess[i]);
        }

        var totals = executions.Clusters.Select(cluster => Totals(cluster, executions.Slow)).ToArray();
        var alpha = 0.025 / Math.Max(1, tests);
        var found = new List<ValueContrast>();
        for (var value = 0; value < count; value++)
        {
            if (members[value] is not { } own || own.Count == known)
            {
                continue;
            }

            var ownSlow = own.LongCount(i => executions.Slow[i]);
            if (ownSlow >= Math.Max(LeastSlow, LeastSupport * slow))
            {
                var lost = own.Sum(i => Math.Max(0, executions.Excess[i]));
                found.Add(new ValueContrast(value, own.Count, ownSlow, (double)own.Count / known, excess > 0 ? lost / excess : 0, Ratio(own, ownSlow, known, slow, executions, totals, alpha)));
            }
        }

        return found;
    }

    private static RatioInterval Ratio(List<int> own, long ownSlow, long known, long slow, SlowExecutions executions, (long[] All, long[] Slow)[] totals, double alpha)
    {
        double n1 = own.Count, n0 = known - own.Count, a = ownSlow, c = slow - ownSlow;

        // Half an execution more of each kind: none among the rest is no proof that there can be none.
        double p1 = (a + 0.5) / (n1 + 1), p0 = (c + 0.5) / (n0 + 1);
        var single = ((1 - p1) / (n1 * p1)) + ((1 - p0) / (n0 * p0));
        var variance = single;
        for (var k = 0; k < totals.Length; k++)
        {
            variance = Math.Max(variance, ClusterVariance(own, executions.Slow, executions.Clusters[k], totals[k], (a / n1, c / n0), (n1 * p1, n0 * p0)));
        }

        var ratio = p1 / p0;
        if (Math.Min(Math.Min(a, n1 - a), Math.Min(c, n0 - c)) < FewestForNormal)
        {
            // What hangs together is worth so much fewer executions.
            var worth = single / variance;
            return new RatioInterval(
                ratio,
                Lower(a * worth, n1 * worth, alpha / 2) / Upper(c * worth, n0 * worth, alpha / 2),
                Upper(a * worth, n1 * worth, alpha / 2) / Lower(c * worth, n0 * worth, alpha / 2)); // infinite if none of the rest is slow
        }

        var reach = StudentT.Quantile(1 - alpha, StudentT.NormalFrom) * Math.Sqrt(variance);
        return new RatioInterval(ratio, ratio * Math.Exp(-reach), ratio * Math.Exp(reach));
    }

    // Clopper and Pearson's bounds of a share (1934), which hold for any numbers; in terms of the beta distribution they do for parts of executions too.
    private static double Lower(double slow, double all, double alpha) => slow <= 0 ? 0 : Beta.InvCDF(slow, all - slow + 1, alpha);

    private static double Upper(double slow, double all, double alpha) => slow >= all ? 1 : Beta.InvCDF(slow + 1, all - slow, 1 - alpha);

    private static double ClusterVariance(List<int> own, bool[] isSlow, int[] cluster, (long[] All, long[] Slow) totals, (double Own, double Others) share, (double Own, double Others) expected)
    {
        var all = new long[totals.All.Length];
        var slow = new long[totals.All.Length];
        foreach (var i in own)
        {
            all[cluster[i]]++;
            slow[cluster[i]] += isSlow[i] ? 1 : 0;
        }

        double sum = 0;
        long clusters = 0;
        for (var g = 0; g < all.Length; g++)
        {
            if (totals.All[g] > 0)
            {
                clusters++;
                var residue = ((slow[g] - (share.Own * all[g])) / expected.Own) - ((totals.Slow[g] - slow[g] - (share.Others * (totals.All[g] - all[g]))) / expected.Others);
                sum += residue * residue;
            }
        }

        return clusters > 1 ? sum * clusters / (clusters - 1) : 0;
    }

    private static (long[] All, long[] Slow) Totals(int[] cluster, bool[] isSlow)
    {
        var all = new long[cluster.Length == 0 ? 0 : cluster.Max() + 1];
        var slow = new long[all.Length];
        for (var i = 0; i < cluster.Length; i++)
        {
            all[cluster[i]]++;
            slow[cluster[i]] += isSlow[i] ? 1 : 0;
        }

        return (all, slow);
    }
}
