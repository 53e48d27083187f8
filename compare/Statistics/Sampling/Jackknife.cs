namespace Replay.Statistics;

/// <summary>The delete-one-block jackknife: how much an estimate of one run varies because of what happened within the run.</summary>
/// <remarks>
/// Variance = (B - 1) / B * sum over blocks of (estimate without the block - their mean)^2
/// (Efron, Stein 1981, <see href="https://doi.org/10.1214/aos/1176345462"/>). Blocks keep what is correlated in time together
/// (Kunsch 1989, <see href="https://doi.org/10.1214/aos/1176347265"/>).
/// </remarks>
internal static class Jackknife
{
    /// <summary>
    /// The variance of one run's estimate, from deviations of runs from their side's mean, so that neither a true difference between
    /// the sides nor what the parameters do enters it. With one run a side only the contrast of the two is left: half of its variance.
    /// </summary>
    /// <param name="design">The runs.</param>
    /// <param name="withoutBlock">Per left-out block, the runs' estimates from the other blocks.</param>
    /// <returns>NaN with fewer than two blocks.</returns>
    public static double VarianceOfRun(RunDesign design, double[][] withoutBlock)
    {
        if (withoutBlock.Length < 2)
        {
            return double.NaN;
        }

        if (design.DegreesOfFreedom == 0)
        {
            var contrasts = new double[withoutBlock.Length];
            for (var i = 0; i < contrasts.Length; i++)
            {
                contrasts[i] = design.Contrast(withoutBlock[i]);
            }

            return Variance(contrasts) / 2;
        }

        var deviations = new double[withoutBlock.Length][];
        for (var i = 0; i < deviations.Length; i++)
        {
            deviations[i] = new double[design.Runs];
            design.Deviations(withoutBlock[i], deviations[i]);
        }

        double sum = 0;
        var ofRun = new double[withoutBlock.Length];
        for (var k = 0; k < design.Runs; k++)
        {
            for (var i = 0; i < ofRun.Length; i++)
            {
                ofRun[i] = deviations[i][k];
            }

            sum += Variance(ofRun);
        }

        // The deviations of R runs from their mean have together R - 1 times the variance of one run.
        return sum / design.DegreesOfFreedom;
    }

    /// <summary>
    /// The same, but never less than what the contrast of the sides says: for totals, in which one very slow statement of a run can
    /// weigh as much as all others, and which equal runs of the other side do not know of.
    /// </summary>
    public static double VarianceOfRunWithContrast(RunDesign design, double[][] withoutBlock)
    {
        if (withoutBlock.Length < 2)
        {
            return double.NaN;
        }

        var contrasts = withoutBlock.Select(values => design.Contrast(values)).ToArray();
        return Math.Max(VarianceOfRun(design, withoutBlock), Variance(contrasts) / design.ContrastFactor);
    }

    private static double Variance(ReadOnlySpan<double> withoutBlock)
    {
        double mean = 0, squares = 0;
        foreach (var value in withoutBlock)
        {
            mean += value;
        }

        mean /= withoutBlock.Length;
        foreach (var value in withoutBlock)
        {
            squares += (value - mean) * (value - mean);
        }

        return squares * (withoutBlock.Length - 1) / withoutBlock.Length;
    }
}
