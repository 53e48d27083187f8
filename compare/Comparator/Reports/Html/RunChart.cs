using System.Globalization;
using System.Text;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Each run's mean latency as a dot on a logarithmic scale, as SVG.</summary>
internal static class RunChart
{
    private const double Width = 620;
    private const double Left = 12;
    private const double Right = 12;
    private const double LabelWidth = 20;

    /// <summary>Each run's mean paired latency as a dot with its label.</summary>
    public static string Of(IReadOnlyList<double> means, IReadOnlyList<RunSummary> runs)
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
