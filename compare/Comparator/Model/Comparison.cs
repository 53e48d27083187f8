using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>The result of comparing runs: what all reports are written from. Reports compute nothing.</summary>
public sealed record Comparison
{
    /// <summary>The verdict on the whole.</summary>
    public required WholeVerdict Verdict { get; init; }

    /// <summary>Why, in sentences; what counts most comes first.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>What the reader ought to know, in sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The runs, baseline first.</summary>
    public required IReadOnlyList<RunSummary> Runs { get; init; }

    /// <summary>The workload's manifest.</summary>
    public required WorkloadManifest Workload { get; init; }

    /// <summary>The workload's folder.</summary>
    public required string WorkloadFolder { get; init; }

    /// <summary>Exchanges in the workload.</summary>
    public required long Exchanges { get; init; }

    /// <summary>Exchanges that failed in production.</summary>
    public required long FailedInProduction { get; init; }

    /// <summary>Exchanges by reason for comparing their time or not, in the order of <see cref="Eligibility"/>.</summary>
    public required IReadOnlyList<long> ByEligibility { get; init; }

    /// <summary>What the times say.</summary>
    public required Decision Decision { get; init; }

    /// <summary>The shapes that were replayed, those that make the whole fail first.</summary>
    public required IReadOnlyList<ShapeComparison> Shapes { get; init; }

    /// <summary>Shapes of which nothing can be said: no run replayed them (the snapshot tool's own, say), or they are commands without a response.</summary>
    public required IReadOnlyList<ShapeComparison> NotCompared { get; init; }

    /// <summary>All shapes by class.</summary>
    public required IReadOnlyList<ClassSummary> Classes { get; init; }

    /// <summary>The errors, new ones first.</summary>
    public required IReadOnlyList<ErrorFinding> Errors { get; init; }

    /// <summary>Settings that differ between the servers.</summary>
    public required IReadOnlyList<SettingDifference> Settings { get; init; }

    /// <summary>All that differs between the servers, settings included.</summary>
    public IReadOnlyList<ServerDifference> Differences { get; init; } = [];

    /// <summary>What came of the objectives; empty if there are none.</summary>
    public IReadOnlyList<ObjectiveOutcome> Objectives { get; init; } = [];

    /// <summary>The stretches of the workload's clock by which latencies over time are told.</summary>
    public TimeGrid Grid { get; init; }

    /// <summary>Whether literals and parameters of statements are shown.</summary>
    public bool ShowsLiterals { get; init; }

    /// <summary>When the comparison was made, UTC.</summary>
    public required DateTimeOffset ComparedAt { get; init; }

    /// <summary>Version of this program.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>Exchanges with results that differ in a way that counts.</summary>
    public long DifferentResults => Shapes.Where(shape => shape.Results.IsFailure).Sum(shape => shape.Results.Different);

    /// <summary>The runs of a side.</summary>
    public IEnumerable<RunSummary> Side(bool isCandidate) => Runs.Where(run => run.IsCandidate == isCandidate);
}
