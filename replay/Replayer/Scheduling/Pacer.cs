namespace Replay.Replayer;

/// <summary>
/// The absolute schedule: every due time is counted from the run's start, so that lateness of one exchange never moves another.
/// </summary>
/// <param name="speed">How fast.</param>
/// <param name="originMicroseconds">The moment of the workload's clock at which the schedule begins, microseconds since 1970.</param>
/// <param name="startMicroseconds">The moment of the run's clock that stands for it, microseconds since 1970.</param>
public sealed class Pacer(Speed speed, long originMicroseconds, long startMicroseconds)
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

        var offset = capturedMicroseconds - originMicroseconds;
        return offset <= 0 ? startMicroseconds : startMicroseconds + (long)(offset / speed.Factor);
    }

    /// <summary>The moment of the workload's clock that the schedule has come to at <paramref name="nowMicroseconds"/>; the end of time at full speed.</summary>
    public long CapturedAt(long nowMicroseconds)
    {
        if (speed.IsMax)
        {
            return long.MaxValue;
        }

        var captured = originMicroseconds + ((nowMicroseconds - startMicroseconds) * speed.Factor);
        return captured >= long.MaxValue ? long.MaxValue : (long)captured;
    }
}
