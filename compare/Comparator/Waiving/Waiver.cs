namespace Replay.Comparator;

/// <summary>What a waiver accepts.</summary>
public enum WaivedKind
{
    /// <summary>A shape that regressed, up to a ratio.</summary>
    Slower,

    /// <summary>A new error of one code.</summary>
    Error,

    /// <summary>Another number of rows, and so other values too.</summary>
    Rows,

    /// <summary>Other values in as many rows.</summary>
    Values,
}

/// <summary>A difference that somebody accepts for a while: it is reported as before, and no longer fails the whole.</summary>
public sealed record Waiver
{
    /// <summary>Its place in the file, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Of which shapes.</summary>
    public required ShapeScope Scope { get; init; }

    /// <summary>What is accepted.</summary>
    public required WaivedKind Kind { get; init; }

    /// <summary>The error's code; null if no error is accepted.</summary>
    public string? Code { get; init; }

    /// <summary>Up to which ratio slower is accepted: typical, in all and in the slowest executions, as far as they regressed; null if slower is not accepted.</summary>
    public double? AtMost { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>The last day on which it counts, UTC.</summary>
    public required DateOnly Until { get; init; }

    /// <summary>In words, for reports.</summary>
    public string Words => $"accepted by {Owner} until {Until:yyyy-MM-dd}: {Reason}";
}
