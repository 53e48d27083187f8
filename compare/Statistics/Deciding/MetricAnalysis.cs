namespace Replay.Statistics;

/// <summary>One metric over all shapes: common effect taken off, variances moderated, effects with their standard errors.</summary>
internal sealed class MetricAnalysis
{
    private readonly RunDesign _design;
    private readonly double[] _effects;
    private readonly double[] _standardErrors;
    private readonly double[] _degrees;
    private readonly double[][] _residuals;
    private readonly RunVariances _variances;

    /// <summary>Analyses a table.</summary>
    public MetricAnalysis(RunDesign design, MetricTable table)
    {
        _design = design;
        Table = table;
        Common = CommonEffect.Of(table, design);
        var shapes = table.Shapes.Length;
        _effects = new double[shapes];
        _standardErrors = new double[shapes];
        _degrees = new double[shapes];
        _residuals = new double[shapes][];
        for (var g = 0; g < shapes; g++)
        {
            var values = table.Values[g];
            _residuals[g] = Common.IsRemoved ? values.Zip(Common.PerRun, (value, common) => value - common).ToArray() : values;
            _effects[g] = design.Contrast(_residuals[g]);
        }

        _variances = RunVariances.Of(design, _residuals);
        Moderation = VarianceModeration.Fit(_variances, table.SamplingVariance, _effects, design);
        var common = Common.IsRemoved ? Common.SamplingVariance : 0;
        for (var g = 0; g < shapes; g++)
        {
            var variance = Moderation.Moderate(Variances[g], Degrees, table.SamplingVariance[g]) + common;
            _standardErrors[g] = Math.Sqrt(variance * design.ContrastFactor);
            _degrees[g] = Moderation.DegreesOfFreedom;
        }
    }

    /// <summary>What was analysed.</summary>
    public MetricTable Table { get; }

    /// <summary>The run's common effect.</summary>
    public CommonEffect Common { get; }

    /// <summary>The prior of the variances.</summary>
    public VarianceModeration Moderation { get; }

    /// <summary>Variance between runs per shape.</summary>
    public double[] Variances => _variances.Values;

    /// <summary>Degrees of freedom of <see cref="Variances"/>.</summary>
    public double Degrees => _variances.DegreesOfFreedom;

    /// <summary>sqrt(lambda) that the A/A audit asks for; 1 if nulls behave.</summary>
    public double Inflation { get; private set; } = 1;

    /// <summary>Number of shapes.</summary>
    public int Count => _effects.Length;

    /// <summary>How far runs of one side lie apart for the middle one of the shapes: the median of the moderated standard deviations.</summary>
    public double MedianDeviation() =>
        Robust.Median(_standardErrors.Select(error => error / Math.Sqrt(_design.ContrastFactor) * Inflation).ToArray());

    /// <summary>The runs' values of a shape after the common effect.</summary>
    public ReadOnlySpan<double> Residuals(int g) => _residuals[g];

    /// <summary>Divides all t values by <paramref name="factor"/> from now on.</summary>
    public void Inflate(double factor) => Inflation = factor;

    /// <summary>Logarithms of the ratios candidate / baseline, the common effect taken off, with what they are known to.</summary>
    public EffectTable Effects() => new(_effects, _standardErrors.Select(error => error * Inflation).ToArray(), _degrees);

    /// <summary>
    /// Puts the common effect back, with the uncertainty that it has as a difference of few runs: done when the sides as a whole are
    /// proven to differ, so that it is not noise but a part of every shape's change. Degrees of freedom by Welch and Satterthwaite
    /// (<see href="https://doi.org/10.2307/3002019"/>).
    /// </summary>
    public void AddCommon()
    {
        if (!Common.IsRemoved)
        {
            return;
        }

        var effect = _design.Contrast(Common.PerRun);
        var (variance, degreesOfCommon) = Common.VarianceOfRun(_design);
        var ofCommon = variance * _design.ContrastFactor;
        for (var g = 0; g < _effects.Length; g++)
        {
            var own = _standardErrors[g] * _standardErrors[g];
            _effects[g] += effect;
            _standardErrors[g] = Math.Sqrt(own + ofCommon);
            var degrees = (own + ofCommon) * (own + ofCommon) / ((own * own / _degrees[g]) + (ofCommon * ofCommon / degreesOfCommon));

            // Rounded, so that quantiles are found once and not once a shape.
            _degrees[g] = Math.Max(1, Math.Floor(degrees));
        }
    }
}
