using System.Text;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>
/// The comparison as one self-contained page: all that it needs is in it, and a policy in its head forbids it to fetch anything. Can be printed, and read without colours; without scripts, it lacks
/// the charts and the details of shapes that did not change.
/// </summary>
public static class HtmlReport
{
    // They share one scope, and are read in this order.
    private static readonly string[] Scripts = ["words.js", "table.js", "charts.js", "page.js"];

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var html = new Html(writer);
        var title = $"{comparison.Verdict.Name().ToUpperInvariant()}: {ReportRows.Side(comparison, false)} to {ReportRows.Side(comparison, true)}";
        html.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n")
            .Element("title", title)
            .Raw($"\n<style>\n{Resource("uPlot.min.css")}\n{Resource("report.css")}</style></head>\n<body><main>\n");
        HtmlSummary.Write(html, comparison);
        HtmlFindings.WriteObjectives(html, comparison);
        HtmlShapeTable.Write(html, comparison);
        var details = ShapePages.Of(comparison);
        HtmlShapeDetails.Write(html, comparison, details);
        HtmlFindings.WriteErrors(html, comparison);
        HtmlFindings.WriteResults(html, comparison);
        HtmlRuns.Write(html, comparison);
        HtmlCertificates.Write(html, comparison);
        HtmlGuide.Write(html, comparison);
        html.Raw("<p id=\"unpacked\" class=\"warnings\" role=\"alert\" hidden></p>\n<noscript><p class=\"warnings\">Without scripts this page lacks search, sorting, charts, and the details of shapes that did not change.</p></noscript>\n");
        html.Raw("<script type=\"application/octet-stream\" id=\"pack\">").Raw(details.Pack).Raw("</script>\n");
        html.Raw("<footer>").Text($"dbcompare {comparison.ToolVersion}, {comparison.ComparedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Statements are shown as shapes, without their literals{(comparison.ShowsLiterals ? " but for parameters that set slow executions apart" : "")}.")
            .Raw($"</footer>\n</main>\n<script>\n/*! uPlot\n{Resource("uPlot.LICENSE")}*/\n{Resource("uPlot.iife.min.js")}</script>\n")
            .Raw($"<script>\n(function () {{\n'use strict';\n{string.Concat(Scripts.Select(Resource))}}})();\n</script>\n</body></html>\n");
    }

    /// <summary>The class of a verdict's colour; words and signs say the same.</summary>
    internal static string Tone(ShapeComparison shape) => shape.IsFailure ? "bad" : shape.Decision.Verdict switch
    {
        ShapeVerdict.Slower => "warn",
        ShapeVerdict.Improved => "good",
        _ => "same",
    };

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
