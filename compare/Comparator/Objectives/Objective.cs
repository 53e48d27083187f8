namespace Replay.Comparator;

/// <summary>What an objective asks for.</summary>
public enum ObjectiveKind
{
    /// <summary>A quantile of each shape's latency, against the old server's.</summary>
    Latency,

    /// <summary>A share of good executions.</summary>
    Good,

    /// <summary>At most so many new errors.</summary>
    NewErrors,
}

/// <summary>What the new server has to keep to, for a set of shapes.</summary>
public sealed record Objective
{
    /// <summary>What reports call it.</summary>
    public required string Name { get; init; }

    /// <summary>Of which shapes.</summary>
    public required ShapeScope Scope { get; init; }

    /// <summary>What it asks for.</summary>
    public required ObjectiveKind Kind { get; init; }

    /// <summary><see cref="ObjectiveKind.Latency"/>: which quantile, as a share.</summary>
    public double Quantile { get; init; }

    /// <summary><see cref="ObjectiveKind.Good"/>: the share of executions that have to be good.</summary>
    public double Share { get; init; }

    /// <summary>The latency ratio that is allowed: of the quantile, or of a good execution to the same on the old server.</summary>
    public double AtMost { get; init; }

    /// <summary>A latency that is good enough whatever the ratio, in microseconds.</summary>
    public double FloorMicroseconds { get; init; }

    /// <summary><see cref="ObjectiveKind.NewErrors"/>: how many new errors (codes of a shape) are allowed.</summary>
    public int Errors { get; init; }

    /// <summary>The share of executions that may be bad.</summary>
    public double Budget => 1 - Share;
}

/// <summary>Whether an objective is kept.</summary>
public enum ObjectiveVerdict
{
    /// <summary>It is.</summary>
    Met,

    /// <summary>It is not: a failure of the whole.</summary>
    Missed,

    /// <summary>That cannot be told from these runs.</summary>
    Undecided,
}

/// <summary>What came of an objective.</summary>
public sealed record ObjectiveOutcome
{
    /// <summary>The objective.</summary>
    public required Objective Objective { get; init; }

    /// <summary>Whether it is kept.</summary>
    public required ObjectiveVerdict Verdict { get; init; }

    /// <summary>Why, in a sentence or two.</summary>
    public required string Why { get; init; }

    /// <summary>Exchanges of the workload that its shapes have.</summary>
    public required long Exchanges { get; init; }

    /// <summary>Of those, exchanges that were judged.</summary>
    public required long Eligible { get; init; }

    /// <summary>The others by reason, the largest first.</summary>
    public required IReadOnlyList<(string Reason, long Count)> Excluded { get; init; }

    /// <summary>Stretches in which the budget burnt too fast; empty if it did not, or is none.</summary>
    public IReadOnlyList<Burn> Burns { get; init; } = [];
}

/// <summary>A stretch of the workload in which bad executions were too many.</summary>
/// <param name="FromMicroseconds">Its begin, microseconds since 1970 on the capture's clock.</param>
/// <param name="ToMicroseconds">Its end.</param>
/// <param name="Rate">How many times as fast as it may the budget burnt.</param>
public sealed record Burn(long FromMicroseconds, long ToMicroseconds, double Rate);
