using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The table of shapes, which sorts and filters.</summary>
internal static class HtmlShapeTable
{
    /// <summary>A page with more rows than this is no longer pleasant; the JSON has all shapes.</summary>
    public const int MostRows = 2000;

    private const int SqlLength = 160;
    private const int TitleLength = 2000;

    private static readonly (string Name, string Kind)[] Columns =
        [("Verdict", "text"), ("Statement", "text"), ("Ratio new / old", "number"), ("", ""), ("Executions", "number"), ("p50", "number"), ("p95", "number"), ("p99", "number"), ("Mean", "number"), ("Total a run", "number"), ("Time", "number")];

    private static readonly (string Tag, string Words)[] Chips =
        [("regressed", "regressed"), ("new-error", "new error"), ("result", "result differs"), ("slower", "slower"), ("improved", "improved"), ("same", "same"), ("not_enough_data", "not enough data"), ("not_judged", "not judged")];

    public static void Write(Html html, Comparison comparison)
    {
        var scale = RatioChart.ScaleOf(comparison.Shapes);
        html.Raw("<h2 id=\"shapes\">Shapes</h2>\n");
        html.Raw("<p>A shape is a statement without its literals. In each cell the <span class=\"key o\"></span>old server stands above the <span class=\"key n\"></span>new one. Click a statement for its detail.</p>\n");
        WriteTools(html, comparison);
        html.Element("div", () => html.Element("table", () =>
        {
            WriteHead(html, scale);
            html.Element("tbody", () =>
            {
                foreach (var shape in comparison.Shapes.Take(MostRows))
                {
                    WriteRow(html, shape, scale, comparison.Decision.Options);
                }
            });
        }, "id=\"shapes-table\""), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Shapes\"");
        if (comparison.NotCompared.Count > 0)
        {
            html.Element("p", $"{Sentences.Count(comparison.NotCompared.Count, "more shape")} of the workload {(comparison.NotCompared.Count == 1 ? "is" : "are")} not here: left out by every run (the accounting below says why), or without a response.", "soft");
        }

        if (comparison.Shapes.Count > MostRows)
        {
            html.Element("p", $"{comparison.Shapes.Count - MostRows:N0} more shapes are in the JSON report.", "soft");
        }
    }

    private static void WriteTools(Html html, Comparison comparison) => html.Element("div", () =>
    {
        html.Raw("<input id=\"search\" type=\"search\" placeholder=\"Filter by words of the statement\" aria-label=\"Filter by words of the statement\">");
        foreach (var (tag, words) in Chips)
        {
            var count = comparison.Shapes.Count(shape => Tags(shape).Contains(tag));
            if (count > 0)
            {
                html.Raw($"<button type=\"button\" aria-pressed=\"false\" data-tag=\"{tag}\">").Text($"{words} {count:N0}").Raw("</button>");
            }
        }

        html.Raw("<span id=\"shown\" class=\"soft small\" role=\"status\"></span>");
    }, "class=\"tools hidden\"");

    private static void WriteHead(Html html, RatioChart.Scale scale) => html.Element("thead", () => html.Element("tr", () =>
    {
        foreach (var (name, kind) in Columns)
        {
            if (name.Length == 0)
            {
                html.Raw($"<th scope=\"col\" aria-label=\"Interval\">{RatioChart.Axis(scale)}</th>");
            }
            else
            {
                html.Raw($"<th scope=\"col\" data-kind=\"{kind}\"{(kind == "number" ? " class=\"num\"" : "")}><button type=\"button\">").Text(name).Raw("</button></th>");
            }
        }
    }));

    private static void WriteRow(Html html, ShapeComparison shape, RatioChart.Scale scale, DecisionOptions options)
    {
        var ratio = shape.Decision.Ratio;
        html.Element("tr", () =>
        {
            html.Raw($"<td data-sort=\"{shape.Decision.Verdict.Name()}\">");
            WriteTags(html, shape);
            html.Raw($"</td><th scope=\"row\" class=\"sql\" data-sort=\"{Html.Encode(Sentences.Short(shape.Sql, SqlLength))}\" title=\"{Html.Encode(Sentences.Short(shape.Sql, TitleLength))}\"><a class=\"clamp\" href=\"#s-{shape.Hex}\">")
                .Text(Sentences.Short(shape.Sql, SqlLength)).Raw("</a></th>");
            html.Raw($"<td class=\"num\" data-sort=\"{Html.Number(ratio?.Estimate ?? 0)}\">").Text(ratio is null ? "-" : Sentences.Ratio(ratio.Value.Estimate))
                .Raw("<br>").Element("span", ReportRows.Interval(ratio), "small soft").Raw("</td>");
            html.Raw("<td>").Raw(RatioChart.Interval(ratio, scale, options, HtmlReport.Tone(shape))).Raw("</td>");
            html.Raw($"<td class=\"num\" data-sort=\"{shape.Executions}\">").Text(shape.Executions.ToString("N0"));
            if (shape.Paired != shape.Executions)
            {
                html.Raw("<br>").Element("span", $"{shape.Paired:N0} paired", "small soft");
            }

            html.Raw("</td>");
            Pair(html, shape.Baseline.P50Microseconds, shape.Candidate.P50Microseconds);
            Pair(html, shape.Baseline.P95Microseconds, shape.Candidate.P95Microseconds);
            Pair(html, shape.Baseline.P99Microseconds, shape.Candidate.P99Microseconds);
            Pair(html, shape.Baseline.MeanMicroseconds, shape.Candidate.MeanMicroseconds);
            Pair(html, shape.Baseline.MeasuredTotalMicroseconds, shape.Candidate.MeasuredTotalMicroseconds);
            html.Raw($"<td class=\"num\" data-sort=\"{Html.Number(shape.Decision.TimeShare * 1000)}\">").Text(Sentences.Percent(shape.Decision.TimeShare)).Raw("</td>");
        }, $"data-tags=\"{string.Join(' ', Tags(shape))}\" data-text=\"{Html.Encode(Sentences.Short($"{shape.Sql} {shape.Class} {shape.Hex}", TitleLength).ToLowerInvariant())}\"");
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

    private static void Pair(Html html, double baseline, double candidate) =>
        html.Raw($"<td class=\"num two\" data-sort=\"{Html.Number(double.IsNaN(candidate) ? baseline : candidate)}\"><span class=\"o\">").Text(Sentences.Duration(baseline))
            .Raw("</span><br><span class=\"n\">").Text(Sentences.Duration(candidate)).Raw("</span></td>");
}
