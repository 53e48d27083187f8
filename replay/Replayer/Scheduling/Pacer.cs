namespace Replay.Replayer;

/// <summary>
/// The absolute schedule: every due time is counted from the run's start, so that lateness of one exchange never moves another.
/// </summary>
/// <param name="speed">How fast.</param>
/// <param name="originMicroseconds">The moment of the workload's clock at which the schedule begins, microseconds since 1970.</param>
/// <param name="startMicroseconds">The moment of the run's clock that stands for it, microseconds since 1970.</param>
/// <param name="turns">Turns with another run; null if it is alone. Not at full speed.</param>
public sealed class Pacer(Speed speed, long originMicroseconds, long startMicroseconds, SliceTurns? turns = null)
{
    /// <summary>The due time of what has none: it may go at once.</summary>
    public const long AtOnce = long.MinValue;

    /// <summary>How fast.</summary>
    public Speed Speed => speed;

    /// <summary>The moment of the workload's clock at which the schedule begins, microseconds since 1970.</summary>
    public long OriginMicroseconds => originMicroseconds;

    /// <summary>The moment of the run's clock at which the schedule begins, microseconds since 1970.</summary>
    public long StartMicroseconds => startMicroseconds;

    /// <summary>
    /// When something captured at <paramref name="capturedMicroseconds"/> is due, in microseconds since 1970 of the run's clock; what was captured
    /// before the origin is due at the start. <see cref="AtOnce"/> at full speed.
    /// </summary>
    public long DueAt(long capturedMicroseconds)
    {
        if (speed.IsMax)
        {
            return AtOnce;
        }

        var offset = Math.Max(0, (long)((capturedMicroseconds - originMicroseconds) / speed.Factor));
        return startMicroseconds + (turns?.FromSchedule(offset) ?? offset);
    }

    /// <summary>The moment of the workload's clock that the schedule has come to at <paramref name="nowMicroseconds"/>; the end of time at full speed.</summary>
    public long CapturedAt(long nowMicroseconds)
    {
        if (speed.IsMax)
        {
            return long.MaxValue;
        }

        var elapsed = nowMicroseconds - startMicroseconds;
        var captured = originMicroseconds + ((elapsed > 0 && turns is not null ? turns.ToSchedule(elapsed) : elapsed) * speed.Factor);
        return captured >= long.MaxValue ? long.MaxValue : (long)captured;
    }

    /// <summary>Whether the schedule stands still because the other run has its turn.</summary>
    public bool StandsAt(long nowMicroseconds) => turns is not null && nowMicroseconds >= startMicroseconds && turns.StandsAt(nowMicroseconds - startMicroseconds);
}
