using System.Globalization;
using System.Text;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql;

/// <summary>numeric in the binary format: groups of four decimal digits, the weight of the first, a sign, the digits to show behind the point.</summary>
internal static class BinaryNumeric
{
    private const int Negative = 0x4000;
    private const int NotANumber = 0xC000;
    private const int Infinite = 0xD000;
    private const int NegativeInfinite = 0xF000;
    private const int DigitsOfGroup = 4;

    // A numeric has at most 131,072 digits before the point and 16,383 behind it.
    private const int MaxWeight = 131_072 / DigitsOfGroup;

    public static string? Of(ReadOnlySpan<byte> value)
    {
        var reader = new SpanReader(value);
        int groups = (ushort)reader.ReadInt16();
        int weight = reader.ReadInt16();
        int sign = (ushort)reader.ReadInt16();
        int scale = (ushort)reader.ReadInt16();
        switch (sign)
        {
            case NotANumber:
                return "NaN";
            case Infinite:
                return "Infinity";
            case NegativeInfinite:
                return "-Infinity";
        }

        if (reader.Remaining != 2 * groups || sign is not (0 or Negative) || weight is > MaxWeight or < -MaxWeight)
        {
            return null;
        }

        var digits = new short[groups];
        for (var i = 0; i < groups; i++)
        {
            digits[i] = reader.ReadInt16();
        }

        // Powers of 10,000, from the first group's or the units', whichever is higher, down.
        var text = new StringBuilder(sign == Negative ? "-" : "");
        for (var power = Math.Max(weight, 0); power >= 0; power--)
        {
            text.Append(Group(digits, weight - power).ToString(power == Math.Max(weight, 0) ? "0" : "0000", CultureInfo.InvariantCulture));
        }

        if (scale > 0)
        {
            text.Append('.');
            var start = text.Length;
            for (var power = -1; text.Length - start < scale; power--)
            {
                text.Append(Group(digits, weight - power).ToString("0000", CultureInfo.InvariantCulture));
            }

            text.Length = start + scale;
        }

        return text.ToString();
    }

    private static int Group(short[] digits, int index) => index >= 0 && index < digits.Length ? digits[index] : 0;
}
