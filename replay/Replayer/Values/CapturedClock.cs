using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// The server's clock when it executed a captured statement. The wire has the moment of the request, some microseconds earlier; where the response shows a time
/// that fits, it is that one.
/// </summary>
public static class CapturedClock
{
    // The agent's clock and the server's are one, or kept together.
    private const long SlackMicroseconds = 2_000;
    private const long Second = 1_000_000;
    private const long QuarterHour = 900 * Second; // offsets of time zones are multiples of it
    private const int WithoutFraction = 19; // "2026-11-20 09:30:00"

    /// <summary>The clock of an exchange whose text reads it, microseconds since 1970.</summary>
    public static long Of(in Exchange exchange)
    {
        var requested = exchange.RequestedAtMicroseconds;
        if (exchange.Rows != 1 || exchange.Failed)
        {
            return requested;
        }

        var latest = Math.Max(exchange.FirstByteAtMicroseconds, requested) + SlackMicroseconds;
        var best = requested;
        var bestDigits = -1;
        var source = exchange.Values;
        if (!VarInt.TryRead(ref source, out var columns))
        {
            return requested;
        }

        for (ulong i = 0; i < columns && VarInt.TryRead(ref source, out var length) && length <= (ulong)source.Length + 1; i++)
        {
            if (length == 0)
            {
                continue;
            }

            var value = source[..(int)(length - 1)];
            source = source[(int)(length - 1)..];
            if (!TryRead(value, out var shown, out var digits) || digits <= bestDigits)
            {
                continue;
            }

            var step = Pow10(6 - digits);
            var clock = shown + ((long)Math.Round((requested - shown) / (double)QuarterHour) * QuarterHour);
            if (clock <= requested && requested < clock + step)
            {
                (best, bestDigits) = (requested, digits); // it rounds to what is shown
            }
            else if (clock >= requested - SlackMicroseconds && clock <= latest)
            {
                (best, bestDigits) = (clock, digits);
            }
        }

        return best;
    }

    // "2026-11-20 09:30:00.123456" read as UTC.
    private static bool TryRead(ReadOnlySpan<byte> text, out long microseconds, out int digits)
    {
        microseconds = 0;
        digits = Math.Max(0, text.Length - WithoutFraction - 1);
        if (text.Length is < WithoutFraction or > WithoutFraction + 7 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':'
            || (text.Length > WithoutFraction && text[WithoutFraction] != '.'))
        {
            return false;
        }

        Span<int> parts = stackalloc int[7];
        ReadOnlySpan<int> starts = [0, 5, 8, 11, 14, 17, 20];
        ReadOnlySpan<int> lengths = [4, 2, 2, 2, 2, 2, digits];
        for (var i = 0; i < parts.Length; i++)
        {
            for (var at = starts[i]; at < starts[i] + lengths[i]; at++)
            {
                if (!char.IsAsciiDigit((char)text[at]))
                {
                    return false;
                }

                parts[i] = (parts[i] * 10) + text[at] - '0';
            }
        }

        if (parts[0] < 1970 || parts[1] is < 1 or > 12 || parts[2] is < 1 || parts[2] > DateTime.DaysInMonth(parts[0], parts[1]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 59)
        {
            return false;
        }

        var moment = new DateTime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], DateTimeKind.Utc);
        microseconds = ((moment - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + (parts[6] * Pow10(6 - digits));
        return true;
    }

    private static long Pow10(int n)
    {
        var power = 1L;
        for (; n > 0; n--)
        {
            power *= 10;
        }

        return power;
    }
}
