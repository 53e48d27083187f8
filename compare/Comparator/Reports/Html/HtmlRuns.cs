namespace Replay.Comparator;

/// <summary>The runs, what became of their exchanges, and what the servers have set differently.</summary>
internal static class HtmlRuns
{
    // Versions differ in hundreds of defaults; what only one of them knows comes last.
    private const int MostSettings = 400;
    private const int ValueLength = 200;

    public static void Write(Html html, Comparison comparison)
    {
        html.Raw("<h2 id=\"runs\">Runs and accounting</h2>\n");
        html.Element("p", "Every captured exchange is accounted for: captured = replayed + skipped + failed. A response that carries an error is replayed; failed means that no response was had.");
        html.Element("div", () => html.Element("table", () => html
            .Head("Run", "Server", "Started (UTC)", "#captured", "#replayed", "#skipped", "#failed", "#errors", "Why skipped or failed", "Trusted")
            .Element("tbody", () =>
            {
                foreach (var run in comparison.Runs)
                {
                    html.Row(
                        $"{run.Label} {run.Name}", $"{ReportRows.Server(run.Manifest)} at {run.Manifest.TargetUrl}", $"{run.Manifest.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
                        $"#{run.Account.Captured:N0}", $"#{run.Account.Replayed:N0}", $"#{run.Account.Skipped:N0}", $"#{run.Account.Failed:N0}", $"#{run.Account.Errors:N0}",
                        string.Join(", ", run.Account.ByReason(failed: false).Concat(run.Account.ByReason(failed: true)).Select(one => $"{one.Reason} {one.Count:N0}")),
                        run.Distrust.Count == 0 ? "yes" : $"no: {string.Join("; ", run.Distrust)}");
                }
            })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Runs\"");
        html.Element("p", CaptureCertificate.Sums(comparison.Workload));
        WriteEligibility(html, comparison);
        WriteWhole(html, comparison);
        WriteSettings(html, comparison);
    }

    private static void WriteEligibility(Html html, Comparison comparison)
    {
        html.Raw("<div class=\"columns\"><div><h3>Whose time was compared</h3>").Element("table", () => html.Element("tbody", () =>
        {
            for (var reason = 0; reason < comparison.ByEligibility.Count; reason++)
            {
                if (comparison.ByEligibility[reason] > 0)
                {
                    html.Row(((Eligibility)reason).Name(), $"#{comparison.ByEligibility[reason]:N0}", $"#{Sentences.Percent((double)comparison.ByEligibility[reason] / Math.Max(1, comparison.Exchanges))}");
                }
            }
        }), "class=\"plain\"").Raw("<h3>By class</h3>").Element("table", () => html.Head("Class", "#shapes", "#exchanges", "#compared", "#time", "#failing").Element("tbody", () =>
        {
            foreach (var one in comparison.Classes)
            {
                html.Row(one.Name, $"#{one.Shapes:N0}", $"#{one.Exchanges:N0}", $"#{one.Compared:N0}", $"#{Sentences.Percent(one.TimeShare)}", $"#{one.Failing:N0}");
            }
        }), "class=\"plain\"").Raw("</div>");
    }

    private static void WriteWhole(Html html, Comparison comparison)
    {
        html.Raw("<div><h3>Each run as a whole</h3>").Element("p", ReportRows.Overall(comparison.Decision)).Element("table", () => html.Element("tbody", () =>
        {
            for (var k = 0; k < comparison.Runs.Count; k++)
            {
                html.Row($"{comparison.Runs[k].Label} {comparison.Runs[k].Name}", $"#{Sentences.Ratio(comparison.Decision.Overall.RunRatios[k])} times the middle");
            }
        }), "class=\"plain\"").Element("p", ReportRows.Noise(comparison.Decision)).Raw("</div></div>\n");
    }

    private static void WriteSettings(Html html, Comparison comparison)
    {
        WriteDifferences(html, comparison);
        html.Raw("<h2 id=\"settings\">Settings that differ between the servers</h2>\n");
        if (comparison.Settings.Count == 0)
        {
            html.Element("p", "None, or the runs recorded none.");
            return;
        }

        html.Element("div", () => html.Element("table", () => html.Head("Setting", "Old server", "New server").Element("tbody", () =>
        {
            foreach (var setting in comparison.Settings.Take(MostSettings))
            {
                html.Row(setting.Name, setting.Baseline is null ? "(unknown there)" : Sentences.Short(setting.Baseline, ValueLength), setting.Candidate is null ? "(unknown there)" : Sentences.Short(setting.Candidate, ValueLength));
            }
        })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Settings\"");
    }

    // Settings have a table of their own below.
    private static void WriteDifferences(Html html, Comparison comparison)
    {
        var others = comparison.Differences.Where(one => one.Kind != ServerDifferenceKind.Setting).ToArray();
        html.Raw("<h2 id=\"differences\">Tables, indexes, collations and extensions that differ</h2>\n");
        if (others.Length == 0)
        {
            html.Element("p", "None, or the runs recorded none.");
            return;
        }

        html.Element("ul", () =>
        {
            foreach (var difference in others.Take(MostSettings))
            {
                html.Element("li", difference.Sentence);
            }
        });
        if (others.Length > MostSettings)
        {
            html.Element("p", $"{others.Length - MostSettings:N0} more are in the JSON report.", "soft");
        }
    }
}
