using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>All that is known of one shape.</summary>
public sealed record ShapeComparison
{
    /// <summary>Number in the catalogue.</summary>
    public required int Number { get; init; }

    /// <summary>The fingerprint in 32 hexadecimal digits.</summary>
    public required string Hex { get; init; }

    /// <summary>The normalised text, or the command in parentheses.</summary>
    public required string Sql { get; init; }

    /// <summary>The class by which reports group.</summary>
    public required string Class { get; init; }

    /// <summary>Why its times and results are not compared, being no statement of the application's; <see cref="Eligibility.Compared"/> if they are.</summary>
    public required Eligibility Exclusion { get; init; }

    /// <summary>Executions in the workload.</summary>
    public required long Captured { get; init; }

    /// <summary>Executions replayed in a run, the mean over the runs.</summary>
    public required long Executions { get; init; }

    /// <summary>Whether there is anything to say: a run sent it, and it is no command that has no response.</summary>
    public required bool IsComparable { get; init; }

    /// <summary>Executions whose time was compared.</summary>
    public required long Paired { get; init; }

    /// <summary>Executions by reason for comparing their time or not, in the order of <see cref="Eligibility"/>.</summary>
    public required IReadOnlyList<long> ByEligibility { get; init; }

    /// <summary>What the times say.</summary>
    public required ShapeDecision Decision { get; init; }

    /// <summary>Old side.</summary>
    public required SideStatistics Baseline { get; init; }

    /// <summary>New side.</summary>
    public required SideStatistics Candidate { get; init; }

    /// <summary>Latencies of answers without error of each run, baseline first.</summary>
    public IReadOnlyList<LogHistogram> RunLatencies { get; init; } = [];

    /// <summary>How they lie over time and by dimension; null if no sampled execution has them.</summary>
    public ShapeLatencies? Latencies { get; init; }

    /// <summary>Paired mean latency of each run in microseconds, baseline first; empty if nothing was paired.</summary>
    public IReadOnlyList<double> RunMeansMicroseconds { get; init; } = [];

    /// <summary>Errors in a run of the old side, the mean rounded up.</summary>
    public required long BaselineErrors { get; init; }

    /// <summary>Errors in a run of the new side, the mean rounded up.</summary>
    public required long CandidateErrors { get; init; }

    /// <summary>Codes that are new, and that nobody accepts.</summary>
    public required IReadOnlyList<string> NewErrors { get; init; }

    /// <summary>What is accepted of it; empty if nothing is.</summary>
    public IReadOnlyList<Waiver> Waivers { get; init; } = [];

    /// <summary>Results.</summary>
    public required ResultFinding Results { get; init; }

    /// <summary>Columns' metadata and warnings.</summary>
    public ResponseDifference Responses { get; init; } = ResponseDifference.None;

    /// <summary>EXPLAIN of the leading parameters on the old side; null if the runs have none.</summary>
    public string? BaselinePlan { get; init; }

    /// <summary>The same on the new side.</summary>
    public string? CandidatePlan { get; init; }

    /// <summary>In what the plans of the two servers differ; only of shapes that changed or lead in total time.</summary>
    public PlanComparison Plans { get; init; } = PlanComparison.None;

    /// <summary>What sets its slow executions apart; null if it was not looked for.</summary>
    public ShapeCauses? Causes { get; init; }

    /// <summary>Executions to look at, with the commands that show them.</summary>
    public IReadOnlyList<Reproduction> Reproductions { get; init; } = [];

    /// <summary>Differences between the servers that can explain what became of it, the best first.</summary>
    public IReadOnlyList<Explanation> Explanations { get; init; } = [];

    /// <summary>Whether it failed in production at each execution, so that its time says nothing.</summary>
    public bool FailsInProduction => Captured > 0 && ByEligibility[(int)Eligibility.FailedInProduction] == Captured;

    /// <summary>Whether the shape alone makes the whole fail.</summary>
    public bool IsFailure => IsSlowerThanAccepted || NewErrors.Count > 0 || Results.IsFailure;

    /// <summary>Whether it regressed, and by more than anybody accepts.</summary>
    public bool IsSlowerThanAccepted => Decision.Verdict == ShapeVerdict.Regressed && !Waivers.Any(waiver => waiver.Kind == WaivedKind.Slower);
}
