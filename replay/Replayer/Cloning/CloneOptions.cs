namespace Replay.Replayer;

/// <summary>How reads are amplified (<c>--clones</c>).</summary>
/// <param name="Count">Clones of each session, besides the session itself.</param>
/// <param name="Shift">How much later than what is before it each is due, on the run's clock.</param>
public sealed record CloneOptions(int Count, TimeSpan Shift)
{
    /// <summary>The most clones: 1,000.</summary>
    public const int MostClones = 1_000;
}
