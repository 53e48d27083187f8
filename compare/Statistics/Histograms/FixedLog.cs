namespace Replay.Statistics;

/// <summary>
/// Natural logarithm in fixed point: integers, so that sums do not depend on the order in which they are made and are the same on every
/// machine. One unit is 2^-24, that is 6e-8.
/// </summary>
public static class FixedLog
{
    /// <summary>Bits behind the point.</summary>
    public const int FractionBits = 24;

    /// <summary>Units of one whole.</summary>
    public const int One = 1 << FractionBits;

    private const int TableBits = 11;
    private const int RestBits = 23 - TableBits;

    private static readonly int[] Mantissas = MakeMantissas();
    private static readonly int[] Exponents = MakeExponents();

    /// <summary>
    /// ln(<paramref name="value"/>) in units of 2^-24; values below 1 count as 1. Table and linear interpolation, wrong by at most 1e-7.
    /// </summary>
    public static int Of(float value)
    {
        if (!(value > 1f))
        {
            return 0;
        }

        var bits = BitConverter.SingleToInt32Bits(value);
        var mantissa = bits & 0x7FFFFF;
        var index = mantissa >> RestBits;
        var low = Mantissas[index];
        var step = (Mantissas[index + 1] - low) * (mantissa & ((1 << RestBits) - 1));
        return Exponents[(bits >> 23) - 127] + low + (step >> RestBits);
    }

    /// <summary>The number that a sum or a difference of fixed-point logarithms stands for.</summary>
    public static double ToDouble(long units) => units / (double)One;

    private static int[] MakeMantissas()
    {
        var table = new int[(1 << TableBits) + 1];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (int)Math.Round(Math.Log(1 + (i / (double)(1 << TableBits))) * One);
        }

        return table;
    }

    private static int[] MakeExponents()
    {
        // Up to 2^127 a float can be: 88 * 2^24 still fits into 31 bits.
        var table = new int[129];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (int)Math.Round(i * Math.Log(2) * One);
        }

        return table;
    }
}
