using Replay.Workload;
using static Replay.Comparator.StoreColumns;

namespace Replay.Comparator;

/// <summary>The tables of what a comparison says, and of its workload and runs; see <c>Schema/tables-*.sql</c>.</summary>
internal static class StoreTables
{
    public static readonly StoreTable<Comparison> Workloads = new(
        "workloads", "workload",
        Id<Comparison>("workload", one => one.Workload.Id),
        Text<Comparison>("name", one => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(one.WorkloadFolder)))),
        Text<Comparison>("source", one => one.Workload.Source),
        Texts<Comparison>("servers", one => one.Workload.Servers.Select(server => $"{WireText.Name(server.Engine)} {server.Address} {server.Version}".TrimEnd())),
        Moment<Comparison>("captured_from", one => one.Workload.FirstAtMicroseconds is { } first ? Moment(first) : null),
        Moment<Comparison>("captured_to", one => one.Workload.LastAtMicroseconds is { } last ? Moment(last) : null),
        Moment<Comparison>("completed_at", one => one.Workload.CompletedAt?.UtcDateTime),
        Count<Comparison>("exchanges", one => one.Exchanges),
        Text<Comparison>("tool_version", one => one.Workload.ToolVersion),
        Sum("packets_seen", sums => sums.PacketsSeen),
        Sum("packets_decoded", sums => sums.PacketsDecoded),
        Sum("packets_ignored", sums => sums.PacketsIgnored.Values.Sum()),
        Sum("packets_dropped", sums => sums.PacketsDroppedByKernel + sums.PacketsDroppedByAgent),
        Sum("gaps", sums => sums.Gaps),
        Sum("gap_bytes", sums => sums.GapBytes),
        Sum("sessions", sums => sums.Sessions),
        Sum("sessions_encrypted", sums => sums.SessionsEncrypted),
        Sum("sessions_undecodable", sums => sums.SessionsUndecodable),
        Sum("exchanges_incomplete", sums => sums.ExchangesIncomplete),
        Sum("exchanges_dropped", sums => sums.ExchangesDropped));

    public static readonly StoreTable<RunSummary> Runs = new(
        "runs", "run",
        Id<RunSummary>("run", run => run.Manifest.Id),
        Id<RunSummary>("workload", run => run.Manifest.WorkloadId),
        Text<RunSummary>("name", run => run.Name),
        Text<RunSummary>("target", run => run.Manifest.TargetUrl),
        Text<RunSummary>("engine", run => WireText.Name(run.Manifest.Engine)),
        Text<RunSummary>("server_version", run => run.Manifest.ServerVersion),
        Text<RunSummary>("instrument", run => run.Manifest.Instrument),
        Text<RunSummary>("speed", run => run.Manifest.Speed),
        Text<RunSummary>("schedule", run => run.Manifest.Schedule),
        Text<RunSummary>("selection", run => run.Manifest.Selection),
        Text<RunSummary>("ordering", run => run.Manifest.Order),
        Moment<RunSummary>("started_at", run => run.Manifest.StartedAt.UtcDateTime),
        Moment<RunSummary>("ended_at", run => run.Manifest.EndedAt?.UtcDateTime),
        Count<RunSummary>("captured", run => run.Account.Captured),
        Count<RunSummary>("replayed", run => run.Account.Replayed),
        Count<RunSummary>("skipped", run => run.Account.Skipped),
        Count<RunSummary>("failed", run => run.Account.Failed),
        Count<RunSummary>("errors", run => run.Account.Errors),
        Count<RunSummary>("retried", run => run.Manifest.Retries?.Retried ?? 0),
        Counts<RunSummary>("skipped_by_reason", run => run.Account.ByReason(failed: false)),
        Counts<RunSummary>("failed_by_reason", run => run.Account.ByReason(failed: true)),
        Flag<RunSummary>("fit", run => run.Manifest.Fitness.Fit),
        Texts<RunSummary>("unfit_reasons", run => run.Manifest.Fitness.Reasons),
        Texts<RunSummary>("gates_missed", run => run.Manifest.Fitness.Gates),
        Number<RunSummary>("own_lag_p50_us", run => run.Certificate?.OwnLagUs?.P50),
        Number<RunSummary>("own_lag_p99_us", run => run.Certificate?.OwnLagUs?.P99),
        Number<RunSummary>("inherited_lag_p99_us", run => run.Certificate?.InheritedLagUs?.P99),
        Number<RunSummary>("scheduled_per_second", run => run.Certificate?.Rate?.ScheduledPerSecond),
        Number<RunSummary>("achieved_per_second", run => run.Certificate?.Rate?.AchievedPerSecond),
        Count<RunSummary>("order_violations", run => run.Certificate?.Order?.Violations),
        Number<RunSummary>("cpu_share", run => run.Certificate?.CpuShare),
        Text<RunSummary>("tool_version", run => run.Manifest.ToolVersion));

    public static readonly StoreTable<ShapeComparison> Shapes = new(
        "shapes", "shape",
        Text<ShapeComparison>("shape", shape => shape.Hex),
        Text<ShapeComparison>("sql", shape => shape.Sql),
        Text<ShapeComparison>("class", shape => shape.Class));

    public static StoreTable<Comparison> Comparisons(Guid id) => new(
        "comparisons", "",
        Id<Comparison>("comparison", _ => id),
        Id<Comparison>("workload", one => one.Workload.Id),
        Moment<Comparison>("replayed_at", one => one.Runs.Min(run => run.Manifest.StartedAt).UtcDateTime),
        Moment<Comparison>("compared_at", one => one.ComparedAt.UtcDateTime),
        Text<Comparison>("verdict", one => one.Verdict.Name()),
        Texts<Comparison>("reasons", one => one.Reasons),
        Texts<Comparison>("warnings", one => one.Warnings),
        Text<Comparison>("baseline_target", one => one.Side(isCandidate: false).First().Manifest.TargetUrl),
        Text<Comparison>("candidate_target", one => one.Side(isCandidate: true).First().Manifest.TargetUrl),
        Text<Comparison>("baseline_server", one => ReportRows.Side(one, isCandidate: false)),
        Text<Comparison>("candidate_server", one => ReportRows.Side(one, isCandidate: true)),
        Text<Comparison>("design", one => one.Decision.Design.IsInterleaved ? "interleaved" : "sequential"),
        Text<Comparison>("overall_verdict", one => one.Decision.Overall.Verdict.Name()),
        Number<Comparison>("overall_ratio", one => one.Decision.Overall.Ratio.Estimate),
        Number<Comparison>("overall_ratio_low", one => one.Decision.Overall.Ratio.Low),
        Number<Comparison>("overall_ratio_high", one => one.Decision.Overall.Ratio.High),
        Number<Comparison>("run_deviation", one => one.Decision.Overall.RunDeviation),
        Number<Comparison>("shape_deviation", one => one.Decision.ShapeDeviation),
        Flag<Comparison>("noise_measured", one => one.Decision.IsNoiseMeasured),
        Count<Comparison>("false_alarms", one => one.Decision.Audit.Flagged),
        Count<Comparison>("judged_on_equal_runs", one => one.Decision.Audit.Judged),
        Number<Comparison>("false_alarm_rate", one => one.Decision.Audit.FalseAlarmRate),
        Number<Comparison>("not_enough_data_time_share", one => one.Decision.NotEnoughDataShare),
        Texts<Comparison>("doubts", one => one.Decision.Doubts.Select(doubt => doubt.Name())),
        Number<Comparison>("minimum_ratio", one => one.Decision.Options.MinimumRatio),
        Count<Comparison>("exchanges", one => one.Exchanges),
        Count<Comparison>("exchanges_compared", one => one.ByEligibility[(int)Eligibility.Compared]),
        Count<Comparison>("failed_in_production", one => one.FailedInProduction),
        Text<Comparison>("tool_version", one => one.ToolVersion));

    public static StoreTable<RunSummary> ComparisonRuns(Guid id) => new(
        "comparison_runs", "",
        Id<RunSummary>("comparison", _ => id),
        Id<RunSummary>("run", run => run.Manifest.Id),
        Text<RunSummary>("label", run => run.Label),
        Text<RunSummary>("side", run => run.IsCandidate ? "candidate" : "baseline"),
        Flag<RunSummary>("trusted", run => run.Distrust.Count == 0),
        Texts<RunSummary>("distrust", run => run.Distrust));

    public static StoreTable<ShapeComparison> ShapeVerdicts(Guid id) => new(
        "shape_verdicts", "",
        [
            Id<ShapeComparison>("comparison", _ => id),
            Text<ShapeComparison>("shape", shape => shape.Hex),
            Text<ShapeComparison>("verdict", shape => shape.Decision.Verdict.Name()),
            Flag<ShapeComparison>("fails", shape => shape.IsFailure),
            Text<ShapeComparison>("not_judged", shape => shape.Exclusion == Eligibility.Compared ? null : shape.Exclusion.Name()),
            Number<ShapeComparison>("ratio", shape => shape.Decision.Ratio?.Estimate),
            Number<ShapeComparison>("ratio_low", shape => shape.Decision.Ratio?.Low),
            Number<ShapeComparison>("ratio_high", shape => shape.Decision.Ratio?.High),
            Count<ShapeComparison>("captured", shape => shape.Captured),
            Count<ShapeComparison>("executions", shape => shape.Executions),
            Count<ShapeComparison>("paired", shape => shape.Paired),
            Number<ShapeComparison>("time_share", shape => shape.Decision.TimeShare),
            .. Side("baseline", shape => shape.Baseline),
            .. Side("candidate", shape => shape.Candidate),
            Count<ShapeComparison>("baseline_errors", shape => shape.BaselineErrors),
            Count<ShapeComparison>("candidate_errors", shape => shape.CandidateErrors),
            Texts<ShapeComparison>("new_errors", shape => shape.NewErrors),
            Text<ShapeComparison>("results", shape => shape.Results.Kind.Name()),
            Count<ShapeComparison>("results_compared", shape => shape.Results.Compared),
            Count<ShapeComparison>("results_different", shape => shape.Results.IsAnother ? shape.Results.Different : 0),
            Texts<ShapeComparison>("accepted", shape => shape.Waivers.Select(waiver => ReportRows.Accepted(shape, waiver))),
            Text<ShapeComparison>("confirmation", shape => shape.Decision.Confirmation?.Outcome.Name()),
            Text<ShapeComparison>("plan", shape => shape.Plans.Words),
            Texts<ShapeComparison>("slow_executions", shape => (shape.Causes?.Findings ?? []).Select(finding => finding.What)),
            Texts<ShapeComparison>("explanations", shape => shape.Explanations.Select(explanation => explanation.Difference.Words)),
        ]);

    public static StoreTable<ErrorFinding> Errors(Guid id, Comparison comparison)
    {
        var shapes = comparison.Shapes.Concat(comparison.NotCompared).ToDictionary(shape => shape.Number, shape => shape.Hex);
        return new(
            "errors", "",
            Id<ErrorFinding>("comparison", _ => id),
            Text<ErrorFinding>("shape", error => shapes[error.Shape]),
            Text<ErrorFinding>("code", error => error.Code),
            Text<ErrorFinding>("kind", error => error.Kind.Name()),
            Flag<ErrorFinding>("accepted", error => error.Waiver is not null),
            Count<ErrorFinding>("new_exchanges", error => error.NewExchanges),
            Count<ErrorFinding>("production", error => error.Production),
            Counts<ErrorFinding>("runs", error => error.PerRun.Select((count, k) => (comparison.Runs[k].Label, count))),
            Text<ErrorFinding>("message", error => error.Example?.Message),
            Integer<ErrorFinding>("session", error => error.Example?.Session),
            Integer<ErrorFinding>("ordinal", error => error.Example?.Ordinal));
    }

    public static StoreTable<ObjectiveOutcome> Objectives(Guid id) => new(
        "objectives", "",
        Id<ObjectiveOutcome>("comparison", _ => id),
        Text<ObjectiveOutcome>("name", outcome => outcome.Objective.Name),
        Text<ObjectiveOutcome>("verdict", outcome => outcome.Verdict.Name()),
        Text<ObjectiveOutcome>("why", outcome => outcome.Why),
        Count<ObjectiveOutcome>("exchanges", outcome => outcome.Exchanges),
        Count<ObjectiveOutcome>("eligible", outcome => outcome.Eligible));

    private static StoreColumn<Comparison> Sum(string name, Func<CaptureCounters, long> of) => Count<Comparison>(name, one => one.Workload.CompletedAt is null ? null : of(one.Workload.Counters));

    private static StoreColumn<ShapeComparison>[] Side(string name, Func<ShapeComparison, SideStatistics> side) =>
    [
        Number<ShapeComparison>($"{name}_p50_us", shape => side(shape).P50Microseconds),
        Number<ShapeComparison>($"{name}_p95_us", shape => side(shape).P95Microseconds),
        Number<ShapeComparison>($"{name}_p99_us", shape => side(shape).P99Microseconds),
        Number<ShapeComparison>($"{name}_mean_us", shape => side(shape).MeanMicroseconds),
        Number<ShapeComparison>($"{name}_total_us", shape => side(shape).MeasuredTotalMicroseconds),
    ];
}
