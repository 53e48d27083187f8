namespace Replay.Replayer;

/// <summary>Why an exchange was sent later than it was due, split by whose fault it was.</summary>
/// <param name="TotalMicroseconds">sent - due; never negative.</param>
/// <param name="InheritedMicroseconds">The part spent waiting for the response before it in the session.</param>
/// <param name="OrderMicroseconds">The part spent waiting, after that, for other sessions by order.</param>
/// <param name="OwnMicroseconds">The rest: the replayer's fault.</param>
/// <param name="AdmissionMicroseconds">The part spent waiting, after order, for the limit of transactions in flight or for a connection.</param>
public readonly record struct Lag(long TotalMicroseconds, long InheritedMicroseconds, long OrderMicroseconds, long OwnMicroseconds, long AdmissionMicroseconds = 0)
{
    /// <summary>Whether the predecessor in the session is to blame for some of it.</summary>
    public bool IsInherited => InheritedMicroseconds > 0;

    /// <summary>Splits the time from due to sent.</summary>
    /// <param name="dueMicroseconds">When it was due; <see cref="Pacer.AtOnce"/> if it had no due time: then nothing is lag, but what it waited for other sessions is told.</param>
    /// <param name="predecessorEndedMicroseconds">When the response that it had to wait for ended; <see cref="long.MinValue"/> if there was none.</param>
    /// <param name="orderReadyMicroseconds">When order between sessions let it go; <see cref="long.MinValue"/> if it did not wait for that.</param>
    /// <param name="sentMicroseconds">When it was sent.</param>
    /// <param name="admittedMicroseconds">When the limit of transactions in flight, or of connections, let it go; <see cref="long.MinValue"/> if it did not wait for that.</param>
    public static Lag Of(long dueMicroseconds, long predecessorEndedMicroseconds, long orderReadyMicroseconds, long sentMicroseconds, long admittedMicroseconds = long.MinValue)
    {
        if (dueMicroseconds == Pacer.AtOnce)
        {
            var isKnown = predecessorEndedMicroseconds != long.MinValue && orderReadyMicroseconds != long.MinValue;
            return new Lag(0, 0, isKnown ? Math.Max(0, orderReadyMicroseconds - predecessorEndedMicroseconds) : 0, 0);
        }

        var free = Math.Max(dueMicroseconds, predecessorEndedMicroseconds);
        var ready = Math.Max(free, orderReadyMicroseconds);
        var admitted = Math.Max(ready, admittedMicroseconds);
        return new Lag(
            Math.Max(0, sentMicroseconds - dueMicroseconds),
            Math.Min(free, Math.Max(sentMicroseconds, dueMicroseconds)) - dueMicroseconds,
            Math.Max(0, Math.Min(ready, sentMicroseconds) - free),
            Math.Max(0, sentMicroseconds - admitted),
            Math.Max(0, Math.Min(admitted, sentMicroseconds) - ready));
    }
}
