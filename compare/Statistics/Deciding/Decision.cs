namespace Replay.Statistics;

/// <summary>Why the times do not support a verdict.</summary>
public enum DecisionDoubt
{
    /// <summary>Nothing could be paired.</summary>
    NothingPaired,

    /// <summary>Runs of one side lie too far apart as a whole.</summary>
    RunSpread,

    /// <summary>The procedure gives false alarms on equal runs.</summary>
    AuditNoisy,

    /// <summary>The sides as a whole differ, and the runs are too few to tell whether it is chance.</summary>
    OverallDoubt,

    /// <summary>Shapes without enough data hold too much of the time.</summary>
    NotEnoughData,
}

/// <summary>All that the times say.</summary>
public sealed record Decision
{
    /// <summary>The runs.</summary>
    public required RunDesign Design { get; init; }

    /// <summary>The thresholds.</summary>
    public required DecisionOptions Options { get; init; }

    /// <summary>The sides as a whole.</summary>
    public required OverallEffect Overall { get; init; }

    /// <summary>Shapes that have at least one paired exchange, by number.</summary>
    public required IReadOnlyList<ShapeDecision> Shapes { get; init; }

    /// <summary>The A/A audit.</summary>
    public required Audit Audit { get; init; }

    /// <summary>The noise floor: standard deviation between equal runs of the middle shape's logarithm, after the common effect; assumed where it could not be measured.</summary>
    public required double ShapeDeviation { get; init; }

    /// <summary>Whether runs of the same side were there to measure the noise.</summary>
    public required bool IsNoiseMeasured { get; init; }

    /// <summary>Share of the time in shapes without enough data.</summary>
    public required double NotEnoughDataShare { get; init; }

    /// <summary>What stands against a verdict; empty if nothing does.</summary>
    public required IReadOnlyList<DecisionDoubt> Doubts { get; init; }
}
