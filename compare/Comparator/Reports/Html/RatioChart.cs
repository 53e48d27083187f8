using System.Globalization;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>
/// Ratios with their intervals on a logarithmic scale, 1 in the middle, the minimum effect as a band. Boxes of the style sheet rather than SVG: a row takes a tenth of the bytes.
/// </summary>
internal static class RatioChart
{
    private const double Margin = 6; // per cent

    /// <summary>The scale: from 1 / <paramref name="Most"/> to <paramref name="Most"/>; what lies beyond is drawn as an arrow at the edge.</summary>
    internal readonly record struct Scale(double Most)
    {
        public double X(double ratio) => Margin + ((100 - (2 * Margin)) * ((Math.Clamp(Math.Log(ratio) / Math.Log(Most), -1, 1) + 1) / 2));
    }

    /// <summary>One scale for all rows: wide enough for nine of ten estimates, at least 2 times, at most 8.</summary>
    public static Scale ScaleOf(IReadOnlyList<ShapeComparison> shapes)
    {
        var sizes = shapes.Select(shape => shape.Decision.Ratio is { } ratio ? Math.Abs(Math.Log(ratio.Estimate)) : 0).Where(double.IsFinite).Order().ToArray();
        var usual = sizes.Length == 0 ? 1 : Math.Exp(sizes[(int)(0.9 * (sizes.Length - 1))]);
        return new Scale(usual <= 1.9 ? 2 : usual <= 3.8 ? 4 : 8);
    }

    /// <summary>The ticks, for the column's head.</summary>
    public static string Axis(Scale scale) => $"<span class=\"ticks\"><span>\u00f7{scale.Most:0}</span><span>1</span><span>\u00d7{scale.Most:0}</span></span>";

    /// <summary>Where the band lies, for the cells' background.</summary>
    public static string Band(Scale scale, DecisionOptions options) => $"--band-from:{N(scale.X(1 / options.MinimumRatio))}%;--band-to:{N(scale.X(options.MinimumRatio))}%";

    /// <summary>The attributes of a row's cell: from where to where the interval lies and where the estimate does, which the style sheet draws. The cell beside it says the same in figures.</summary>
    public static string Interval(RatioInterval? ratio, Scale scale, string tone)
    {
        if (ratio is not { } interval || !double.IsFinite(interval.Estimate))
        {
            return "";
        }

        var side = interval.Estimate > scale.Most ? " beyond" : interval.Estimate < 1 / scale.Most ? " below" : "";
        var (low, high) = double.IsNaN(interval.Low) ? (0, 0) : (scale.X(interval.Low), scale.X(interval.High));
        return $" class=\"{tone}{side}\" style=\"--l:{N(low)}%;--w:{N(high - low)}%;--x:{N(scale.X(interval.Estimate))}%\"";
    }

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
