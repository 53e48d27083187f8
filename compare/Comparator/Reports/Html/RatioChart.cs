using System.Globalization;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Ratios with their intervals as SVG on a logarithmic scale, 1 in the middle, the minimum effect as a band.</summary>
internal static class RatioChart
{
    private const double Width = 150;
    private const double Height = 26;
    private const double Margin = 8;

    /// <summary>The scale: from 1 / <paramref name="Most"/> to <paramref name="Most"/>; what lies beyond is drawn as an arrow at the edge.</summary>
    internal readonly record struct Scale(double Most)
    {
        public double X(double ratio) => Margin + ((Width - (2 * Margin)) * ((Math.Clamp(Math.Log(ratio) / Math.Log(Most), -1, 1) + 1) / 2));
    }

    /// <summary>One scale for all rows: wide enough for nine of ten estimates, at least 2 times, at most 8.</summary>
    public static Scale ScaleOf(IReadOnlyList<ShapeComparison> shapes)
    {
        var sizes = shapes.Select(shape => shape.Decision.Ratio is { } ratio ? Math.Abs(Math.Log(ratio.Estimate)) : 0).Where(double.IsFinite).Order().ToArray();
        var usual = sizes.Length == 0 ? 1 : Math.Exp(sizes[(int)(0.9 * (sizes.Length - 1))]);
        return new Scale(usual <= 1.9 ? 2 : usual <= 3.8 ? 4 : 8);
    }

    /// <summary>The ticks, for the column's head.</summary>
    public static string Axis(Scale scale)
    {
        var ticks = new (double Ratio, string Label)[] { (1 / scale.Most, $"\u00f7{scale.Most:0}"), (1, "1"), (scale.Most, $"\u00d7{scale.Most:0}") };
        var labels = string.Concat(ticks.Select((tick, i) =>
            $"<text x=\"{N(scale.X(tick.Ratio))}\" y=\"12\" text-anchor=\"{(i == 0 ? "start" : i == 1 ? "middle" : "end")}\">{tick.Label}</text>"));
        return $"<svg width=\"{N(Width)}\" height=\"16\" aria-hidden=\"true\">{labels}</svg>";
    }

    /// <summary>One row.</summary>
    public static string Interval(RatioInterval? ratio, Scale scale, DecisionOptions options, string tone)
    {
        var middle = Height / 2;
        var left = scale.X(1 / options.MinimumRatio);
        var frame = $"<rect class=\"band\" x=\"{N(left)}\" y=\"0\" width=\"{N(scale.X(options.MinimumRatio) - left)}\" height=\"{N(Height)}\"/>"
            + $"<line class=\"one\" x1=\"{N(scale.X(1))}\" x2=\"{N(scale.X(1))}\" y1=\"0\" y2=\"{N(Height)}\"/>";
        if (ratio is not { } interval || !double.IsFinite(interval.Estimate))
        {
            return $"<svg width=\"{N(Width)}\" height=\"{N(Height)}\" role=\"img\" aria-label=\"no ratio\">{frame}</svg>";
        }

        var marks = "";
        if (!double.IsNaN(interval.Low))
        {
            double low = scale.X(interval.Low), high = scale.X(interval.High);
            marks = $"<line class=\"{tone}\" stroke-width=\"2\" x1=\"{N(low)}\" x2=\"{N(high)}\" y1=\"{N(middle)}\" y2=\"{N(middle)}\"/>"
                + End(low, interval.Low >= 1 / scale.Most, tone) + End(high, interval.High <= scale.Most, tone);
        }

        marks += interval.Estimate > scale.Most ? Arrow(Width - Margin, 1, tone)
            : interval.Estimate < 1 / scale.Most ? Arrow(Margin, -1, tone)
            : $"<circle class=\"{tone}\" cx=\"{N(scale.X(interval.Estimate))}\" cy=\"{N(middle)}\" r=\"4\"/>";
        return $"<svg width=\"{N(Width)}\" height=\"{N(Height)}\" role=\"img\" aria-label=\"{Sentences.Ratio(interval.Estimate)}, from {Sentences.Ratio(interval.Low)} to {Sentences.Ratio(interval.High)}\">{frame}{marks}</svg>";
    }

    private static string End(double x, bool isInside, string tone) =>
        isInside ? $"<line class=\"{tone}\" stroke-width=\"1.5\" x1=\"{N(x)}\" x2=\"{N(x)}\" y1=\"{N((Height / 2) - 4)}\" y2=\"{N((Height / 2) + 4)}\"/>" : "";

    private static string Arrow(double x, int direction, string tone)
    {
        var middle = Height / 2;
        return $"<path class=\"{tone}\" d=\"M{N(x)} {N(middle)} l{N(-9 * direction)} -6 v12 z\"/>";
    }

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
