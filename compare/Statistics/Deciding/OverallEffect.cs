namespace Replay.Statistics;

/// <summary>What the sides as a whole differ by: the median over the shapes, judged by the few degrees of freedom that runs have.</summary>
public sealed record OverallEffect
{
    /// <summary>Candidate / baseline; the interval is from differences between runs of one side only. NaN bounds with one run a side.</summary>
    public required RatioInterval Ratio { get; init; }

    /// <summary>What is said of the whole.</summary>
    public required ShapeVerdict Verdict { get; init; }

    /// <summary>Each run's common effect as a ratio to the mean of all.</summary>
    public required IReadOnlyList<double> RunRatios { get; init; }

    /// <summary>Standard deviation of the logarithm between runs of one side (interleaved: of the part that the partner does not share); NaN with one run a side.</summary>
    public required double RunDeviation { get; init; }

    /// <summary>Largest ratio between two runs of one side; interleaved, between the ratios of two pairs.</summary>
    public required double LargestSpread { get; init; }

    /// <summary>Shapes that it is the median of.</summary>
    public required int Shapes { get; init; }

    /// <summary>Whether it was taken off each run before shapes were judged (from 8 shapes on).</summary>
    public required bool IsRemoved { get; init; }

    /// <summary>Whether it is proven and so counted into each shape's ratio again.</summary>
    public required bool IsCounted { get; init; }
}
