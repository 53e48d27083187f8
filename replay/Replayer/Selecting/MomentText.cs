using System.Globalization;
using System.Text.RegularExpressions;

namespace Replay.Replayer;

/// <summary>
/// Moments of a workload as users write them: a time in ISO 8601 (UTC unless it says otherwise), a time of day (<c>14:05</c>, UTC: the first one in the workload), or so long from the workload's beginning
/// (<c>90m</c>).
/// </summary>
public static partial class MomentText
{
    private const long DayMicroseconds = 86_400_000_000;

    /// <summary>Reads one; a <see cref="CommandException"/> that names <paramref name="option"/> if it is none.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="originMicroseconds">The workload's beginning, microseconds since 1970: the snapshot's cut, or the first exchange.</param>
    /// <param name="option">The option.</param>
    public static long Parse(string text, long originMicroseconds, string option)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TimeOfDay().IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time))
        {
            var moment = originMicroseconds - (originMicroseconds % DayMicroseconds) + (long)time.TotalMicroseconds;
            return moment < originMicroseconds ? moment + DayMicroseconds : moment;
        }

        if (Calendar().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date))
        {
            return (date - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }

        try
        {
            return text is "0" ? originMicroseconds : originMicroseconds + (long)Durations.Parse(text, option).TotalMicroseconds;
        }
        catch (CommandException)
        {
            throw new CommandException($"{option} {text}: expected a moment like 2026-11-20T14:05:00Z, 14:05, or 90m from the workload's beginning");
        }
    }

    [GeneratedRegex(@"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}")]
    private static partial Regex Calendar();
}
