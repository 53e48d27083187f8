namespace Replay.Replayer;

/// <summary>What <c>dbreplay sweep</c> was asked for.</summary>
public sealed record SweepOptions
{
    /// <summary>The workload's folder.</summary>
    public required string Workload { get; init; }

    /// <summary>The server, or the old one and the new one.</summary>
    public required IReadOnlyList<SweepSide> Sides { get; init; }

    /// <summary>The folder for the runs and <c>sweep.json</c>.</summary>
    public required string Out { get; init; }

    /// <summary>The steps, rising.</summary>
    public required IReadOnlyList<SweepStep> Steps { get; init; }

    /// <summary>What is to be kept; null: nothing is decided.</summary>
    public SweepObjective? Objective { get; init; }

    /// <summary>Whether the snapshot is put back before each run.</summary>
    public bool Restore { get; init; } = true;

    /// <summary>Steps after each restore, as a plan's <c>after_restore</c>.</summary>
    public IReadOnlyList<string> AfterRestore { get; init; } = [];

    /// <summary>How many runs are played again that are unfit for the replayer's own lag alone.</summary>
    public int PlayAgain { get; init; } = 2;

    /// <summary>Further options of <c>run</c>, the same for all steps.</summary>
    public IReadOnlyList<string> RunArguments { get; init; } = [];

    /// <summary>Whether nothing but warnings goes to standard error.</summary>
    public bool Quiet { get; init; }
}
