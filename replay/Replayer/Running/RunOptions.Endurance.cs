namespace Replay.Replayer;

/// <content>How long a run goes on.</content>
public sealed partial record RunOptions
{
    /// <summary>How long exchanges that still run when the schedule is over are waited for; null: as long as <see cref="Timeout"/> says.</summary>
    public TimeSpan? Drain { get; init; }
}
