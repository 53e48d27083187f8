namespace Replay.Statistics;

/// <summary>Thresholds of the decision. The defaults are those that the figures in <c>compare/README.md</c> were measured with.</summary>
public sealed record DecisionOptions
{
    /// <summary>Slower by less than this factor is not called a regression: typical and total time.</summary>
    public double MinimumRatio { get; init; } = 1.05;

    /// <summary>The same for counts and sums beyond the faster side's p99, which vary more.</summary>
    public double MinimumTailRatio { get; init; } = 1.5;

    /// <summary>The same for the slowest exchanges, each compared with itself. More than for all, since load delays what is slow by more; with 1.25 a tenth fewer of planted 3x on the slowest 1 % were found, and no fewer false ones.</summary>
    public double MinimumSlowestRatio { get; init; } = 1.10;

    /// <summary>
    /// A shape is called the same if its interval lies within this factor of 1, up and down; if it is wider, the data are not enough.
    /// Runs of one server differ by 2.5 to 4 % per shape even after their common effect is taken out, so two runs a side cannot
    /// show equality within 5 %; a factor of 1.25 is what they are to find.
    /// </summary>
    public double SameWithinRatio { get; init; } = 1.25;

    /// <summary>Expected share of wrong ones among the shapes called regressed or improved, and 1 - the level of intervals.</summary>
    public double FalseDiscoveryRate { get; init; } = 0.05;

    /// <summary>Level of the interval for the sides as a whole. Higher than that of shapes: if it is wrong, it is wrong for all of them at once.</summary>
    public double OverallConfidence { get; init; } = 0.99;

    /// <summary>A regression matters if the median execution grew by this many microseconds, or ...</summary>
    public double GuardMicroseconds { get; init; } = 100;

    /// <summary>... if the shape has at least this share of all time.</summary>
    public double GuardTimeShare { get; init; } = 0.001;

    /// <summary>Runs of one side that as a whole lie further apart than this factor leave nothing to be decided.</summary>
    public double RunSpreadLimit { get; init; } = 1.5;

    /// <summary>If the sides as a whole differ by more than this factor and the runs are too few to tell whether it is chance, there is no pass.</summary>
    public double OverallDoubtRatio { get; init; } = 1.25;

    /// <summary>Shapes without enough data may hold at most this share of the total time.</summary>
    public double UndecidedTimeShare { get; init; } = 0.2;

    /// <summary>Shapes with fewer paired executions are judged by the rule for rare shapes alone.</summary>
    public int MinimumExecutions { get; init; } = 5;

    /// <summary>Whether doubts about times leave the verdict to errors, results and what is proven to be slower.</summary>
    public bool IgnoresDoubts { get; init; }
}
