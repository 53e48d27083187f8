using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Replay.Workload;

/// <summary>Numbers as the servers write them, in one way.</summary>
internal static class NumberText
{
    /// <summary>The most bytes that <see cref="Write"/> makes.</summary>
    public const int MaxBytes = 80;

    private const int MaxDigits = 64;

    // Between these powers of ten numbers are written without exponent, as both servers do in most of this range.
    private const int LowestPlain = -5;
    private const int HighestPlain = 15;

    private static readonly SearchValues<byte> Plain = SearchValues.Create("0123456789.-"u8);

    /// <summary>
    /// A number without exponent, without zeros that say nothing: <c>007.50</c> becomes <c>7.5</c>. What is no such number is as it was. A part of <paramref name="text"/>, so this costs nothing but looking.
    /// </summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.IndexOfAnyExcept(Plain) >= 0)
        {
            return text;
        }

        var end = text.Length;
        if (text.Contains((byte)'.'))
        {
            end = text.LastIndexOfAnyExcept((byte)'0') + 1;
            end -= text[end - 1] == '.' ? 1 : 0;
        }

        var isNegative = text[0] == '-';
        var first = isNegative ? 1 : 0;
        var start = first;
        while (start + 1 < end && text[start] == '0' && text[start + 1] != '.')
        {
            start++;
        }

        if (end <= start)
        {
            return text;
        }

        if (end - start == 1 && text[start] == '0')
        {
            return "0"u8; // -0 too
        }

        return isNegative && start > first ? text : text[(isNegative ? 0 : start)..end];
    }

    /// <summary>
    /// Writes a number to <paramref name="digits"/> significant digits (0: all), without an exponent where both servers have none. Returns the length; 0 if <paramref name="text"/> is no number.
    /// </summary>
    /// <remarks>
    /// Servers write as few digits as tell a number apart (at most 17, or 9 of a 32-bit one), or 17, or 15. Rounding the decimal digits is rounding the number: a number that lies halfway between two of 15 digits has 16,
    /// and a shortest or correctly rounded text lies on the same side of it as the number, unless it is that number. Only then the binary number is asked.
    /// </remarks>
    public static int Write(ReadOnlySpan<byte> text, int digits, Span<byte> to)
    {
        Span<byte> found = stackalloc byte[MaxDigits];
        if (!TryRead(text, found, out var isNegative, out var count, out var power))
        {
            return 0;
        }

        if (digits > 0 && count > digits)
        {
            if (count == digits + 1 && found[digits] == '5' && TryRound(text, digits, found, ref count, ref power))
            {
                // Halfway in decimal digits.
            }
            else
            {
                Round(found, digits, ref count, ref power);
            }
        }

        return count == 0 ? Zero(to) : Format(found[..count], isNegative, power, to);
    }

    private static int Zero(Span<byte> to)
    {
        to[0] = (byte)'0';
        return 1;
    }

    /// <summary>Digits without zeros at either end, and the power of ten of the first; false if it is no number or has too many digits.</summary>
    private static bool TryRead(ReadOnlySpan<byte> text, Span<byte> digits, out bool isNegative, out int count, out int power)
    {
        count = 0;
        power = 0;
        isNegative = !text.IsEmpty && text[0] == '-';
        var at = isNegative || (!text.IsEmpty && text[0] == '+') ? 1 : 0;
        var beforePoint = 0; // digits from the first that counts to the point; negative: zeros behind the point before it
        bool hasDigits = false, isBehindPoint = false;
        for (; at < text.Length && text[at] is (>= (byte)'0' and <= (byte)'9') or (byte)'.'; at++)
        {
            if (text[at] == '.')
            {
                if (isBehindPoint)
                {
                    return false;
                }

                isBehindPoint = true;
                continue;
            }

            hasDigits = true;
            if (count == 0 && text[at] == '0')
            {
                beforePoint -= isBehindPoint ? 1 : 0;
                continue;
            }

            if (count == digits.Length)
            {
                return false;
            }

            digits[count++] = text[at];
            beforePoint += isBehindPoint ? 0 : 1;
        }

        var exponent = 0;
        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            var rest = text[(at + 1)..];
            rest = rest.StartsWith("+"u8) ? rest[1..] : rest;
            if (!Utf8Parser.TryParse(rest, out exponent, out var used) || used != rest.Length || Math.Abs(exponent) > 1_000_000)
            {
                return false;
            }
        }
        else if (at < text.Length)
        {
            return false;
        }

        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
        }

        power = beforePoint - 1 + exponent;
        return hasDigits;
    }

    private static void Round(Span<byte> found, int digits, ref int count, ref int power)
    {
        var isUp = found[digits] >= '5';
        count = digits;
        while (isUp && count > 0)
        {
            if (found[count - 1] < '9')
            {
                found[count - 1]++;
                isUp = false;
            }
            else
            {
                count--;
            }
        }

        if (isUp)
        {
            found[0] = (byte)'1';
            count = 1;
            power++;
        }

        while (count > 0 && found[count - 1] == '0')
        {
            count--;
        }
    }

    // The number that the text stands for, rounded by what is left of it in binary.
    private static bool TryRound(ReadOnlySpan<byte> text, int digits, Span<byte> found, ref int count, ref int power)
    {
        text = text[0] == '+' ? text[1..] : text;
        Span<byte> exact = stackalloc byte[40];
        int length;
        if (digits <= 6)
        {
            if (!Utf8Parser.TryParse(text, out float single, out var used) || used != text.Length || !float.IsFinite(single) || single == 0
                || !single.TryFormat(exact, out length, "E5", CultureInfo.InvariantCulture))
            {
                return false;
            }
        }
        else if (!Utf8Parser.TryParse(text, out double number, out var used) || used != text.Length || !double.IsFinite(number) || number == 0
            || !number.TryFormat(exact, out length, "E14", CultureInfo.InvariantCulture))
        {
            return false;
        }

        return TryRead(exact[..length], found, out _, out count, out power);
    }

    private static int Format(ReadOnlySpan<byte> digits, bool isNegative, int power, Span<byte> to)
    {
        var at = 0;
        if (isNegative)
        {
            to[at++] = (byte)'-';
        }

        if (power is < LowestPlain or > HighestPlain)
        {
            to[at++] = digits[0];
            if (digits.Length > 1)
            {
                to[at++] = (byte)'.';
                digits[1..].CopyTo(to[at..]);
                at += digits.Length - 1;
            }

            to[at++] = (byte)'e';
            Utf8Formatter.TryFormat(power, to[at..], out var written);
            return at + written;
        }

        if (power < 0)
        {
            "0.00000"u8[..(1 - power)].CopyTo(to[at..]);
            at += 1 - power;
            digits.CopyTo(to[at..]);
            return at + digits.Length;
        }

        var whole = Math.Min(digits.Length, power + 1);
        digits[..whole].CopyTo(to[at..]);
        at += whole;
        to.Slice(at, power + 1 - whole).Fill((byte)'0');
        at += power + 1 - whole;
        if (digits.Length > whole)
        {
            to[at++] = (byte)'.';
            digits[whole..].CopyTo(to[at..]);
            at += digits.Length - whole;
        }

        return at;
    }
}
