namespace Replay.Statistics;

/// <summary>A made-up campaign: shapes, noise, and changes that are known.</summary>
public sealed record CampaignPlan
{
    /// <summary>Runs of the old side.</summary>
    public int BaselineRuns { get; init; } = 2;

    /// <summary>Runs of the new side.</summary>
    public int CandidateRuns { get; init; } = 2;

    /// <summary>Whether run k of either side are interleaved: what they share of the deviations below meets both alike, but for the part that comes from a server's start.</summary>
    public bool IsInterleaved { get; init; }

    /// <summary>Interleaved: the part of <see cref="ShapeDeviation"/> that a server's start makes, which its partner does not share; the rest is drift. All of it unless it is said otherwise.</summary>
    public double StartDeviation { get; init; } = double.PositiveInfinity;

    /// <summary>Interleaved: the part of <see cref="CommonDeviation"/> that a server's start makes.</summary>
    public double CommonStartDeviation { get; init; } = 0.02;

    /// <summary>Number of shapes.</summary>
    public int Shapes { get; init; } = 400;

    /// <summary>Fewest executions of a shape in a run; numbers are spread evenly on a log scale.</summary>
    public int LeastExecutions { get; init; } = 20;

    /// <summary>Most executions of a shape in a run.</summary>
    public int MostExecutions { get; init; } = 8000;

    /// <summary>Run-to-run standard deviation per shape (layout, cache, plan), itself scattered log-normally by 0.4.</summary>
    public double ShapeDeviation { get; init; } = 0.02;

    /// <summary>Standard deviation of what a whole run has in common.</summary>
    public double CommonDeviation { get; init; } = 0.10;

    /// <summary>Standard deviation of time blocks, common ones (correlated by 0.8 from block to block) and per shape.</summary>
    public double BlockDeviation { get; init; } = 0.05;

    /// <summary>Standard deviation of parameters, the same in all runs.</summary>
    public double ParameterDeviation { get; init; } = 0.8;

    /// <summary>Standard deviation of a single execution.</summary>
    public double ExecutionDeviation { get; init; } = 0.25;

    /// <summary>Share of executions with an exponential outlier on top.</summary>
    public double OutlierShare { get; init; } = 0.02;

    /// <summary>What changes, and in which share of the shapes; the rest is unchanged.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];
}

/// <summary>A planted change.</summary>
/// <param name="Share">Share of the shapes that have it.</param>
/// <param name="Ratio">Candidate / baseline of each execution that is affected.</param>
/// <param name="SlowestShare">Share of executions that is affected, the slowest by parameter; 1 for all.</param>
public sealed record PlannedChange(double Share, double Ratio, double SlowestShare = 1);
