using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Due times of one session's exchanges where they do not follow from the captured moment alone: think time or the time to connect scaled, or think time kept. Guarded by the player's lock; exchanges come in order of
/// their ordinals.
/// </summary>
/// <remarks>
/// Think time is from the end of the response before to the request. By the absolute schedule due = start + (c C + (o - c) - (1 - T) t) / speed with o the request's offset, c the connect's, t the session's think time
/// up to it, C and T the scales: whole numbers of the capture's clock, so nothing adds up. Kept: due = the last byte of the session's response before it + T (think time) / speed, the first as by the absolute schedule. What is left out is thinking then.
/// </remarks>
/// <param name="session">The captured session.</param>
public sealed class SessionPace(Session session)
{
    private State _now;
    private State _before;

    /// <summary>When an exchange is due; <see cref="Pacer.AtOnce"/> at full speed.</summary>
    /// <param name="pacer">The run's schedule.</param>
    /// <param name="planned">The session's next exchange.</param>
    /// <param name="lastEndedMicroseconds">When the last response of the session ended, run clock; <see cref="long.MinValue"/> if there was none.</param>
    public long DueAt(Pacer pacer, in PlannedExchange planned, long lastEndedMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(pacer);
        return pacer.IsWaiting ? Pacer.NotYet : DueAt(pacer, planned.RequestedAtMicroseconds, planned.IsPipelined, lastEndedMicroseconds);
    }

    /// <summary>When the session closes, likewise.</summary>
    public long ClosesAt(Pacer pacer, long closedAtMicroseconds, long lastEndedMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(pacer);
        return pacer.IsWaiting ? pacer.DueAt(closedAtMicroseconds) : DueAt(pacer, closedAtMicroseconds, isPipelined: false, lastEndedMicroseconds);
    }

    /// <summary>The next exchange was taken from the queue.</summary>
    /// <param name="pacer">The run's schedule.</param>
    /// <param name="planned">The exchange.</param>
    /// <param name="dueMicroseconds">When it was due; null if it is left out.</param>
    public void Take(Pacer pacer, in PlannedExchange planned, long? dueMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(pacer);
        _before = _now;
        if (pacer.IsWaiting)
        {
            return; // what lies before the schedule has no place on it
        }

        var keepsThinking = pacer.Options.Mode == ScheduleMode.ThinkTime;
        if (keepsThinking && _now.HasSent && dueMicroseconds is null)
        {
            return;
        }

        var requested = pacer.OffsetOf(planned.RequestedAtMicroseconds);
        _now.Thought += Thinking(pacer, requested);
        _now.Requested = requested;
        _now.Ended = Math.Max(requested, pacer.OffsetOf(planned.EndedAtMicroseconds));
        _now.HasBegun = true;
        if (dueMicroseconds is { } due and not Pacer.AtOnce)
        {
            _now.HasSent = true;
            _now.Due = due;
        }
    }

    /// <summary>What was taken last is to be taken again.</summary>
    public void PutBack() => _now = _before;

    private long DueAt(Pacer pacer, long capturedMicroseconds, bool isPipelined, long lastEndedMicroseconds)
    {
        var options = pacer.Options;
        var offset = pacer.OffsetOf(capturedMicroseconds);
        if (pacer.Speed.IsMax)
        {
            return Pacer.AtOnce;
        }

        if (options.Mode == ScheduleMode.ThinkTime && _now.HasSent)
        {
            return isPipelined || lastEndedMicroseconds == long.MinValue
                ? _now.Due + pacer.Run(Math.Max(0, offset - _now.Requested))
                : lastEndedMicroseconds + pacer.Run((long)(options.ThinkScale * Math.Max(0, offset - _now.Ended)));
        }

        var connected = pacer.OffsetOf(session.OpenedAtMicroseconds);
        var thought = _now.Thought + Thinking(pacer, offset);
        return pacer.DueAfter((long)(options.ConnectScale * connected) + (offset - connected) - thought + (long)(options.ThinkScale * thought));
    }

    private long Thinking(Pacer pacer, long offset) => Math.Max(0, offset - (_now.HasBegun ? _now.Ended : pacer.OffsetOf(session.OpenedAtMicroseconds)));

    // Offsets are those of the pacer, workload clock.
    [StructLayout(LayoutKind.Auto)]
    private struct State
    {
        public bool HasBegun;
        public bool HasSent;
        public long Thought;
        public long Requested;
        public long Ended;
        public long Due;
    }
}
