using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>All of the workload was dealt with.</summary>
    Complete,

    /// <summary>A signal broke it off.</summary>
    Interrupted,

    /// <summary>The target could not be reached any more.</summary>
    TargetLost,
}

/// <summary>What came of a run.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Manifest">The final manifest.</param>
/// <param name="Counts">What became of how many.</param>
/// <param name="Certificate">What it kept.</param>
/// <param name="Played">How long the schedule took, without pre-roll and documents.</param>
/// <param name="Problem">What went wrong, a line; null if nothing did.</param>
/// <param name="Causes">What followed from what; null if nothing diverged or it was not looked for.</param>
/// <param name="Recorder">What was counted.</param>
/// <param name="Use">What the replayer used, and what was taken from it.</param>
/// <param name="Order">What order between sessions asked for; null if none was kept.</param>
public sealed record RunResult(
    RunEnd End, RunManifest Manifest, OutcomeCounts Counts, Certificate Certificate, OutcomeRecorder Recorder, ReplayerUse Use, TimeSpan Played, string? Problem, OrderReport? Order = null, CauseFinder? Causes = null);
