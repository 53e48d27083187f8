namespace Replay.Comparator;

/// <summary>The workload's clock in stretches of a length that people count in, the same for all shapes.</summary>
/// <param name="FromMicroseconds">Where the first one begins, microseconds since 1970.</param>
/// <param name="StepMicroseconds">Their length.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct TimeGrid(long FromMicroseconds, long StepMicroseconds, int Count)
{
    /// <summary>Stretches at most, but for workloads of over a year.</summary>
    public const int MostStretches = 36;

    private static readonly long[] Steps =
        [.. new[] { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800 }.Select(seconds => (long)(seconds * 1e6))];

    /// <summary>The grid of the exchanges between two moments.</summary>
    public static TimeGrid Of(long fromMicroseconds, long toMicroseconds)
    {
        var step = Array.Find(Steps, step => (toMicroseconds / step) - (fromMicroseconds / step) < MostStretches);
        step = step == 0 ? Steps[^1] : step;
        return new TimeGrid(fromMicroseconds / step * step, step, (int)((toMicroseconds / step) - (fromMicroseconds / step)) + 1);
    }

    /// <summary>The number of the stretch that holds a moment; those before and behind belong to the first and the last.</summary>
    public int Of(long microseconds) => (int)Math.Clamp((microseconds - FromMicroseconds) / StepMicroseconds, 0, Count - 1);
}
