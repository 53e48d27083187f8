using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Two distributions of latencies in a few characters each, on one logarithmic axis, so that a shift is seen.</summary>
internal static class Sparkline
{
    /// <summary>Characters.</summary>
    public const int Width = 10;

    private const string Heights = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";

    // Single outliers would press the rest together.
    private const double LowestShare = 0.01;
    private const double HighestShare = 0.99;

    /// <summary>Both; blanks where there is nothing.</summary>
    public static (string Old, string New) Of(LogHistogram baseline, LogHistogram candidate)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        var both = LogHistogram.Sum([baseline, candidate]);
        if (both.Count == 0)
        {
            return (new string(' ', Width), new string(' ', Width));
        }

        var first = both.QuantileBucket(LowestShare);
        var buckets = both.QuantileBucket(HighestShare) - first + 1;
        return (Line(baseline, first, buckets), Line(candidate, first, buckets));
    }

    private static string Line(LogHistogram histogram, int first, int buckets)
    {
        var counts = new long[Width];
        for (var bucket = Math.Max(0, histogram.LowestBucket); bucket <= histogram.HighestBucket; bucket++)
        {
            counts[Math.Clamp((int)((long)(bucket - first) * Width / buckets), 0, Width - 1)] += histogram[bucket];
        }

        var most = counts.Max();
        return string.Concat(counts.Select(count => count == 0 ? ' ' : Heights[(int)(count * (Heights.Length - 1) / most)]));
    }
}
