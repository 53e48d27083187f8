using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Two runs in turn: each slice of the schedule is played by one, then by the other, and which of them goes first is swapped from slice to slice
/// (A B, B A, A B ...), so that what changes on the machine from minute to minute meets both alike. While the other plays, a run's schedule stands still.
/// </summary>
/// <remarks>
/// All of it is arithmetic on due times; nothing is handed over. So what is on the wire at a border ends when it ends, and what is late is still sent at once. Between
/// two turns there is a pause, in which most of that is over.
/// </remarks>
/// <param name="Pair">The two runs' common identity.</param>
/// <param name="LengthMicroseconds">Length of a slice, run clock.</param>
/// <param name="PauseMicroseconds">Time after each turn in which neither has anything due.</param>
/// <param name="GoesFirst">Whether this run goes first in the first slice.</param>
public sealed record SliceTurns(Guid Pair, long LengthMicroseconds, long PauseMicroseconds, bool GoesFirst)
{
    /// <summary>The pause: 50 ms, a multiple of what most statements take.</summary>
    public const long UsualPauseMicroseconds = 50_000;

    /// <summary>The shortest slice, one second: in a shorter one what the servers' switching costs would be a part of what is measured.</summary>
    public const long LeastMicroseconds = 1_000_000;

    /// <summary>The longest slice, a minute: the sessions that are not in turn would be closed as idle.</summary>
    public const long MostMicroseconds = 60_000_000;

    private long Turn => LengthMicroseconds + PauseMicroseconds;

    /// <summary>The turns of a run whose manifest this is; null if it had none.</summary>
    public static SliceTurns? Of(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Slices is { } slices ? new SliceTurns(slices.Pair, slices.LengthMicroseconds, slices.PauseMicroseconds, slices.GoesFirst) : null;
    }

    /// <summary>As the manifest has it.</summary>
    public RunSlices ToManifest() => new() { Pair = Pair, LengthMicroseconds = LengthMicroseconds, PauseMicroseconds = PauseMicroseconds, GoesFirst = GoesFirst };

    /// <summary>When a slice begins, microseconds from the run's start.</summary>
    public long BeginOf(long slice) => (2 * Turn * slice) + ((slice % 2 == 0) == GoesFirst ? 0 : Turn);

    /// <summary>What is due at <paramref name="schedule"/> of a schedule without turns, microseconds from the run's start, with them.</summary>
    public long FromSchedule(long schedule) => BeginOf(schedule / LengthMicroseconds) + (schedule % LengthMicroseconds);

    /// <summary>How far a schedule without turns has come at <paramref name="elapsed"/> microseconds from the run's start.</summary>
    public long ToSchedule(long elapsed)
    {
        var slice = elapsed / (2 * Turn);
        return (slice * LengthMicroseconds) + Math.Clamp(elapsed - BeginOf(slice), 0, LengthMicroseconds);
    }

    /// <summary>Whether the schedule stands still at <paramref name="elapsed"/> microseconds from the run's start.</summary>
    public bool StandsAt(long elapsed)
    {
        var since = elapsed - BeginOf(elapsed / (2 * Turn));
        return since < 0 || since >= LengthMicroseconds;
    }
}
