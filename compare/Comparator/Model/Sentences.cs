using System.Globalization;

namespace Replay.Comparator;

/// <summary>Numbers in words that a DBA reads.</summary>
internal static class Sentences
{
    /// <summary>A ratio: <c>1.31 times</c>; large ones with fewer digits.</summary>
    public static string Times(double ratio) => $"{Ratio(ratio)} times";

    /// <summary>A ratio with as many digits as it deserves.</summary>
    public static string Ratio(double ratio) => double.IsNaN(ratio) ? "?"
        : ratio >= 100 ? ratio.ToString("N0", CultureInfo.InvariantCulture)
        : ratio >= 10 ? ratio.ToString("0.0", CultureInfo.InvariantCulture)
        : ratio.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => double.IsNaN(share) ? "?"
        : share is > 0 and < 0.001 ? "< 0.1 %"
        : share < 0.1 ? $"{(share * 100).ToString("0.#", CultureInfo.InvariantCulture)} %"
        : $"{(share * 100).ToString("0", CultureInfo.InvariantCulture)} %";

    /// <summary>A standard deviation of a logarithm as per cent.</summary>
    public static string Deviation(double logarithmic) => double.IsNaN(logarithmic) ? "?" : $"{((Math.Exp(logarithmic) - 1) * 100).ToString("0.0", CultureInfo.InvariantCulture)} %";

    /// <summary>A count with its noun: <c>1 shape</c>, <c>2 shapes</c>.</summary>
    public static string Count(long count, string noun, string? plural = null) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? noun : plural ?? noun + "s")}";

    /// <summary>Words as a sentence: with a capital and a full stop.</summary>
    public static string Sentence(string words) => words.Length == 0 ? "" : $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    /// <summary>A duration with the unit that suits it.</summary>
    public static string Duration(double microseconds) => double.IsNaN(microseconds) ? "-"
        : microseconds < 1_000 ? $"{Digits(microseconds)} us"
        : microseconds < 1_000_000 ? $"{Digits(microseconds / 1_000)} ms"
        : $"{Digits(microseconds / 1_000_000)} s";

    /// <summary>A text on one line, cut at <paramref name="length"/>.</summary>
    public static string Short(string text, int length)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : line[..(length - (char.IsHighSurrogate(line[length - 4]) ? 4 : 3))] + "...";
    }

    private static string Digits(double value) => value >= 100 ? value.ToString("N0", CultureInfo.InvariantCulture)
        : value >= 10 ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value.ToString("0.00", CultureInfo.InvariantCulture);
}
