namespace Replay.Statistics;

/// <summary>
/// Run-to-run variance of each shape, moderated across shapes: two runs a side give a shape two degrees of freedom, hundreds of shapes
/// together tell what is usual.
/// </summary>
/// <remarks>
/// Smyth 2004, Linear models and empirical Bayes methods (<see href="https://doi.org/10.2202/1544-6115.1027"/>): the moderated variance is the mean of a shape's own and of the prior's (<see cref="VariancePrior"/>), weighted by
/// their degrees of freedom.
/// </remarks>
internal sealed class VarianceModeration
{
    /// <summary>Run-to-run standard deviation per shape that is assumed at least where one run a side cannot show any: what was measured on quiet machines.</summary>
    public const double LeastAssumedDeviation = 0.03;

    /// <summary>The same where there are too few shapes to take off the common effect of a run.</summary>
    public const double AssumedDeviationWithCommon = 0.12;

    /// <summary>The same for interleaved runs, in which only what a server's start does is left of the common effect.</summary>
    public const double AssumedStartDeviation = 0.05;

    /// <summary>Degrees of freedom that such an assumption is given.</summary>
    public const double AssumedDegrees = 4;

    /// <summary>Degrees of freedom of a deviation that the spread over many shapes tells.</summary>
    public const double SpreadDegrees = 10;

    // A variance of nothing (a run compared with itself) counts as a standard deviation of 1e-6.
    private const double LeastVariance = 1e-12;

    private VarianceModeration(double tauSquared, double scale, double priorDegrees, double degreesOfFreedom, bool isMeasured)
    {
        TauSquared = tauSquared;
        Scale = scale;
        PriorDegrees = priorDegrees;
        DegreesOfFreedom = degreesOfFreedom;
        IsMeasured = isMeasured;
    }

    /// <summary>tau^2: run-to-run variance of a shape that has very many executions, up to <see cref="Scale"/>.</summary>
    public double TauSquared { get; }

    /// <summary>s0^2, the factor on (tau^2 + v).</summary>
    public double Scale { get; }

    /// <summary>d0: how many degrees of freedom the other shapes lend.</summary>
    public double PriorDegrees { get; }

    /// <summary>Degrees of freedom of a moderated variance.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>Whether runs of the same side were there to measure it; false if it is assumed or taken from the spread over shapes.</summary>
    public bool IsMeasured { get; }

    /// <summary>Run-to-run standard deviation of a shape with very many executions.</summary>
    public double RunDeviation => Math.Sqrt(Scale * TauSquared);

    /// <summary>Fits the prior.</summary>
    /// <param name="runs">Variance between runs per shape; ignored without degrees of freedom.</param>
    /// <param name="sampling">v per shape.</param>
    /// <param name="contrasts">Difference of the sides per shape, common effect taken off: used only with one run a side.</param>
    /// <param name="design">The runs.</param>
    public static VarianceModeration Fit(RunVariances runs, double[] sampling, double[] contrasts, RunDesign design)
    {
        var (variances, degrees) = runs;
        var isFew = variances.Length < CommonShapes.Least;
        if (degrees == 0)
        {
            var deviation = isFew ? AssumedDeviationWithCommon : Math.Max(LeastAssumedDeviation, SpreadDeviation(contrasts, sampling));
            return new VarianceModeration(deviation * deviation, 1, isFew ? AssumedDegrees : SpreadDegrees, isFew ? AssumedDegrees : SpreadDegrees, isMeasured: false);
        }

        if (isFew && design.IsInterleaved)
        {
            // Drift is known from the slices (it is in v); of the start there are no more draws than pairs, and no other shapes to ask.
            return new VarianceModeration(AssumedStartDeviation * AssumedStartDeviation, 1, AssumedDegrees, AssumedDegrees + degrees, isMeasured: true);
        }

        if (isFew)
        {
            return new VarianceModeration(0, 1, 0, degrees, isMeasured: true);
        }

        var prior = VariancePrior.Of(variances, degrees, sampling, LeastVariance);

        // All shapes together have no more degrees of freedom than this; one per run went to the common effect.
        var all = degrees * (variances.Length - 1.0);
        return new VarianceModeration(prior.TauSquared, prior.Scale, prior.Degrees, Math.Min(prior.Degrees + degrees, all), isMeasured: true);
    }

    /// <summary>The prior variance of a shape.</summary>
    public double Prior(double sampling) => Scale * (TauSquared + Math.Max(sampling, LeastVariance));

    /// <summary>The moderated variance of one run's value, never below what the time blocks alone explain.</summary>
    /// <param name="variance">The shape's own pooled variance.</param>
    /// <param name="degrees">Its degrees of freedom.</param>
    /// <param name="sampling">Its v.</param>
    public double Moderate(double variance, double degrees, double sampling)
    {
        var floor = Math.Max(sampling, LeastVariance);
        var moderated = PriorDegrees + degrees == 0 ? 0 : ((PriorDegrees * Prior(sampling)) + (degrees == 0 ? 0 : degrees * variance)) / (PriorDegrees + degrees);
        return Math.Max(moderated, floor);
    }

    /// <summary>
    /// The run-to-run deviation that makes the middle of the shapes look unchanged: most shapes do not differ between versions, so
    /// their spread is noise (an empirical null, Efron 2004, <see href="https://doi.org/10.1198/016214504000000089"/>).
    /// </summary>
    private static double SpreadDeviation(double[] contrasts, double[] sampling)
    {
        double low = 0, high = 1;
        for (var i = 0; i < 60; i++)
        {
            var tau = (low + high) / 2;
            var squares = contrasts.Select((contrast, g) => contrast * contrast / (2 * ((tau * tau) + Math.Max(sampling[g], LeastVariance)))).ToArray();
            (low, high) = Robust.Median(squares) > Robust.MedianOfSquaredNormal ? (tau, high) : (low, tau);
        }

        return (low + high) / 2;
    }
}
