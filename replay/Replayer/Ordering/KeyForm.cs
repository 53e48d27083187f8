using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>What a value is to a key.</summary>
public enum ParameterForm : byte
{
    /// <summary>It cannot be told.</summary>
    Unknown,

    /// <summary>NULL.</summary>
    Null,

    /// <summary>A whole number in binary form.</summary>
    Integer,

    /// <summary>Text, whatever the type: bytes of the request.</summary>
    Text,
}

/// <summary>A parameter of an exchange, as its wire format was read by whoever has the codec.</summary>
/// <param name="Form">What it is.</param>
/// <param name="Integer">The number.</param>
/// <param name="Bytes">Where the text lies in the request.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ParameterValue(ParameterForm Form, long Integer = 0, TextSpan Bytes = default);

/// <summary>
/// Brings values of a key to one form, so that equal keys have equal hashes. Where two spellings may mean one value and this does not know, it says so: a key
/// that is not told is coarser, one that is told wrongly is lost. Unequal values with one hash only wait for each other needlessly.
/// </summary>
internal static class KeyForm
{
    private const int MaxTextBytes = 1024;

    public static bool TryHash(KeyType type, SqlDialect dialect, ReadOnlySpan<byte> text, bool isString, bool isNegative, out ulong hash)
    {
        hash = 0;
        switch (type)
        {
            case KeyType.Integer:
                return TryInteger(text, out var number) && TryHash(type, isNegative ? -number : number, out hash);
            case KeyType.Text:
                // MySQL compares text with a number as numbers, and fills binary(n) up with zeros.
                hash = Hash128.Of(dialect == SqlDialect.MySql ? text.TrimEnd(" \0"u8) : text, 0).Low;
                return (isString || dialect == SqlDialect.PostgreSql) && !isNegative;
            case KeyType.FoldedText:
                return isString && TryFold(text, out hash);
            case KeyType.Uuid:
                return isString && TryUuid(text, out hash);
            case KeyType.Date:
                hash = Hash128.Of(text, 1).Low;
                return isString && text.Length == 10 && text[4] == '-' && text[7] == '-' && !text[..4].ContainsAnyExceptInRange((byte)'0', (byte)'9')
                    && !text[5..7].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !text[8..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
            default:
                return false;
        }
    }

    public static bool TryHash(KeyType type, long number, out ulong hash)
    {
        hash = Mix(0x9E3779B97F4A7C15, (ulong)number);
        return type == KeyType.Integer;
    }

    public static ulong Mix(ulong x, ulong y)
    {
        x = (x ^ y) * 0xBF58476D1CE4E5B9;
        x ^= x >> 29;
        x *= 0x94D049BB133111EB;
        return x ^ (x >> 32);
    }

    private static bool TryInteger(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        var digits = isNegative || (text.Length > 0 && text[0] == '+') ? text[1..] : text;
        if (digits.Length is 0 or > 18 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        number = isNegative ? -number : number;
        return true;
    }

    // Only ASCII without control characters: of others some collations ignore some, or take two letters for one.
    private static bool TryFold(ReadOnlySpan<byte> text, out ulong hash)
    {
        hash = 0;
        text = text.TrimEnd((byte)' ');
        if (text.Length > MaxTextBytes || text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return false;
        }

        Span<byte> folded = stackalloc byte[MaxTextBytes];
        for (var i = 0; i < text.Length; i++)
        {
            folded[i] = char.IsAsciiLetterUpper((char)text[i]) ? (byte)(text[i] | 0x20) : text[i];
        }

        hash = Hash128.Of(folded[..text.Length], 2).Low;
        return true;
    }

    private static bool TryUuid(ReadOnlySpan<byte> text, out ulong hash)
    {
        hash = 0;
        Span<byte> digits = stackalloc byte[32];
        var count = 0;
        foreach (var b in text)
        {
            if (b is (byte)'-' or (byte)'{' or (byte)'}')
            {
                continue;
            }

            if (count == digits.Length || !char.IsAsciiHexDigit((char)b))
            {
                return false;
            }

            digits[count++] = (byte)(b | 0x20);
        }

        hash = Hash128.Of(digits, 3).Low;
        return count == digits.Length;
    }
}
