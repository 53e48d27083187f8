using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The table of shapes, which sorts and filters.</summary>
internal static class HtmlShapeTable
{
    /// <summary>A page with more rows than this is no longer pleasant; the JSON has all shapes.</summary>
    public const int MostRows = 2000;

    /// <summary>Characters of a statement in its row.</summary>
    public const int SqlLength = 160;

    // More than fit any screen: a browser lays a table out as a whole, a thousand rows in a second or so.
    private const int MostRowsAtOnce = 50;

    // By what a column sorts: its text, or the number in the first or the last line of its cells, which is the new server's.
    private static readonly (string Name, string Sort)[] Columns =
        [("Verdict", "text"), ("Statement", "text"), ("Ratio new / old", "first"), ("", ""), ("Executions", "first"), ("p50", "last"), ("p95", "last"), ("p99", "last"), ("Mean", "last"), ("Total a run", "last"), ("Time", "first")];

    private static readonly (string Tag, string Words)[] Chips =
        [("regressed", "regressed"), ("new-error", "new error"), ("result", "result differs"), ("slower", "slower"), ("improved", "improved"), ("same", "same"), ("not_enough_data", "not enough data"), ("not_judged", "not judged")];

    public static void Write(Html html, Comparison comparison)
    {
        var scale = RatioChart.ScaleOf(comparison.Shapes);
        html.Raw("<h2 id=\"shapes\">Shapes</h2>\n");
        html.Raw("<p>A shape is a statement without its literals. In each cell the <span class=\"key o\"></span>old server stands above the <span class=\"key n\"></span>new one. Click a statement for its detail.</p>\n");
        WriteTools(html, comparison);
        ShapeComparison[] listed = [.. comparison.Shapes.Take(MostRows)];
        WriteTable(html, comparison, listed[..Math.Min(listed.Length, MostRowsAtOnce)], scale, "id=\"shapes-table\"", "Shapes");
        if (listed.Length > MostRowsAtOnce)
        {
            // Only text to a browser with scripts, which put the rows into the table above when there is time; else a table.
            html.Raw("<noscript id=\"more-rows\">");
            WriteTable(html, comparison, listed[MostRowsAtOnce..], scale, "", "More shapes");
            html.Raw("</noscript>\n");
        }

        if (comparison.NotCompared.Count > 0)
        {
            html.Element("p", $"{Sentences.Count(comparison.NotCompared.Count, "more shape")} of the workload {(comparison.NotCompared.Count == 1 ? "is" : "are")} not here: left out by every run (the accounting below says why), or without a response.", "soft");
        }

        if (comparison.Shapes.Count > MostRows)
        {
            html.Element("p", $"{comparison.Shapes.Count - MostRows:N0} more shapes are in the JSON report.", "soft");
        }
    }

    private static void WriteTable(Html html, Comparison comparison, IReadOnlyList<ShapeComparison> shapes, RatioChart.Scale scale, string attributes, string label) => html.Element("div", () => html.Element("table", () =>
    {
        WriteHead(html, scale);
        html.Element("tbody", () =>
        {
            foreach (var shape in shapes)
            {
                WriteRow(html, shape, scale);
            }
        });
    }, $"{attributes} class=\"shapes\" style=\"{RatioChart.Band(scale, comparison.Decision.Options)}\"".TrimStart()), $"class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\"");

    private static void WriteTools(Html html, Comparison comparison) => html.Element("div", () =>
    {
        html.Raw("<input id=\"search\" type=\"search\" placeholder=\"Search: words of the statement\" aria-label=\"Search: words of the statement\">");
        foreach (var (tag, words) in Chips)
        {
            var count = comparison.Shapes.Count(shape => Tags(shape).Contains(tag));
            if (count > 0)
            {
                html.Raw($"<button type=\"button\" aria-pressed=\"false\" data-tag=\"{tag}\">").Text($"{words} {count:N0}").Raw("</button>");
            }
        }

        html.Raw("<label class=\"sorter\">Sort by <select id=\"sort\"><option value=\"-1\">what matters most</option>");
        for (var i = 0; i < Columns.Length; i++)
        {
            html.Raw(Columns[i].Name.Length == 0 ? "" : $"<option value=\"{i}\">{Html.Encode(Columns[i].Name)}</option>");
        }

        html.Raw("</select></label><span id=\"shown\" class=\"soft small\" role=\"status\"></span>");
    }, "class=\"tools\" hidden");

    private static void WriteHead(Html html, RatioChart.Scale scale) => html.Element("thead", () => html.Element("tr", () =>
    {
        foreach (var (name, sort) in Columns)
        {
            html.Raw(name.Length == 0
                ? $"<td aria-hidden=\"true\">{RatioChart.Axis(scale)}</td>"
                : $"<th scope=\"col\" data-sort=\"{sort}\"><button type=\"button\">{Html.Encode(name)}</button></th>");
        }
    }));

    // A page has a thousand of these: end tags that HTML lets go, classes that the column's number tells, are not written.
    private static void WriteRow(Html html, ShapeComparison shape, RatioChart.Scale scale)
    {
        var ratio = shape.Decision.Ratio;
        html.Element("tr", () =>
        {
            html.Raw("<td>");
            WriteTags(html, shape);
            html.Raw($"<th scope=row><a href=#s-{shape.Hex}>").Text(Sentences.Short(shape.Sql, SqlLength))
                .Raw("</a><td>").Text(ratio is null ? "-" : Sentences.Ratio(ratio.Value.Estimate));
            Second(html, ReportRows.Interval(ratio) is not "-" and var interval ? interval : null);
            html.Raw($"<td{RatioChart.Interval(ratio, scale, HtmlReport.Tone(shape))}><td>").Text(shape.Executions.ToString("N0"));
            Second(html, shape.Paired != shape.Executions ? $"{shape.Paired:N0} paired" : null);
            Pair(html, shape.Baseline.P50Microseconds, shape.Candidate.P50Microseconds);
            Pair(html, shape.Baseline.P95Microseconds, shape.Candidate.P95Microseconds);
            Pair(html, shape.Baseline.P99Microseconds, shape.Candidate.P99Microseconds);
            Pair(html, shape.Baseline.MeanMicroseconds, shape.Candidate.MeanMicroseconds);
            Pair(html, shape.Baseline.MeasuredTotalMicroseconds, shape.Candidate.MeasuredTotalMicroseconds);
            html.Raw("<td>").Text(Sentences.Percent(shape.Decision.TimeShare));
        }, $"data-tags=\"{string.Join(' ', Tags(shape))}\" data-class=\"{Html.Encode(shape.Class)}\"");
    }

    private static void Second(Html html, string? line)
    {
        if (line is not null)
        {
            html.Raw("<br>").Element("small", line);
        }
    }

    /// <summary>Verdict, errors and results as tags.</summary>
    public static void WriteTags(Html html, ShapeComparison shape)
    {
        var (sign, tone) = shape.Decision.Verdict switch
        {
            ShapeVerdict.Regressed => ("\u25b2", shape.IsSlowerThanAccepted ? "bad" : "warn"),
            ShapeVerdict.Slower => ("\u25b3", "warn"),
            ShapeVerdict.Improved => ("\u25bc", "good"),
            ShapeVerdict.Same => ("=", ""),
            _ => ("?", ""),
        };
        html.Element("span", shape.FailsInProduction || shape.Exclusion != Eligibility.Compared ? ReportRows.Time(shape) : $"{sign} {shape.Decision.Verdict.Words()}", $"tag {tone}".TrimEnd());
        foreach (var code in shape.NewErrors)
        {
            html.Element("span", $"! error {code}", "tag bad");
        }

        if (shape.Results.IsFailure)
        {
            html.Element("span", $"\u2260 {shape.Results.Kind.Words()}", "tag bad");
        }
        else if (shape.Results.Kind == ResultKind.OrderDifferentWithOrderBy)
        {
            html.Element("span", "\u2260 order", "tag warn");
        }

        foreach (var waiver in shape.Waivers)
        {
            html.Element("span", $"accepted: {ReportRows.Accepted(shape, waiver)}", "tag warn");
        }
    }

    private static string[] Tags(ShapeComparison shape) =>
        [shape.Exclusion == Eligibility.Compared ? shape.Decision.Verdict.Name() : "not_judged", .. shape.NewErrors.Count > 0 ? ["new-error"] : Array.Empty<string>(), .. shape.Results.IsFailure ? ["result"] : Array.Empty<string>()];

    private static void Pair(Html html, double baseline, double candidate) => html.Raw("<td>").Text(Sentences.Duration(baseline)).Raw("<br>").Text(Sentences.Duration(candidate));
}
