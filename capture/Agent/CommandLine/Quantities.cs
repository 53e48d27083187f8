using System.CommandLine.Parsing;
using System.Globalization;

namespace Replay.Agent.CommandLine;

/// <summary>How durations, sizes and times are written on the command line.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, double Factor)[] Sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ];

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary><c>90s</c>, <c>5m</c>, <c>1.5h</c>, <c>24h</c>, <c>500ms</c>, or seconds.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var (_, seconds) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        if (!double.TryParse(text.TrimEnd('m', 's', 'h', 'd'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number * seconds > 1e9)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(number * seconds);
        return true;
    }

    /// <summary><c>200GiB</c>, <c>500MB</c>, or bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        var (suffix, factor) = Sizes.FirstOrDefault(size => text.EndsWith(size.Suffix, StringComparison.Ordinal), ("", 1));
        if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number * factor > long.MaxValue / 2)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }

    /// <summary>A moment in ISO 8601, UTC unless it says otherwise, as microseconds since 1970.</summary>
    public static bool TryTime(string text, out long microseconds)
    {
        microseconds = 0;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        microseconds = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>A parser for an option of a duration.</summary>
    public static TimeSpan? Duration(ArgumentResult result)
    {
        if (TryDuration(result.Tokens[0].Value, out var duration))
        {
            return duration;
        }

        result.AddError($"{result.Tokens[0].Value} is no duration: write 90s, 5m, 24h");
        return null;
    }

    /// <summary>A parser for an option of a size.</summary>
    public static long? Size(ArgumentResult result)
    {
        if (TrySize(result.Tokens[0].Value, out var size) && size > 0)
        {
            return size;
        }

        result.AddError($"{result.Tokens[0].Value} is no size: write 500MB, 200GiB");
        return null;
    }

    /// <summary>A parser for an option of a moment.</summary>
    public static long? Time(ArgumentResult result)
    {
        if (TryTime(result.Tokens[0].Value, out var time))
        {
            return time;
        }

        result.AddError($"{result.Tokens[0].Value} is no time: write 2026-11-20T09:30:00Z");
        return null;
    }
}
