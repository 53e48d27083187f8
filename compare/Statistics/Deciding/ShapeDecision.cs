namespace Replay.Statistics;

/// <summary>One metric's effect on a shape.</summary>
/// <param name="Metric">The respect.</param>
/// <param name="Ratio">Candidate / baseline, with the interval at the level that the selection leaves.</param>
/// <param name="PValue">Of the test for more than the minimum effect.</param>
/// <param name="IsRegressed">Whether the interval lies beyond the minimum effect, upwards.</param>
/// <param name="IsImproved">Whether it lies beyond it downwards.</param>
public sealed record MetricEffect(EffectMetric Metric, RatioInterval Ratio, double PValue, bool IsRegressed, bool IsImproved);

/// <summary>The decision on one shape.</summary>
public sealed record ShapeDecision
{
    /// <summary>The shape's number.</summary>
    public required int Shape { get; init; }

    /// <summary>What is said of it.</summary>
    public required ShapeVerdict Verdict { get; init; }

    /// <summary>Regressed or slower by runs whose times cannot be believed, so that the verdict is that there is not enough data; null otherwise. A confirmation does not depend on the runs.</summary>
    public ShapeVerdict? Withheld { get; init; }

    /// <summary>What the runs say, believed or not.</summary>
    public ShapeVerdict InRuns => Withheld ?? Verdict;

    /// <summary>
    /// In what it is perhaps slower, <see cref="EffectMetric.Typical"/> or <see cref="EffectMetric.Slowest"/>; null if in neither. Slower by more than the minimum effect if it is what it seems, and its own
    /// interval lies above 1: that proves nothing where many shapes are looked at. Executing it again can.
    /// </summary>
    public EffectMetric? PerhapsSlower { get; init; }

    /// <summary>Whether a confirmation says something of it: whatever the runs accuse, or point to.</summary>
    public bool IsSuspect => InRuns is ShapeVerdict.Regressed or ShapeVerdict.Slower || PerhapsSlower is not null;

    /// <summary>What came of it when it was executed again; null if it was not.</summary>
    public ShapeConfirmation? Confirmation { get; init; }

    /// <summary>The typical effect, unclipped and without the resolution floor; null if nothing could be paired.</summary>
    public RatioInterval? Ratio { get; init; }

    /// <summary>Effects by metric; those that the shape has too few executions for are absent.</summary>
    public IReadOnlyList<MetricEffect> Effects { get; init; } = [];

    /// <summary>The smallest ratio that these data would have shown with a probability of 80 %; NaN if not known.</summary>
    public double MinimumDetectableRatio { get; init; } = double.NaN;

    /// <summary>Not enough data: runs a side that would be; null if more than <see cref="RunDesign.MaxRuns"/> / 2 or not known.</summary>
    public int? RunsNeeded { get; init; }

    /// <summary>Not enough data because the shape is rare: executions a run that would be; null if runs are what is lacking.</summary>
    public long? ExecutionsNeeded { get; init; }

    /// <summary>Significant, but below 100 us in the median and 0.1 % of the time: not called a regression, confirmed or not.</summary>
    public bool IsTooSmallToMatter { get; init; }

    /// <summary>A rare shape, decided because each run of one side was slower than each of the other by more than 5 times and 50 ms.</summary>
    public bool IsRareButConsistent { get; init; }

    /// <summary>The slowest 0.1 % of the executions hold more than 30 % of the time: totals hang on a few statements.</summary>
    public bool IsDominatedByFew { get; init; }

    /// <summary>Share of the time of all paired exchanges, both sides together.</summary>
    public double TimeShare { get; init; }
}
