namespace Replay.Statistics;

/// <summary>Effects of one metric, parallel to its table's shapes.</summary>
/// <param name="Values">Logarithms of ratios.</param>
/// <param name="StandardErrors">Their standard errors.</param>
/// <param name="DegreesOfFreedom">Of the standard errors.</param>
internal sealed record EffectTable(double[] Values, double[] StandardErrors, double[] DegreesOfFreedom);

/// <summary>
/// Which shapes differ by more than the minimum effect in some metric: TREAT per metric, Simes over a shape's metrics, weighted
/// Benjamini-Hochberg over shapes, and within a selected shape Benjamini-Hochberg over its metrics at q * R / m
/// (Benjamini, Bogomolov 2014, <see href="https://doi.org/10.1111/rssb.12028"/>). The intervals that go with it have the level 1 - q * R / m for
/// selected shapes (false coverage rate: Benjamini, Yekutieli 2005, <see href="https://doi.org/10.1198/016214504000001907"/>).
/// </summary>
internal sealed class Selection
{
    private readonly IReadOnlyList<MetricAnalysis> _metrics;
    private readonly double[][] _p;

    private Selection(IReadOnlyList<MetricAnalysis> metrics, double[][] p, bool[] selected, double confidence)
    {
        _metrics = metrics;
        _p = p;
        Selected = selected;
        SelectedConfidence = confidence;
    }

    /// <summary>Per shape (in the order of the weights) whether it was selected.</summary>
    public bool[] Selected { get; }

    /// <summary>1 - q * R / m.</summary>
    public double SelectedConfidence { get; }

    /// <summary>How many were selected.</summary>
    public int Flagged => Selected.Count(selected => selected);

    /// <summary>The TREAT p-value of a shape in a metric; NaN where the shape lacks the metric.</summary>
    public double PValue(int metric, int shape) => _p[metric][shape];

    /// <summary>Selects. The first metric's table must hold every shape; the shapes of <paramref name="weights"/> are its shapes.</summary>
    public static Selection Of(DecisionOptions options, IReadOnlyList<MetricAnalysis> metrics, EffectTable[] effects, double[] weights)
    {
        var place = new Dictionary<int, int>();
        for (var i = 0; i < metrics[0].Table.Shapes.Length; i++)
        {
            place[metrics[0].Table.Shapes[i]] = i;
        }

        var p = new double[metrics.Count][];
        for (var j = 0; j < metrics.Count; j++)
        {
            p[j] = new double[weights.Length];
            Array.Fill(p[j], double.NaN);
            var threshold = Threshold(options, metrics[j].Table.Metric!.Value);
            var shapes = metrics[j].Table.Shapes;
            for (var g = 0; g < shapes.Length; g++)
            {
                p[j][place[shapes[g]]] = MinimumEffectTest.PValue(effects[j].Values[g], effects[j].StandardErrors[g], effects[j].DegreesOfFreedom[g], threshold);
            }
        }

        var combined = new double[weights.Length];
        for (var i = 0; i < combined.Length; i++)
        {
            var (present, values, shares) = Family(metrics, p, i);
            combined[i] = present.Length == 0 ? 1 : Multiplicity.Simes(values, shares);
        }

        var selected = Multiplicity.BenjaminiHochberg(combined, options.FalseDiscoveryRate, weights);
        var share = weights.Length == 0 ? 1 : (double)selected.Count(one => one) / weights.Length;
        return new Selection(metrics, p, selected, 1 - (options.FalseDiscoveryRate * share));
    }

    /// <summary>The logarithm of the minimum effect of a metric.</summary>
    public static double Threshold(DecisionOptions options, EffectMetric metric) =>
        Math.Log(metric switch
        {
            EffectMetric.Typical or EffectMetric.Total => options.MinimumRatio,
            EffectMetric.Slowest => options.MinimumSlowestRatio,
            _ => options.MinimumTailRatio,
        });

    /// <summary>Which of a selected shape's metrics are responsible, at the level that the selection leaves.</summary>
    public bool[] Responsible(int shape)
    {
        var (present, values, shares) = Family(_metrics, _p, shape);
        var rejected = Multiplicity.BenjaminiHochberg(values, 1 - SelectedConfidence, shares);
        var responsible = new bool[_p.Length];
        for (var i = 0; i < present.Length; i++)
        {
            responsible[present[i]] = rejected[i];
        }

        return responsible;
    }

    /// <summary>The metrics that a shape has, their p-values, and their weights scaled to mean 1.</summary>
    private static (int[] Present, double[] Values, double[] Weights) Family(IReadOnlyList<MetricAnalysis> metrics, double[][] p, int shape)
    {
        var present = Enumerable.Range(0, p.Length).Where(j => !double.IsNaN(p[j][shape])).ToArray();
        var weights = present.Select(j => Weight(metrics[j].Table.Metric!.Value)).ToArray();
        var mean = weights.Sum() / Math.Max(1, weights.Length);
        return (present, present.Select(j => p[j][shape]).ToArray(), weights.Select(weight => weight / mean).ToArray());
    }

    /// <summary>
    /// Most changes show in the typical execution, so it gets most of the error that may be made; equal weights cost it 6 to 10 %
    /// of its power.
    /// </summary>
    private static double Weight(EffectMetric metric) => metric switch
    {
        EffectMetric.Typical => 0.45,
        EffectMetric.Total => 0.15,
        _ => 0.4 / 4,
    };
}
