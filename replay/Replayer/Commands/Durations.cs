using System.Globalization;

namespace Replay.Replayer;

/// <summary>Durations as users write them.</summary>
public static class Durations
{
    /// <summary>Reads <c>250ms</c>, <c>30s</c>, <c>5m</c>, <c>1.5h</c>; a <see cref="CommandException"/> that names <paramref name="option"/> if it is none.</summary>
    public static TimeSpan Parse(string text, string option)
    {
        var digits = text.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number < 1e9)
        {
            switch (text[digits.Length..])
            {
                case "ms":
                    return TimeSpan.FromMilliseconds(number);
                case "s" or "":
                    return TimeSpan.FromSeconds(number);
                case "m" or "min":
                    return TimeSpan.FromMinutes(number);
                case "h":
                    return TimeSpan.FromHours(number);
            }
        }

        throw new CommandException($"{option} {text}: expected a duration like 500ms, 30s, 5m or 1h");
    }
}
