namespace Replay.Replayer;

/// <summary>What of a workload is to be played, as the user said it.</summary>
public sealed record SelectionOptions
{
    /// <summary>All of it.</summary>
    public static SelectionOptions Everything { get; } = new();

    /// <summary>Where the window begins (<see cref="MomentText"/>); null: with the workload.</summary>
    public string? From { get; init; }

    /// <summary>Where it ends; null: with the workload.</summary>
    public string? To { get; init; }

    /// <summary>Instead of both: the length of a window that is laid where most exchanges are.</summary>
    public TimeSpan? Peak { get; init; }

    /// <summary>The share of sessions that are played, from 0 to 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>What is played of that.</summary>
    public SelectionFilter Filter { get; init; } = SelectionFilter.None;
}
