namespace Replay.Replayer;

/// <summary>
/// The schedule: where on the run's clock captured moments lie. Due times are counted from the run's start, so that lateness of one exchange never moves another, or, by
/// <see cref="ScheduleMode.ThinkTime"/>, from the session's response before it (<see cref="SessionPace"/>).
/// </summary>
/// <param name="speed">How fast.</param>
/// <param name="originMicroseconds">The moment of the workload's clock at which the schedule begins, microseconds since 1970.</param>
/// <param name="startMicroseconds">The moment of the run's clock that stands for it, microseconds since 1970.</param>
/// <param name="turns">Turns with another run; null if it is alone. Not at full speed.</param>
/// <param name="options">What else changes due times.</param>
/// <param name="idle">Stretches that are shortened; null if none is.</param>
public sealed class Pacer(Speed speed, long originMicroseconds, long startMicroseconds, SliceTurns? turns = null, ScheduleOptions? options = null, IdleStretches? idle = null)
{
    /// <summary>The due time of what has none: it may go at once.</summary>
    public const long AtOnce = long.MinValue;

    /// <summary>The due time of what has one only when the schedule begins.</summary>
    public const long NotYet = long.MaxValue;

    private readonly long _origin = idle?.Shorten(originMicroseconds) ?? originMicroseconds;

    /// <summary>A schedule that has not begun: what lies before its origin goes at once, the rest waits.</summary>
    public static Pacer Before(long originMicroseconds) => new(Speed.Recorded, originMicroseconds, NotYet);

    /// <summary>How much later everything is due, run clock.</summary>
    public long ShiftMicroseconds { get; init; }

    /// <summary>The same schedule so much later.</summary>
    public Pacer Later(long microseconds) => new(speed, originMicroseconds, startMicroseconds, turns, Options, idle) { ShiftMicroseconds = microseconds };

    /// <summary>Whether the schedule has not begun.</summary>
    public bool IsWaiting => startMicroseconds == NotYet;

    /// <summary>How fast.</summary>
    public Speed Speed => speed;

    /// <summary>What else changes due times.</summary>
    public ScheduleOptions Options { get; } = options ?? ScheduleOptions.Plain;

    /// <summary>The moment of the workload's clock at which the schedule begins, microseconds since 1970.</summary>
    public long OriginMicroseconds => originMicroseconds;

    /// <summary>The moment of the run's clock at which the schedule begins, microseconds since 1970.</summary>
    public long StartMicroseconds => startMicroseconds;

    /// <summary>
    /// When something captured at <paramref name="capturedMicroseconds"/> is due, in microseconds since 1970 of the run's clock; what was captured
    /// before the origin is due at the start. <see cref="AtOnce"/> at full speed.
    /// </summary>
    public long DueAt(long capturedMicroseconds) =>
        IsWaiting ? (capturedMicroseconds < originMicroseconds ? AtOnce : NotYet) : DueAfter(OffsetOf(capturedMicroseconds));

    /// <summary>How far from the schedule's beginning a captured moment lies, without idle stretches, workload clock; 0 for what lies before it.</summary>
    public long OffsetOf(long capturedMicroseconds) => Math.Max(0, (idle?.Shorten(capturedMicroseconds) ?? capturedMicroseconds) - _origin);

    /// <summary>When something so far (<see cref="OffsetOf"/>) from the schedule's beginning is due; <see cref="AtOnce"/> at full speed.</summary>
    public long DueAfter(long offsetMicroseconds)
    {
        if (speed.IsMax)
        {
            return AtOnce;
        }

        var offset = Run(offsetMicroseconds) + ShiftMicroseconds;
        return startMicroseconds + (turns?.FromSchedule(offset) ?? offset);
    }

    /// <summary>A time of the workload's clock on the run's; not at full speed.</summary>
    public long Run(long microseconds) => (long)(microseconds / speed.Factor);

    /// <summary>
    /// The moment of the workload's clock that the schedule has come to at <paramref name="nowMicroseconds"/>; the end of time at full speed, and where each session has its own way through the workload.
    /// </summary>
    public long CapturedAt(long nowMicroseconds)
    {
        if (IsWaiting)
        {
            return originMicroseconds;
        }

        if (speed.IsMax || !Options.IsOfMoments)
        {
            return long.MaxValue;
        }

        var elapsed = nowMicroseconds - startMicroseconds;
        var captured = _origin + ((elapsed > 0 && turns is not null ? turns.ToSchedule(elapsed) : elapsed) * speed.Factor);
        return captured >= long.MaxValue ? long.MaxValue : idle?.Lengthen((long)captured) ?? (long)captured;
    }

    /// <summary>Whether the schedule stands still because the other run has its turn.</summary>
    public bool StandsAt(long nowMicroseconds) => turns is not null && nowMicroseconds >= startMicroseconds && turns.StandsAt(nowMicroseconds - startMicroseconds);
}
