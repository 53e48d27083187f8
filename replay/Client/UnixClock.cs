using System.Diagnostics;

namespace Replay.Client;

/// <summary>
/// Microseconds since 1970 that never step: the wall clock is read once, from then on the monotonic clock is added. Two readings differ by the
/// time between them, whatever NTP does.
/// </summary>
public static class UnixClock
{
    private static readonly long AnchorTicks = Stopwatch.GetTimestamp();
    private static readonly long AnchorMicroseconds = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Now.</summary>
    public static long NowMicroseconds => At(Stopwatch.GetTimestamp());

    /// <summary>What the clock showed when <see cref="Stopwatch.GetTimestamp"/> gave <paramref name="stopwatchTicks"/>.</summary>
    public static long At(long stopwatchTicks) => AnchorMicroseconds + ((stopwatchTicks - AnchorTicks) / (Stopwatch.Frequency / 1_000_000));
}
