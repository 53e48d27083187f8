namespace Replay.Network.Files;

/// <summary>
/// The unit and origin of a pcapng interface's time stamps: options <c>if_tsresol</c> and <c>if_tsoffset</c>,
/// <see href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html#section-4.2"/>.
/// </summary>
internal readonly struct TimestampResolution
{
    private const ulong MicrosecondsPerSecond = 1_000_000;
    private const byte IsPowerOfTwo = 0x80;

    private readonly ulong _ticksPerSecond;
    private readonly long _offsetSeconds;

    private TimestampResolution(ulong ticksPerSecond, long offsetSeconds)
    {
        _ticksPerSecond = ticksPerSecond;
        _offsetSeconds = offsetSeconds;
    }

    /// <summary>Microseconds since 1970, where the file says nothing else.</summary>
    public static TimestampResolution Default => new(MicrosecondsPerSecond, 0);

    public static TimestampResolution From(byte resolution, long offsetSeconds)
    {
        int exponent = resolution & ~IsPowerOfTwo;
        if ((resolution & IsPowerOfTwo) != 0)
        {
            // Finer than 2^-63 s does not fit the field that counts the ticks.
            return new(1UL << Math.Min(exponent, 63), offsetSeconds);
        }

        ulong ticks = 1;
        for (int i = 0; i < Math.Min(exponent, 19); i++)
        {
            ticks *= 10;
        }

        return new(ticks, offsetSeconds);
    }

    /// <summary>Microseconds since 1970, between 1970 and 9999.</summary>
    public long ToMicroseconds(ulong ticks)
    {
        if (_ticksPerSecond == MicrosecondsPerSecond && _offsetSeconds == 0)
        {
            return (long)Math.Min(ticks, CaptureReader.MaxMicroseconds);
        }

        var microseconds = (Int128)ticks * MicrosecondsPerSecond / _ticksPerSecond + (Int128)_offsetSeconds * MicrosecondsPerSecond;
        return (long)Int128.Clamp(microseconds, 0, CaptureReader.MaxMicroseconds);
    }
}
