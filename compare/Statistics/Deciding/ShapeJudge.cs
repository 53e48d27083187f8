namespace Replay.Statistics;

/// <summary>Gives each shape its verdict from the selection and the intervals.</summary>
internal sealed class ShapeJudge
{
    // Power at which the smallest detectable effect is told.
    private const double Power = 0.8;

    private const double MiddleOfSlowest = 0.995;

    // Fewer slow executions are no tail that a suspicion could be about: one disturbance holds up all of them.
    private const int LeastSlowest = 10;

    // Totals hang on a few statements if the slowest 0.1 % hold more than 30 %.
    private const double FewShare = 0.001;
    private const double FewHold = 0.3;

    private readonly RunDesign _design;
    private readonly DecisionOptions _options;
    private readonly ShapeSample?[] _samples;
    private readonly TimeShares _times;
    private readonly IReadOnlyList<MetricAnalysis> _metrics;
    private readonly MetricAnalysis _plain;
    private readonly EffectTable[] _effects;
    private readonly EffectTable _plainEffects;
    private readonly Selection _selection;
    private readonly bool[] _different;
    private readonly Dictionary<int, int>[] _places;

    public ShapeJudge(
        RunDesign design, DecisionOptions options, ShapeSample?[] samples, TimeShares times, IReadOnlyList<MetricAnalysis> metrics, MetricAnalysis plain, double[] weights)
    {
        _design = design;
        _options = options;
        _samples = samples;
        _times = times;
        _metrics = metrics;
        _plain = plain;
        _effects = metrics.Select(metric => metric.Effects()).ToArray();
        _plainEffects = plain.Effects();
        _selection = Selection.Of(options, metrics, _effects, weights);
        _places = metrics.Select(metric => metric.Table.Shapes.Select((shape, g) => (shape, g)).ToDictionary()).ToArray();

        // "Slower, but below what matters" asks for a proven difference too: the same selection with a threshold of nothing.
        var typical = _effects[0];
        var p = typical.Values.Select((value, g) => MinimumEffectTest.PValue(value, typical.StandardErrors[g], typical.DegreesOfFreedom[g], 0)).ToArray();
        _different = Multiplicity.BenjaminiHochberg(p, options.FalseDiscoveryRate, weights);
    }

    public ShapeDecision Judge(int shape)
    {
        var sample = _samples[shape]!;
        var decision = _places[0].TryGetValue(shape, out var g) ? JudgeTested(shape, g) : JudgeRare(shape, sample);
        var rare = RareDirection(sample);
        return decision with
        {
            TimeShare = _times.Of(shape),
            PerhapsSlower = rare == 0 ? decision.PerhapsSlower : null,
            IsDominatedByFew = LogHistogram.Sum(sample.Histograms).ShareOfLargest(FewShare) > FewHold && sample.Executions * _design.Runs * FewShare >= 1,
            IsRareButConsistent = rare != 0 && decision.Verdict is not (ShapeVerdict.Regressed or ShapeVerdict.Improved),
            Verdict = rare > 0 ? ShapeVerdict.Regressed : rare < 0 && decision.Verdict != ShapeVerdict.Regressed ? ShapeVerdict.Improved : decision.Verdict,
        };
    }

    private ShapeDecision JudgeTested(int shape, int g)
    {
        var isSelected = _selection.Selected[g];
        var confidence = isSelected ? _selection.SelectedConfidence : 1 - _options.FalseDiscoveryRate;
        var effects = Effects(shape, g, isSelected, confidence);
        var typical = effects[0].Ratio;
        var regressed = effects.Any(effect => effect.IsRegressed);
        var improved = !regressed && effects.Any(effect => effect.IsImproved);
        var matters = Matters(shape, effects.Any(effect => effect is { Metric: > EffectMetric.Total, IsRegressed: true } or { Metric: > EffectMetric.Total, IsImproved: true }));
        var detectable = Detectable(_effects[0].StandardErrors[g], _effects[0].DegreesOfFreedom[g]);
        var same = typical.Low > 1 / _options.SameWithinRatio && typical.High < _options.SameWithinRatio;
        var verdict = regressed ? (matters ? ShapeVerdict.Regressed : ShapeVerdict.Slower)
            : improved ? (matters ? ShapeVerdict.Improved : ShapeVerdict.Same)
            : _different[g] && typical.Low > 1 ? ShapeVerdict.Slower
            : same ? ShapeVerdict.Same
            : ShapeVerdict.NotEnoughData;
        var (runs, executions) = verdict == ShapeVerdict.NotEnoughData ? Needed(shape, g, detectable) : (null, null);
        var ratio = Reported(g, confidence);
        return new ShapeDecision
        {
            Shape = shape,
            Verdict = verdict,
            PerhapsSlower = PerhapsSlower(shape, verdict, ratio, effects),
            Ratio = ratio,
            Effects = effects,
            MinimumDetectableRatio = Math.Exp(detectable),
            RunsNeeded = runs,
            ExecutionsNeeded = executions,
            IsTooSmallToMatter = (regressed || improved || verdict == ShapeVerdict.Slower) && !matters,
        };
    }

    // What the runs do not accuse, but point to.
    private EffectMetric? PerhapsSlower(int shape, ShapeVerdict verdict, RatioInterval ratio, List<MetricEffect> effects) =>
        verdict == ShapeVerdict.NotEnoughData && ratio.Low > 1 && ratio.Estimate > _options.MinimumRatio && Matters(shape, isTail: false) ? EffectMetric.Typical
        : verdict is ShapeVerdict.NotEnoughData or ShapeVerdict.Same && _samples[shape]!.Slow?.Exchanges >= LeastSlowest && effects.Any(effect => effect.Metric == EffectMetric.Slowest && effect.Ratio.Low > 1 && effect.Ratio.Estimate > _options.MinimumSlowestRatio)
            && Matters(shape, isTail: true) ? EffectMetric.Slowest
        : null;

    private List<MetricEffect> Effects(int shape, int g, bool isSelected, double confidence)
    {
        var responsible = isSelected ? _selection.Responsible(g) : new bool[_metrics.Count];
        var effects = new List<MetricEffect>();
        for (var j = 0; j < _metrics.Count; j++)
        {
            if (_places[j].TryGetValue(shape, out var place))
            {
                var table = _effects[j];
                var metric = _metrics[j].Table.Metric!.Value;
                var threshold = Math.Exp(Selection.Threshold(_options, metric));
                var ratio = RatioInterval.OfLog(table.Values[place], table.StandardErrors[place], table.DegreesOfFreedom[place], confidence);
                effects.Add(new MetricEffect(
                    metric, ratio, _selection.PValue(j, g), responsible[j] && ratio.Low > threshold, responsible[j] && ratio.High < 1 / threshold));
            }
        }

        return effects;
    }

    /// <summary>The unclipped ratio, with the wider of its own interval and the tested one's.</summary>
    private RatioInterval Reported(int g, double confidence)
    {
        var error = Math.Max(_plainEffects.StandardErrors[g], _effects[0].StandardErrors[g]);
        var degrees = Math.Min(_plainEffects.DegreesOfFreedom[g], _effects[0].DegreesOfFreedom[g]);
        return RatioInterval.OfLog(_plainEffects.Values[g], error, degrees, confidence);
    }

    private double Detectable(double standardError, double degrees) =>
        (StudentT.Quantile(1 - (_options.FalseDiscoveryRate / 2), degrees) + StudentT.Quantile(Power, degrees)) * standardError;

    /// <summary>
    /// Runs, or executions, with which the shape would be decided 4 times in 5 if its effect is what it seems: the interval then lies within what is the same, or beyond the
    /// minimum effect, whichever asks for less.
    /// </summary>
    private (int? Runs, long? Executions) Needed(int shape, int g, double detectable)
    {
        var effect = Math.Abs(_effects[0].Values[g]);
        var room = Math.Max(Math.Log(_options.SameWithinRatio) - effect, effect - Math.Log(_options.MinimumRatio));
        if (room <= 0)
        {
            return (null, null);
        }

        var ratio = Math.Pow(detectable / room, 2);
        var runs = Math.Max(Math.Max(_design.BaselineRuns, _design.CandidateRuns) + 1, Math.Ceiling(2 * ratio / _design.ContrastFactor));
        var error = _effects[0].StandardErrors[g];
        var isSampling = _metrics[0].Table.SamplingVariance[g] * _design.ContrastFactor > error * error / 2;
        return (runs <= RunDesign.MaxRuns / 2.0 ? (int)runs : null, isSampling ? (long)Math.Ceiling(_samples[shape]!.Executions * Math.Max(ratio, 1)) : null);
    }

    /// <summary>The absolute guard: 100 us in the median (or in the middle of the slowest hundredth, for what is slower in the tail only), or 0.1 % of the time.</summary>
    private bool Matters(int shape, bool isTail)
    {
        if (_times.LargerOf(shape) >= _options.GuardTimeShare)
        {
            return true;
        }

        var baseline = LogHistogram.Sum(_samples[shape]!.Histograms.Take(_design.BaselineRuns));
        var candidate = LogHistogram.Sum(_samples[shape]!.Histograms.Skip(_design.BaselineRuns));
        return Math.Abs(candidate.Quantile(0.5) - baseline.Quantile(0.5)) >= _options.GuardMicroseconds
            || isTail && Math.Abs(candidate.Quantile(MiddleOfSlowest) - baseline.Quantile(MiddleOfSlowest)) >= _options.GuardMicroseconds;
    }

    private ShapeDecision JudgeRare(int shape, ShapeSample sample) => new()
    {
        Shape = shape,
        Verdict = ShapeVerdict.NotEnoughData,
        Ratio = new RatioInterval(Math.Exp(_design.Contrast(sample.Plain)), double.NaN, double.NaN),
        ExecutionsNeeded = ExecutionsForSame(),
    };

    /// <summary>
    /// Executions a run with which a shape like the others could be called the same: the standard error (tau^2 + v / n) * (1/R_A + 1/R_B), solved for n. Null if
    /// no number would do, because runs lie too far apart.
    /// </summary>
    private long? ExecutionsForSame()
    {
        var moderation = _metrics[0].Moderation;
        var unit = Detectable(1, moderation.DegreesOfFreedom);
        var room = Math.Pow(Math.Log(_options.SameWithinRatio) / (unit * _metrics[0].Inflation), 2) / _design.ContrastFactor;
        var left = room - (moderation.Scale * moderation.TauSquared);
        return left <= 0 ? null : Math.Max(_options.MinimumExecutions, (long)Math.Ceiling(Math.Max(moderation.Scale, 1) * _metrics[0].Table.VariancePerExecution / left));
    }

    /// <summary>
    /// 1 or -1 if every run of one side is slower than every run of the other by the factor and the difference that a rare shape needs; else 0. With one run
    /// a side that is a single comparison, and a single pause of the machine would pass for it.
    /// </summary>
    private int RareDirection(ShapeSample sample)
    {
        if (sample.Executions >= Decider.RareExecutions || Math.Min(_design.BaselineRuns, _design.CandidateRuns) < Decider.RareRuns)
        {
            return 0;
        }

        var baseline = Enumerable.Range(0, _design.BaselineRuns).ToArray();
        var candidate = Enumerable.Range(_design.BaselineRuns, _design.CandidateRuns).ToArray();
        return IsBeyond(sample, baseline, candidate) ? 1 : IsBeyond(sample, candidate, baseline) ? -1 : 0;
    }

    private static bool IsBeyond(ShapeSample sample, int[] faster, int[] slower) =>
        slower.Min(k => sample.Plain[k]) - faster.Max(k => sample.Plain[k]) > Math.Log(Decider.RareRatio)
        && (slower.Min(k => sample.TotalMicroseconds[k]) - faster.Max(k => sample.TotalMicroseconds[k])) / sample.Executions > Decider.RareMicroseconds;
}
