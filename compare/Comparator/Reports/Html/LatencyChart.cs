using System.Globalization;
using System.Text;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The latency distribution of both sides as SVG: share of executions over the logarithm of the latency, and each run's mean as a dot.</summary>
internal static class LatencyChart
{
    private const double Width = 620;
    private const double PlotTop = 8;
    private const double PlotHeight = 130;
    private const double Left = 12;
    private const double Right = 12;
    private const double LabelWidth = 20;

    // Bars narrower than some 6 pixels are noise to the eye.
    private const int Bars = 90;

    // What lies outside of these quantiles is drawn in the last bar: single outliers would press the rest together.
    private const double LowestShare = 0.001;
    private const double HighestShare = 0.999;

    public static string Distribution(SideStatistics baseline, SideStatistics candidate)
    {
        var both = LogHistogram.Sum([baseline.Histogram, candidate.Histogram]);
        if (both.Count == 0)
        {
            return "";
        }

        var first = Math.Max(0, both.QuantileBucket(LowestShare) - 8);
        var last = Math.Min(LogScale.Buckets - 1, both.QuantileBucket(HighestShare) + 8);
        var perBar = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)Bars));
        var bars = (last - first + perBar) / perBar;
        double[] old = Shares(baseline.Histogram, first, perBar, bars), fresh = Shares(candidate.Histogram, first, perBar, bars);
        var most = Math.Max(old.Max(), fresh.Max());
        var axis = new Axis(first, first + (bars * perBar));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {N(Width)} 178\" width=\"100%\" role=\"img\" aria-label=\"Latency: old server median {Sentences.Duration(baseline.P50Microseconds)}, new server median {Sentences.Duration(candidate.P50Microseconds)}\">");
        Ticks(svg, axis, PlotTop + PlotHeight);
        Area(svg, old, most, "old");
        Area(svg, fresh, most, "new");
        Mark(svg, axis, baseline.P50Microseconds, "old");
        Mark(svg, axis, candidate.P50Microseconds, "new");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Each run's mean paired latency as a dot with its label.</summary>
    public static string Runs(IReadOnlyList<double> means, IReadOnlyList<RunSummary> runs)
    {
        if (means.Count == 0 || means.Any(mean => !(mean > 0)))
        {
            return "";
        }

        // At least 40 % to either side, so that small differences look small.
        var middle = Math.Exp(means.Average(Math.Log));
        var reach = Math.Max(1.4, means.Max(mean => Math.Exp(Math.Abs(Math.Log(mean / middle)))) * 1.1);
        var axis = new Axis(LogScale.BucketOf(middle / reach), LogScale.BucketOf(middle * reach) + 1);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {N(Width)} 84\" width=\"100%\" role=\"img\" aria-label=\"Mean latency of each run\">");
        Ticks(svg, axis, 56);
        foreach (var isCandidate in new[] { false, true })
        {
            var side = isCandidate ? "new" : "old";
            var y = isCandidate ? 44 : 18;
            var label = double.NegativeInfinity;
            foreach (var k in Enumerable.Range(0, means.Count).Where(k => runs[k].IsCandidate == isCandidate).OrderBy(k => means[k]))
            {
                var x = axis.X(means[k]);

                // Labels of runs that lie together are moved apart, so that each can be read.
                label = Math.Max(x, label + LabelWidth);
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{side}\" cx=\"{N(x)}\" cy=\"{y}\" r=\"4.5\"><title>{Html.Encode($"{runs[k].Label}: {Sentences.Duration(means[k])}")}</title></circle>");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(label)}\" y=\"{y - 8}\" text-anchor=\"middle\">{runs[k].Label}</text>");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static double[] Shares(LogHistogram histogram, int first, int perBar, int bars)
    {
        var shares = new double[bars];
        for (var bucket = Math.Max(0, histogram.LowestBucket); bucket <= histogram.HighestBucket; bucket++)
        {
            shares[Math.Clamp((bucket - first) / perBar, 0, bars - 1)] += histogram[bucket];
        }

        return histogram.Count == 0 ? shares : [.. shares.Select(count => count / histogram.Count)];
    }

    private static void Area(StringBuilder svg, double[] shares, double most, string side)
    {
        var bottom = PlotTop + PlotHeight;
        var step = (Width - Left - Right) / shares.Length;
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{side} area\" d=\"M{N(Left)} {N(bottom)}");
        for (var i = 0; i < shares.Length; i++)
        {
            var y = bottom - (most > 0 ? shares[i] / most * PlotHeight : 0);
            svg.Append(CultureInfo.InvariantCulture, $"V{N(y)}H{N(Left + ((i + 1) * step))}");
        }

        svg.Append(CultureInfo.InvariantCulture, $"V{N(bottom)}z\"/>");
    }

    private static void Mark(StringBuilder svg, Axis axis, double microseconds, string side)
    {
        if (microseconds > 0)
        {
            var x = N(axis.X(microseconds));
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{side} mark\" x1=\"{x}\" x2=\"{x}\" y1=\"{N(PlotTop)}\" y2=\"{N(PlotTop + PlotHeight)}\"><title>{(side == "old" ? "old" : "new")} median {Sentences.Duration(microseconds)}</title></line>");
        }
    }

    private static void Ticks(StringBuilder svg, Axis axis, double bottom)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{N(Left)}\" x2=\"{N(Width - Right)}\" y1=\"{N(bottom)}\" y2=\"{N(bottom)}\"/>");
        var decades = (axis.Last - axis.First) * LogScale.LogGamma / Math.Log(10);
        double[] steps = decades > 3 ? [1] : decades > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
        var lastLabel = double.NegativeInfinity;
        for (var decade = 1.0; decade <= LogScale.LargestMicroseconds; decade *= 10)
        {
            foreach (var step in steps)
            {
                var value = decade * step;
                var x = axis.X(value);
                if (x < Left + 14 || x > Width - Right - 14)
                {
                    continue;
                }

                svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{N(x)}\" x2=\"{N(x)}\" y1=\"{N(bottom)}\" y2=\"{N(bottom + 5)}\"/>");
                if (x - lastLabel > 52)
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(x)}\" y=\"{N(bottom + 19)}\" text-anchor=\"middle\">{Tick(value)}</text>");
                    lastLabel = x;
                }
            }
        }
    }

    private static string Tick(double microseconds) => microseconds < 1000 ? $"{microseconds:0.#} us" : microseconds < 1e6 ? $"{microseconds / 1e3:0.#} ms" : $"{microseconds / 1e6:0.#} s";

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Buckets are evenly spaced on it: it is logarithmic.</summary>
    private readonly record struct Axis(int First, int Last)
    {
        public double X(double microseconds) => Left + ((Width - Left - Right) * ((Math.Log(microseconds) / LogScale.LogGamma) - First) / (Last - First));
    }
}
