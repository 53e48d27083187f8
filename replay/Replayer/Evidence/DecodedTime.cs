namespace Replay.Replayer;

/// <summary>Moments as timestamptz_to_str writes them: <c>2026-05-01 12:34:56.123456+05:30</c>.</summary>
internal static class DecodedTime
{
    private const int SecondsLength = 19;
    private const long SecondMicroseconds = 1_000_000;
    private const int MicrosecondTicks = 10;

    /// <summary>Reads one; microseconds since 1970.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < SecondsLength + 2 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':'
            || !Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second)
            || year is < 1970 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        var fraction = 0;
        var at = SecondsLength;
        if (text[at] == '.')
        {
            var digits = text[(at + 1)..];
            var end = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (end is < 1 or > 6)
            {
                return false;
            }

            Digits(digits[..end], out fraction);
            for (var missing = end; missing < 6; missing++)
            {
                fraction *= 10;
            }

            at += 1 + end;
        }

        if (!Zone(text[at..], out var offset))
        {
            return false;
        }

        var seconds = (new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / MicrosecondTicks / SecondMicroseconds;
        microseconds = ((seconds + second - offset) * SecondMicroseconds) + fraction;
        return true;
    }

    // Seconds east: +00, -03:30, +01:23:45.
    private static bool Zone(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length is not (3 or 6 or 9) || text[0] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        for (int at = 1, unit = 3600; at < text.Length; at += 3, unit /= 60)
        {
            if (!Digits(text.Slice(at, 2), out var number) || (at > 1 && text[at - 1] != ':'))
            {
                return false;
            }

            seconds += number * unit;
        }

        seconds = text[0] == '-' ? -seconds : seconds;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
