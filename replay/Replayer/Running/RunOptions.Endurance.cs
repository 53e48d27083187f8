namespace Replay.Replayer;

/// <content>How long a run goes on.</content>
public sealed partial record RunOptions
{
    /// <summary>What was done to the target before the run beside a restore; a run that is resumed cannot do it again by itself.</summary>
    public IReadOnlyList<string> PreparedBy { get; init; } = [];

    /// <summary>How long exchanges that still run when the schedule is over are waited for; null: as long as <see cref="Timeout"/> says.</summary>
    public TimeSpan? Drain { get; init; }

    /// <summary>The options as on a command line, as the run keeps them to be resumed; null: it cannot be.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }
}
