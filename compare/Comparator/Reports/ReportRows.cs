using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Cells of a shape as text, the same in all reports.</summary>
internal static class ReportRows
{
    public static readonly string[] Header = ["verdict", "ratio", "interval", "executions", "p50 old", "p50 new", "p99 old", "p99 new", "time", "statement"];

    /// <summary>A shape's cells, parallel to <see cref="Header"/>.</summary>
    public static string[] Cells(ShapeComparison shape, int sqlLength) =>
    [
        Verdict(shape),
        shape.Decision.Ratio is { } ratio ? Sentences.Ratio(ratio.Estimate) : "-",
        Interval(shape.Decision.Ratio),
        shape.Executions.ToString("N0"),
        Sentences.Duration(shape.Baseline.P50Microseconds),
        Sentences.Duration(shape.Candidate.P50Microseconds),
        Sentences.Duration(shape.Baseline.P99Microseconds),
        Sentences.Duration(shape.Candidate.P99Microseconds),
        Sentences.Percent(shape.Decision.TimeShare),
        Sentences.Short(shape.Sql, sqlLength),
    ];

    /// <summary>The verdict on the time, and what else makes the shape fail.</summary>
    public static string Verdict(ShapeComparison shape)
    {
        var parts = new List<string>();
        if (shape.NewErrors.Count > 0)
        {
            parts.Add($"error {string.Join(", ", shape.NewErrors)}");
        }

        if (shape.Results.IsFailure)
        {
            parts.Add(shape.Results.Kind.Words());
        }

        if (parts.Count == 0 || shape.Decision.Verdict == ShapeVerdict.Regressed)
        {
            parts.Insert(0, Time(shape));
        }

        parts.AddRange(shape.Waivers.Select(waiver => $"accepted: {Accepted(shape, waiver)}"));

        return string.Join("; ", parts);
    }

    /// <summary>What a waiver accepts of a shape, in a word or two.</summary>
    public static string Accepted(ShapeComparison shape, Waiver waiver) => waiver.Kind switch
    {
        WaivedKind.Slower => "slower",
        WaivedKind.Error => $"error {waiver.Code}",
        _ => shape.Results.Kind.Words(),
    };

    /// <summary>What is said of the time, or why nothing is.</summary>
    public static string Time(ShapeComparison shape) => shape.Exclusion != Eligibility.Compared ? $"not judged: {shape.Exclusion.Name()}"
        : shape.FailsInProduction ? "fails in production too"
        : shape.Decision.Verdict == ShapeVerdict.NotEnoughData ? $"{shape.Decision.Verdict.Words()}{(shape.Decision.PerhapsSlower is not null ? $", {ConfirmationWords.PerhapsSlower}" : "")}{(shape.Decision.Withheld is { } withheld ? $" ({withheld.Words()}, were the runs to be trusted)" : Needs(shape.Decision))}"
        : shape.Decision.Verdict.Words() + ConfirmationWords.Tag(shape.Decision);

    /// <summary>What would be enough data; empty if it is not known.</summary>
    public static string Needs(ShapeDecision decision) => (decision.ExecutionsNeeded, decision.RunsNeeded) switch
    {
        ({ } executions, { } runs) => $" (needs {executions:N0} executions, or {runs} runs)",
        ({ } executions, null) => $" (needs {executions:N0} executions)",
        (null, { } runs) => $" (needs {runs} runs)",
        _ => "",
    };

    /// <summary>One sentence on whose time was compared and why others' were not, the largest reason first.</summary>
    public static string Compared(Comparison comparison)
    {
        var reasons = Enumerable.Range(1, comparison.ByEligibility.Count - 1).Where(reason => comparison.ByEligibility[reason] > 0)
            .OrderByDescending(reason => comparison.ByEligibility[reason]).ThenBy(reason => reason)
            .Select(reason => $"{((Eligibility)reason).Name()} {comparison.ByEligibility[reason]:N0}").ToArray();
        return $"Times of {comparison.ByEligibility[0]:N0} of {Sentences.Count(comparison.Exchanges, "exchange")} were compared{(reasons.Length == 0 ? "" : $"; not: {string.Join(", ", reasons)}")}.";
    }

    /// <summary>Of which exchanges an objective speaks.</summary>
    public static string Judged(ObjectiveOutcome outcome) =>
        $"{outcome.Eligible:N0} of {Sentences.Count(outcome.Exchanges, "exchange")} judged{(outcome.Excluded.Count == 0 ? "" : $"; not: {string.Join(", ", outcome.Excluded.Select(one => $"{one.Reason} {one.Count:N0}"))}")}";

    /// <summary>The interval; one that spans four decades is as good as none.</summary>
    public static string Interval(RatioInterval? ratio) =>
        ratio is not { } interval || double.IsNaN(interval.Low) ? "-"
        : interval.High / interval.Low > 1e4 ? "not known"
        : $"{Sentences.Ratio(interval.Low)} - {Sentences.Ratio(interval.High)}";

    /// <summary>One sentence on the noise: the floor, and what the audit found.</summary>
    public static string Noise(Decision decision)
    {
        var audit = decision.Audit;
        var floor = decision.IsNoiseMeasured
            ? $"{(decision.Design.IsInterleaved ? "Runs of equal servers in turn" : "Equal runs")} differ by {Sentences.Deviation(decision.ShapeDeviation)} per shape after what a run has in common is taken off (that is {Sentences.Deviation(decision.Overall.RunDeviation)})."
            : "How much equal runs differ is not known: there is one run a side.";
        var alarms = audit.IsPossible
            ? $" Compared with each other, equal runs gave {Sentences.Count(audit.Flagged, "false alarm")} in {audit.Judged:N0} judgements ({Sentences.Percent(audit.FalseAlarmRate)})."
            : " The false-alarm rate could not be measured.";
        return floor + alarms;
    }

    /// <summary>Which runs there are, and by which design they were played.</summary>
    public static string Design(Comparison comparison)
    {
        var design = comparison.Decision.Design;
        return design.IsInterleaved && comparison.Runs[0].Manifest.Slices is { } slices
            ? $"{Sentences.Count(design.BaselineRuns, "interleaved pair")} of runs, slices of {slices.LengthMicroseconds / 1e6:0.###} s"
            : $"{design.BaselineRuns} + {design.CandidateRuns} runs";
    }

    /// <summary>One sentence on the sides as a whole.</summary>
    public static string Overall(Decision decision)
    {
        var overall = decision.Overall;
        var interval = double.IsNaN(overall.Ratio.Low) ? "no interval: one run a side" : $"{Interval(overall.Ratio)} at {Sentences.Percent(decision.Options.OverallConfidence)}";
        var use = overall.IsCounted ? "proven, so it counts in each shape's ratio"
            : overall.IsRemoved ? "not proven, so it is taken off each shape's ratio"
            : "not taken off: too few shapes";
        return $"As a whole the new server took {Sentences.Times(overall.Ratio.Estimate)} the old one's time ({interval}; {use}).";
    }

    /// <summary>captured = replayed + skipped (why) + failed (why); and what was sent again.</summary>
    public static string Accounting(RunAccount account, RunManifest manifest) =>
        $"{account.Captured:N0} captured = {account.Replayed:N0} replayed + {account.Skipped:N0} skipped{Why(account.ByReason(failed: false))} + {account.Failed:N0} failed{Why(account.ByReason(failed: true))}{Retried(manifest.Retries)}";

    /// <summary>What the sides are: versions of their servers.</summary>
    public static string Side(Comparison comparison, bool isCandidate) =>
        string.Join(", ", comparison.Side(isCandidate).Select(run => Server(run.Manifest)).Distinct(StringComparer.Ordinal));

    /// <summary>A server's engine and version; MariaDB's says that it is one.</summary>
    public static string Server(RunManifest manifest) => ServerVersion.Of(manifest.Engine, manifest.ServerVersion).Name;

    private static string Retried(RunRetryCounts? retries) =>
        retries is { Retried: > 0 } ? $"; {Sentences.Count(retries.Retried, "victim")} of deadlocks or serialisation failures retried" : "";

    private static string Why(IReadOnlyList<(string Reason, long Count)> reasons) =>
        reasons.Count == 0 ? "" : $" ({string.Join(", ", reasons.Select(one => $"{one.Reason} {one.Count:N0}"))})";
}
