namespace Replay.Statistics;

/// <summary>Many questions at once: combined and selected so that the share of wrong answers stays bounded.</summary>
public static class Multiplicity
{
    /// <summary>
    /// One p-value for "something is different in one of these respects": min over i of n * p(i) / i, p sorted
    /// (Simes 1986, <see href="https://doi.org/10.1093/biomet/73.3.751"/>); with weights of mean 1, each p is divided by its weight first
    /// (Benjamini, Hochberg 1997, <see href="https://doi.org/10.1111/1467-9469.00072"/>). 1 of nothing.
    /// </summary>
    public static double Simes(ReadOnlySpan<double> p, ReadOnlySpan<double> weights = default)
    {
        var sorted = p.ToArray();
        for (var i = 0; i < weights.Length; i++)
        {
            sorted[i] /= weights[i];
        }

        Array.Sort(sorted);
        var combined = 1.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            combined = Math.Min(combined, sorted.Length * sorted[i] / (i + 1));
        }

        return combined;
    }

    /// <summary>
    /// Which hypotheses are rejected at a false discovery rate of <paramref name="q"/>
    /// (Benjamini, Hochberg 1995, <see href="https://doi.org/10.1111/j.2517-6161.1995.tb02031.x"/>; weights of mean 1: Genovese, Roeder, Wasserman
    /// 2006, <see href="https://doi.org/10.1093/biomet/93.3.509"/>).
    /// </summary>
    /// <param name="p">The p-values.</param>
    /// <param name="q">The rate.</param>
    /// <param name="weights">Weights of mean 1; empty for equal ones.</param>
    public static bool[] BenjaminiHochberg(ReadOnlySpan<double> p, double q, ReadOnlySpan<double> weights = default)
    {
        var weighted = new double[p.Length];
        var order = new int[p.Length];
        for (var i = 0; i < p.Length; i++)
        {
            weighted[i] = weights.IsEmpty ? p[i] : p[i] / weights[i];
            order[i] = i;
        }

        var sorted = (double[])weighted.Clone();
        Array.Sort(sorted, order);
        var limit = double.NegativeInfinity;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i] <= q * (i + 1) / sorted.Length)
            {
                limit = sorted[i];
            }
        }

        var rejected = new bool[p.Length];
        for (var i = 0; i < p.Length; i++)
        {
            rejected[i] = weighted[i] <= limit;
        }

        return rejected;
    }
}
