using System.Globalization;
using System.Text;

namespace Replay.Comparator;

/// <summary>How each run kept the schedule, in figures and over time: whether the database or the replayer was slow.</summary>
internal static class HtmlCertificates
{
    private const double ChartWidth = 620;
    private const double ChartHeight = 60;

    public static void Write(Html html, Comparison comparison)
    {
        var runs = comparison.Runs.Where(static run => run.Certificate is not null).ToList();
        if (runs.Count == 0)
        {
            return;
        }

        html.Raw("<h2 id=\"certificates\">Certificates</h2>\n");
        html.Element("p", "Was it the database or the replayer? Own lag is what the replayer itself was late; inherited lag came from a response before it in the session. A run that missed a gate is not trusted, and the table of runs says why.");
        html.Element("div", () => html.Element("table", () => html
            .Head("Run", "#own lag p50 / p99 / max", "#inherited lag p50 / p99 / max", "#a second, of the schedule's", "#on the wire, of production's", "#waited for others, in all", "#out of order", "#replayer's processors", "#in line for one", "#stolen", "#collections, in all, longest", "#on exchanges")
            .Element("tbody", () =>
            {
                foreach (var run in runs)
                {
                    var it = run.Certificate!;
                    html.Row(
                        $"{run.Label} {run.Name}", Lag(it.OwnLagUs), Lag(it.InheritedLagUs),
                        it.Rate is { } rate ? $"#{Number(rate.AchievedPerSecond)} / {Number(rate.ScheduledPerSecond ?? rate.CapturedPerSecond)}" : "#-",
                        it.Concurrency is { } many ? $"#{Number(many.Achieved)} / {Number(many.Captured)}" : "#-",
                        it.Order is { } order ? $"#{order.Waits:N0}, {Sentences.Duration(order.WaitUs)}" : "#-",
                        it.Order is { } violated ? $"#{violated.Violations:N0}" : "#-",
                        it.CpuShare is { } cpu ? $"#{Sentences.Percent(cpu)}" : "#-",
                        Seconds(it.Processor?.WaitSeconds), Seconds(it.Processor?.StolenSeconds),
                        it.GarbageCollections is { } pauses ? $"#{pauses.Count:N0}, {Sentences.Duration(pauses.PauseUs)}, {Sentences.Duration(pauses.LongestUs)}" : "#-",
                        it.GarbageCollections is { } touched ? $"#{touched.Touched:N0}" : "#-");
                }
            })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Certificates\"");
        foreach (var run in runs.Where(static run => run.Certificate!.OverTime is not null))
        {
            WriteOverTime(html, run);
        }
    }

    private static void WriteOverTime(Html html, RunSummary run)
    {
        var over = run.Certificate!.OverTime!;
        html.Element("h3", $"{run.Label} over time");
        html.Raw("<div class=\"columns\"><div>").Element("p", over.Due is null ? "Exchanges a second" : "Exchanges a second: sent, and dashed when they were due", "small")
            .Raw(Chart($"{run.Label}: exchanges a second", PerSecond(over.Sent, over.BucketSeconds), PerSecond(over.Due, over.BucketSeconds), over.BucketSeconds))
            .Raw("</div><div>").Element("p", over.CapturedConcurrency is null ? "Exchanges on the wire" : "Exchanges on the wire: in the run, and dashed as production would have answered", "small")
            .Raw(Chart($"{run.Label}: exchanges on the wire", over.Concurrency ?? [], over.CapturedConcurrency ?? [], over.BucketSeconds)).Raw("</div></div>\n");
    }

    private static string Chart(string what, double[] run, double[] captured, double bucketSeconds)
    {
        var most = run.Concat(captured).DefaultIfEmpty(0).Max();
        if (!(most > 0))
        {
            return "";
        }

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {N(ChartWidth)} {N(ChartHeight + 20)}\" width=\"100%\" role=\"img\" aria-label=\"{Html.Encode(what)}\"><line class=\"axis\" x1=\"0\" x2=\"{N(ChartWidth)}\" y1=\"{N(ChartHeight)}\" y2=\"{N(ChartHeight)}\"/>");
        Line(svg, captured, most, Math.Max(run.Length, captured.Length), "stroke=\"var(--soft)\" stroke-dasharray=\"3 3\"");
        Line(svg, run, most, Math.Max(run.Length, captured.Length), "stroke=\"var(--info)\"");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{N(ChartHeight + 15)}\">0 s, most {Number(most)}</text><text x=\"{N(ChartWidth)}\" y=\"{N(ChartHeight + 15)}\" text-anchor=\"end\">{Number(run.Length * bucketSeconds)} s</text>");
        return svg.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder svg, double[] values, double most, int buckets, string stroke)
    {
        if (values.Length == 0)
        {
            return;
        }

        svg.Append("<path fill=\"none\" ").Append(stroke).Append(" d=\"");
        for (var i = 0; i < values.Length; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "M" : "L")}{N((i + 0.5) * ChartWidth / buckets)} {N(ChartHeight - (values[i] / most * (ChartHeight - 4)))}");
        }

        svg.Append("\"/>");
    }

    private static double[] PerSecond(long[]? counts, double seconds) => counts is null || !(seconds > 0) ? [] : [.. counts.Select(count => count / seconds)];

    private static string Lag(RunCertificate.LagFigures? lag) => lag is not { Count: > 0 } ? "#none" : $"#{Sentences.Duration(lag.P50)} / {Sentences.Duration(lag.P99)} / {Sentences.Duration(lag.Max)}";

    private static string Seconds(double? seconds) => seconds is { } known ? $"#{Sentences.Duration(known * 1e6)}" : "#-";

    private static string Number(double? value) => value is not { } known ? "-" : known.ToString(known >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
