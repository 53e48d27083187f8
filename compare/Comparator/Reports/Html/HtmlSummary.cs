namespace Replay.Comparator;

/// <summary>The top of the page: the verdict in one sentence, the reasons, and what was compared.</summary>
internal static class HtmlSummary
{
    private const int MostExplained = 5;
    private const int SqlLength = 110;

    public static void Write(Html html, Comparison comparison)
    {
        var verdict = comparison.Verdict.Name();
        string[] open = comparison.Verdict == WholeVerdict.Fail ? [.. WholeJudge.Open(comparison.Decision, comparison.Runs, comparison.Objectives)] : [];
        html.Element("section", () =>
        {
            html.Element("span", verdict.ToUpperInvariant(), "word").Element("h1", Headline(comparison));
            html.Element("dl", () =>
            {
                Answer(html, comparison.Verdict switch { WholeVerdict.Fail => "What broke", WholeVerdict.Pass => "What was found", _ => "Why not" }, () => List(html, [.. comparison.Reasons.Except(open, StringComparer.Ordinal)]));
                WriteWhy(html, comparison);
                Answer(html, "How sure", () =>
                {
                    html.Element("p", HowSure(comparison));
                    List(html, open);
                });
            }, "class=\"answers\"");
        }, $"class=\"card banner {verdict}\" aria-label=\"Verdict\"");
        if (comparison.Warnings.Count > 0)
        {
            html.Element("section", () =>
            {
                html.Element("strong", "Please note");
                List(html, comparison.Warnings);
            }, "class=\"warnings\" aria-label=\"Warnings\"");
        }

        html.Element("section", () => WriteFacts(html, comparison), "class=\"facts\" aria-label=\"What was compared\"");
        html.Raw("<nav class=\"toc\" aria-label=\"Contents\">" + (comparison.Objectives.Count > 0 ? "<a href=\"#objectives\">Objectives</a>" : "") + "<a href=\"#shapes\">Shapes</a><a href=\"#details\">In detail</a><a href=\"#errors\">Errors</a><a href=\"#results\">Results</a><a href=\"#runs\">Runs and accounting</a><a href=\"#differences\">Tables and indexes</a><a href=\"#settings\">Settings</a>" + (comparison.Runs.Any(static run => run.Certificate is not null) ? "<a href=\"#certificates\">Certificates</a>" : "") + "<a href=\"#guide\">How to read this</a></nav>\n");
    }

    /// <summary>The verdict in one sentence.</summary>
    public static string Headline(Comparison comparison)
    {
        if (comparison.Verdict == WholeVerdict.Pass)
        {
            return "Nothing here speaks against the upgrade: the new server does what the old one did, and is not slower where it matters.";
        }

        if (comparison.Verdict == WholeVerdict.Undecided)
        {
            return "Whether to upgrade cannot be told from these runs.";
        }

        var parts = new List<string>();
        var regressed = comparison.Shapes.Count(shape => shape.IsSlowerThanAccepted);
        var errors = comparison.Errors.Count(error => error.IsFailure);
        var results = comparison.Shapes.Count(shape => shape.Results.IsFailure);
        if (regressed > 0)
        {
            parts.Add($"{Sentences.Count(regressed, "statement")} became slower");
        }

        if (errors > 0)
        {
            parts.Add($"{Sentences.Count(errors, "error")} {(errors == 1 ? "is" : "are")} new");
        }

        if (results > 0)
        {
            parts.Add($"{Sentences.Count(results, "statement")} {(results == 1 ? "answers" : "answer")} differently");
        }

        var missed = comparison.Objectives.Count(outcome => outcome.Verdict == ObjectiveVerdict.Missed);
        if (missed > 0)
        {
            parts.Add($"{Sentences.Count(missed, "objective")} {(missed == 1 ? "is" : "are")} missed");
        }

        return $"Not to be upgraded as it is: {(parts.Count == 0 ? "the new server is slower as a whole" : $"on the new server {Join(parts)}")}.";
    }

    // Of the first few shapes that fail; the details have the rest.
    private static void WriteWhy(Html html, Comparison comparison)
    {
        var explained = comparison.Shapes.Where(shape => shape.IsFailure).Select(shape => (Shape: shape, Why: (IReadOnlyList<string>)[.. ErrorTexts(comparison, shape), .. WhyLines.Causes(shape)])).Where(one => one.Why.Count > 0).Take(MostExplained).ToArray();
        if (explained.Length > 0)
        {
            Answer(html, "Why", () => html.Element("ul", () =>
            {
                foreach (var (shape, why) in explained)
                {
                    html.Raw($"<li><a class=\"sql\" href=\"#s-{shape.Hex}\">").Text(Sentences.Short(shape.Sql, SqlLength)).Raw("</a>");
                    List(html, why);
                    html.Raw("</li>");
                }
            }));
        }
    }

    private static IEnumerable<string> ErrorTexts(Comparison comparison, ShapeComparison shape) =>
        comparison.Errors.Where(error => error.Shape == shape.Number && error is { IsFailure: true, Example.Message: not null }).Select(error => $"Error {error.Code}: {error.Example!.Message}");

    private static string HowSure(Comparison comparison)
    {
        var decision = comparison.Decision;
        return $"{char.ToUpperInvariant(ReportRows.Design(comparison)[0])}{ReportRows.Design(comparison)[1..]}. {ReportRows.Noise(decision)} Of the shapes called regressed or improved, at most {Sentences.Percent(decision.Options.FalseDiscoveryRate)} are expected to be wrong.";
    }

    private static void Answer(Html html, string question, Action answer) => html.Raw("<div>").Element("dt", question).Element("dd", answer).Raw("</div>");

    private static void List(Html html, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            html.Element("ul", () =>
            {
                foreach (var line in lines)
                {
                    html.Element("li", line);
                }
            });
        }
    }

    private static void WriteFacts(Html html, Comparison comparison)
    {
        var decision = comparison.Decision;
        Fact(html, "Old server", ReportRows.Side(comparison, false), Targets(comparison, false));
        Fact(html, "New server", ReportRows.Side(comparison, true), Targets(comparison, true));
        var begins = comparison.Workload.FirstAtMicroseconds is { } first ? DateTimeOffset.UnixEpoch.AddMicroseconds(first).UtcDateTime : comparison.Workload.CreatedAt.UtcDateTime;
        var manifest = comparison.Runs[0].Manifest;
        Fact(
            html, "Workload", Sentences.Count(comparison.Exchanges, "exchange"),
            $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(comparison.WorkloadFolder))}, captured {begins:yyyy-MM-dd HH:mm} UTC; replayed at speed {manifest.Speed}{(manifest.Order.Length > 0 ? $", order {manifest.Order}" : "")}, {ReportRows.Design(comparison)}; times by {(manifest.Instrument == "wire" ? "the wire" : "the client's clock")}");
        Fact(
            html, "As a whole", $"{Sentences.Ratio(decision.Overall.Ratio.Estimate)} times",
            double.IsNaN(decision.Overall.Ratio.Low) ? "no interval with one run a side" : $"between {Sentences.Ratio(decision.Overall.Ratio.Low)} and {Sentences.Ratio(decision.Overall.Ratio.High)} ({Sentences.Percent(decision.Options.OverallConfidence)}); {(decision.Overall.IsCounted ? "proven, counted in each shape" : decision.Overall.IsRemoved ? "may be chance; taken off each shape" : "not taken off: too few shapes")}");
        Fact(
            html, "Noise floor", decision.IsNoiseMeasured ? $"{Sentences.Deviation(decision.ShapeDeviation)} per shape" : "not known",
            decision.IsNoiseMeasured ? $"between equal runs, beside the {Sentences.Deviation(decision.Overall.RunDeviation)} that a whole run has in common" : "one run a side cannot show it");
        Fact(
            html, "False alarms", decision.Audit.IsPossible ? $"{decision.Audit.Flagged:N0} of {decision.Audit.Judged:N0}" : "not known",
            decision.Audit.IsPossible ? $"when equal runs are compared with each other ({Sentences.Percent(decision.Audit.FalseAlarmRate)})" : "needs two runs on a server");
    }

    private static void Fact(Html html, string label, string value, string note) =>
        html.Element("dl", () => html.Element("dt", label).Element("dd", value, "big").Element("dd", note, "small soft"), "class=\"card\"");

    private static string Targets(Comparison comparison, bool isCandidate)
    {
        var runs = comparison.Side(isCandidate).ToArray();
        return $"{string.Join(", ", runs.Select(run => run.Manifest.TargetUrl).Distinct(StringComparer.Ordinal))}; {Sentences.Count(runs.Length, "run")}: {string.Join(", ", runs.Select(run => $"{run.Label} {run.Manifest.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm}"))}";
    }

    private static string Join(List<string> parts) => parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";
}
