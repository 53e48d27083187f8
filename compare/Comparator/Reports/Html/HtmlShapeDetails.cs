using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>What is known of each shape, folded away until it is asked for.</summary>
internal static class HtmlShapeDetails
{
    /// <summary>Shapes with charts and plans; failing ones come first, then those that hold most of the time.</summary>
    public const int MostDetails = LatencyScan.MostShapes;

    private const int SummaryLength = 140;

    // Longer ones are a program's, and nobody's reading; a workload's may have 256 KB.
    private const int SqlLength = 10_000;

    public static void Write(Html html, Comparison comparison, ShapePages details)
    {
        html.Raw("<h2 id=\"details\">Shapes in detail</h2>\n<div id=\"shape-details\">\n");
        foreach (var shape in details.Unpacked)
        {
            html.Raw(shape);
        }

        html.Raw("</div>\n");
        if (details.Packed > 0)
        {
            html.Element("p", $"{details.Packed:N0} more unfold when their statement is clicked in the table above, which needs scripts.", "soft");
        }

        if (comparison.Shapes.Count - details.Unpacked.Count - details.Packed is > 0 and var others)
        {
            html.Raw("<p id=\"others\" class=\"soft\" tabindex=\"-1\">").Text($"The detail of {Sentences.Count(others, "more shape")} is in the JSON report.").Raw("</p>\n");
        }
    }

    /// <summary>One shape, folded.</summary>
    public static string Markup(ShapeComparison shape, Comparison comparison)
    {
        using var writer = new StringWriter();
        WriteShape(new Html(writer), shape, comparison);
        return writer.ToString();
    }

    private static void WriteShape(Html html, ShapeComparison shape, Comparison comparison) => html.Element("details", () =>
    {
        html.Raw("<summary>");
        HtmlShapeTable.WriteTags(html, shape);
        html.Element("span", Sentences.Short(shape.Sql, SummaryLength), "sql").Raw("</summary>\n<div>");
        WriteDetail(html, shape, comparison);
        html.Raw("</div>");
    }, $"class=\"shape{(shape.IsFailure ? " failing" : "")}\" id=\"s-{shape.Hex}\"");

    private static void WriteDetail(Html html, ShapeComparison shape, Comparison comparison)
    {
        html.Element("pre", Html.Cut(shape.Sql, SqlLength, "the JSON report"));
        html.Element("p", Conclusion(shape, comparison.Decision), "lead");
        HtmlPlans.WriteReasons(html, shape);
        if (ChartData.Has(shape))
        {
            html.Raw($"<div class=\"charts\" data-shape=\"{shape.Hex}\"></div>");
        }

        html.Raw("<div class=\"columns\"><div>");
        WriteFigures(html, shape);
        if (RunChart.Of(shape.RunMeansMicroseconds, comparison.Runs) is { Length: > 0 } means)
        {
            html.Raw("<h3>Mean of each run</h3>").Raw(means);
        }

        WriteCounts(html, shape);
        html.Raw("</div><div>");
        WriteEffects(html, shape);
        html.Raw("</div></div>");
        HtmlPlans.WriteSamples(html, shape);
        html.Element("p", $"Shape {shape.Hex}, class {shape.Class}.", "small soft");
    }

    /// <summary>The decision on the shape in words.</summary>
    private static string Conclusion(ShapeComparison shape, Decision whole)
    {
        var decision = shape.Decision;
        var words = decision.Verdict switch
        {
            ShapeVerdict.Regressed when decision.IsRareButConsistent => "Rare, but every run on the new server was slower than every run on the old one by more than 5 times and 50 ms.",
            ShapeVerdict.Regressed when decision.Withheld is not null => $"In runs that alone could not be trusted it {WholeJudge.Respect(shape)}.",
            ShapeVerdict.Regressed when decision.Confirmation is { Suspected: ShapeVerdict.Slower } => $"It {WholeJudge.Respect(shape)}: more than equal runs differ; that it is more than what does not matter the runs alone do not prove.",
            ShapeVerdict.Regressed when decision.PerhapsSlower is not null => $"It {WholeJudge.Respect(shape)}; among so many shapes the runs alone do not prove it.",
            ShapeVerdict.Regressed => $"It {WholeJudge.Respect(shape)}: more than equal runs differ, and more than what does not matter.",
            ShapeVerdict.Slower when decision.IsTooSmallToMatter => $"Slower, but by less than {whole.Options.GuardMicroseconds:0} us in the median and with less than {Sentences.Percent(whole.Options.GuardTimeShare)} of the time: too little to matter.",
            ShapeVerdict.Slower => $"Slower, but it is not proven that it is by more than {Sentences.Percent(whole.Options.MinimumRatio - 1)}.",
            ShapeVerdict.Improved => "Faster by more than the minimum effect.",
            ShapeVerdict.Same when decision.PerhapsSlower is not null => $"As a whole the same. Its slowest executions are perhaps slower ({WholeJudge.Respect(shape)}); among so many shapes the runs do not prove it.{(decision.Confirmation is null ? " 'dbreplay confirm' executes them again on both servers." : "")}",
            ShapeVerdict.Same => $"No difference found; one of {Sentences.Ratio(decision.MinimumDetectableRatio)} times would have been found in 4 of 5 cases.",
            _ when shape.Exclusion != Eligibility.Compared => $"It is {shape.Exclusion.Name()} traffic, not the application's own: its errors count, its times and results are not judged.",
            _ when shape.FailsInProduction => "It fails in production at each execution, so its time says nothing.",
            _ when decision.Withheld is { } withheld => $"The runs call it {withheld.Words()}, but their times cannot be trusted. {(decision.Confirmation is null ? "'dbreplay confirm' executes it again on both servers and needs no runs." : "")}".TrimEnd(),
            _ when shape.Paired == 0 => "No execution has a time in every run, so there is nothing to compare.",
            _ when decision.PerhapsSlower is not null => $"Perhaps slower: its own interval says so, but among so many shapes the runs do not prove it. {(decision.Confirmation is null ? $"'dbreplay confirm' executes it again on both servers. {Needed(decision)}" : Needed(decision))}".TrimEnd(),
            _ => $"The interval is too wide to say anything. {Needed(decision)}",
        };
        if (shape.NewErrors.Count > 0)
        {
            words = $"It fails with {string.Join(", ", shape.NewErrors)} where the old server answered. Its times: {char.ToLowerInvariant(words[0])}{words[1..]}";
        }

        words = decision.Confirmation is not { } confirmation ? words
            : confirmation.Outcome == ConfirmationOutcome.Refuted ? ConfirmationWords.Sentence(confirmation)
            : $"{words} {ConfirmationWords.Sentence(confirmation)}";
        words = string.Join(' ', [words, .. shape.Waivers.Select(waiver => $"{ReportRows.Accepted(shape, waiver)} {waiver.Words}.").Select(said => char.ToUpperInvariant(said[0]) + said[1..])]);
        return decision.IsDominatedByFew ? $"{words} A few very slow executions hold most of its time, so totals and means hang on them." : words;
    }

    private static string Needed(ShapeDecision decision) =>
        decision.ExecutionsNeeded is { } executions ? $"It is too rare: about {executions:N0} executions a run would do{(decision.RunsNeeded is { } more ? $", or {more} runs a side" : "")}."
        : decision.RunsNeeded is { } runs ? $"About {runs} runs a side would do."
        : "It varies too much from run to run for any number of runs that one would make.";

    private static void WriteFigures(Html html, ShapeComparison shape) => html.Raw("<h3>Figures</h3>").Element("table", () => html
        .Head("", "#old", "#new", "#new / old")
        .Element("tbody", () =>
        {
            Figure(html, "p50", shape, side => side.P50Microseconds);
            Figure(html, "p95", shape, side => side.P95Microseconds);
            Figure(html, "p99", shape, side => side.P99Microseconds);
            Figure(html, "mean", shape, side => side.MeanMicroseconds);
            Figure(html, "total a run", shape, side => side.MeasuredTotalMicroseconds);
            html.Row("answers", $"#{shape.Baseline.Histogram.Count:N0}", $"#{shape.Candidate.Histogram.Count:N0}", "");
        }), "class=\"plain\"");

    private static void Figure(Html html, string name, ShapeComparison shape, Func<SideStatistics, double> of) =>
        html.Row(name, $"#{Sentences.Duration(of(shape.Baseline))}", $"#{Sentences.Duration(of(shape.Candidate))}", $"#{Sentences.Ratio(of(shape.Candidate) / of(shape.Baseline))}");

    private static void WriteEffects(Html html, ShapeComparison shape)
    {
        if (shape.Decision.Effects.Count == 0)
        {
            return;
        }

        html.Raw("<h3>Tests</h3>").Element("table", () => html.Head("In respect of", "#new / old", "#interval", "finding").Element("tbody", () =>
        {
            foreach (var effect in shape.Decision.Effects)
            {
                html.Row(effect.Metric.Words(), $"#{Sentences.Ratio(effect.Ratio.Estimate)}", $"#{ReportRows.Interval(effect.Ratio)}", effect.IsRegressed ? "worse" : effect.IsImproved ? "better" : "");
            }
        }), "class=\"plain\"");
    }

    private static void WriteCounts(Html html, ShapeComparison shape)
    {
        html.Raw("<h3>Executions</h3>").Element("table", () => html.Element("tbody", () =>
        {
            html.Row("in the workload", $"#{shape.Captured:N0}").Row("replayed in a run", $"#{shape.Executions:N0}");
            for (var reason = 0; reason < shape.ByEligibility.Count; reason++)
            {
                if (shape.ByEligibility[reason] > 0)
                {
                    html.Row($"time {((Eligibility)reason).Name()}".Replace("time time", "time", StringComparison.Ordinal), $"#{shape.ByEligibility[reason]:N0}");
                }
            }

            html.Row("errors in a run, old / new", $"#{shape.BaselineErrors:N0} / {shape.CandidateErrors:N0}");
            html.Row("results compared / differing", $"#{shape.Results.Compared:N0} / {shape.Results.Different:N0}");
            html.Row("results", shape.Results.Kind.Words());
            if (shape.Responses.HasOtherWarnings)
            {
                html.Row("warnings in a run, old / new", $"#{shape.Responses.BaselineWarnings:N0} / {shape.Responses.CandidateWarnings:N0}");
            }

            foreach (var column in shape.Responses.Columns)
            {
                html.Row("metadata", column);
            }

            html.Row("answered otherwise than production, old / new", $"#{shape.Results.BaselineIsNotProduction:N0} / {shape.Results.CandidateIsNotProduction:N0}");
        }), "class=\"plain\"");
    }
}
