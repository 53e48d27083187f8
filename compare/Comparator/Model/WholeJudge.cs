using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The verdict on the whole, with its reasons in words.</summary>
internal static class WholeJudge
{
    // So many examples are named in a sentence; the tables have the rest.
    private const int Named = 3;
    private const int SqlLength = 70;

    public static (WholeVerdict Verdict, IReadOnlyList<string> Reasons) Judge(
        Decision decision, IReadOnlyList<ShapeComparison> shapes, IReadOnlyList<ErrorFinding> errors, IReadOnlyList<RunSummary> runs, IReadOnlyList<ObjectiveOutcome> objectives)
    {
        var reasons = new List<string>();
        AddErrors(reasons, shapes, errors);
        AddResults(reasons, shapes);
        AddTimes(reasons, decision, shapes);
        reasons.AddRange(objectives.Where(outcome => outcome.Verdict == ObjectiveVerdict.Missed).Select(outcome => $"Objective \"{outcome.Objective.Name}\" is missed. {outcome.Why}"));
        var isFailure = reasons.Count > 0;
        reasons.AddRange(Open(decision, runs, objectives));
        if (isFailure)
        {
            return (WholeVerdict.Fail, reasons);
        }

        if (reasons.Count > 0)
        {
            return (WholeVerdict.Undecided, reasons);
        }

        var same = decision.Shapes.Count(shape => shape.Verdict == ShapeVerdict.Same);
        var other = shapes.Any(shape => shape.Waivers.Count > 0) ? "other " : "";
        reasons.Add($"No {other}shape {(decision.Options.IgnoresDoubts ? "is proven to have become" : "became")} slower by more than {Sentences.Percent(decision.Options.MinimumRatio - 1)}, no {other}error is new, and no {other}result differs; {Sentences.Count(same, "shape")} of {decision.Shapes.Count:N0} found the same.");
        return (WholeVerdict.Pass, reasons);
    }

    /// <summary>What keeps the whole from a pass without being a failure, a sentence each.</summary>
    public static IEnumerable<string> Open(Decision decision, IReadOnlyList<RunSummary> runs, IReadOnlyList<ObjectiveOutcome> objectives) =>
    [
        .. runs.SelectMany(run => run.Distrust.Select(why => $"{run.Label} ({run.Name}) cannot be trusted: {why}")),
        .. objectives.Where(outcome => outcome.Verdict == ObjectiveVerdict.Undecided).Select(outcome => $"Whether objective \"{outcome.Objective.Name}\" is kept is not known. {outcome.Why}"),
        .. decision.Options.IgnoresDoubts ? [] : Doubts(decision),
    ];

    /// <summary>What leaves the comparison of times open, a sentence each.</summary>
    public static IEnumerable<string> Doubts(Decision decision) => decision.Doubts.Select(doubt => Doubt(doubt, decision));

    private static void AddErrors(List<string> reasons, IReadOnlyList<ShapeComparison> shapes, IReadOnlyList<ErrorFinding> errors)
    {
        var fresh = errors.Where(error => error.IsFailure).ToArray();
        if (fresh.Length == 0)
        {
            return;
        }

        var sql = shapes.ToDictionary(shape => shape.Number, shape => shape.Sql);
        var examples = fresh.Take(Named).Select(error => $"{error.Code} in {Quote(sql.GetValueOrDefault(error.Shape, "?"))} ({Sentences.Count(error.NewExchanges, "time")})");
        reasons.Add($"{Sentences.Count(fresh.Length, "new error")}: {List(examples, fresh.Length)}.");
    }

    private static void AddResults(List<string> reasons, IReadOnlyList<ShapeComparison> shapes)
    {
        var different = shapes.Where(shape => shape.Results.IsFailure).ToArray();
        if (different.Length > 0)
        {
            var examples = different.Take(Named).Select(shape =>
                $"{(shape.Results.Kind == ResultKind.CountDifferent ? "another number of rows" : "other values")} from {Quote(shape.Sql)} ({shape.Results.Different:N0} of {Sentences.Count(shape.Results.Compared, "execution")}{Columns(shape.Results)})");
            reasons.Add($"{Sentences.Count(different.Length, "shape")} {(different.Length == 1 ? "answers" : "answer")} differently: {List(examples, different.Length)}.");
        }
    }

    private static string Columns(ResultFinding results) =>
        results.Kind != ResultKind.ValueDifferent || results.Columns.Count == 0 ? "" : $"; {(results.Columns.Count == 1 ? "column" : "columns")} {string.Join(", ", results.Columns.Take(Named).Select(column => column.Column))}";

    private static void AddTimes(List<string> reasons, Decision decision, IReadOnlyList<ShapeComparison> shapes)
    {
        var slower = shapes.Where(shape => shape.IsSlowerThanAccepted).OrderByDescending(shape => shape.Decision.TimeShare).ToArray();
        if (slower.Length > 0)
        {
            var examples = slower.Take(Named).Select(shape => $"{Quote(shape.Sql)} {Respect(shape)}{ConfirmationWords.Aside(shape.Decision)}");
            reasons.Add($"{Sentences.Count(slower.Length, "shape")} regressed: {List(examples, slower.Length)}.");
        }

        if (decision.Overall is { Verdict: ShapeVerdict.Regressed, IsRemoved: true } overall)
        {
            reasons.Add($"The new server is slower as a whole: {Sentences.Times(overall.Ratio.Estimate)} the time over the middle of {overall.Shapes:N0} shapes (at least {Sentences.Times(overall.Ratio.Low)}).");
        }
    }

    /// <summary>In which respect a shape regressed, with the figure that says so.</summary>
    public static string Respect(ShapeComparison shape)
    {
        var effect = shape.Decision.Effects.FirstOrDefault(effect => effect.IsRegressed) ?? shape.Decision.Effects.FirstOrDefault(effect => effect.Metric == shape.Decision.PerhapsSlower);
        return effect?.Metric switch
        {
            null or EffectMetric.Typical => $"takes {Sentences.Times(shape.Decision.Ratio?.Estimate ?? double.NaN)} as long",
            EffectMetric.Total => $"takes {Sentences.Times(effect.Ratio.Estimate)} as long in all",
            EffectMetric.Slowest => $"takes {Sentences.Times(effect.Ratio.Estimate)} as long in its slowest executions",
            EffectMetric.TailExcess => $"has {Sentences.Times(effect.Ratio.Estimate)} the excess of slow executions",
            _ => $"has {Sentences.Times(effect.Ratio.Estimate)} as many slow executions",
        };
    }

    private static string Doubt(DecisionDoubt doubt, Decision decision) => doubt switch
    {
        DecisionDoubt.NothingPaired => "No exchange has a time in every run, so times could not be compared.",
        DecisionDoubt.RunSpread => $"Too noisy: runs of the same server differ from each other by a factor of {Sentences.Ratio(decision.Overall.LargestSpread)} as a whole. Something else was busy during one of them; repeat the runs.",
        DecisionDoubt.AuditNoisy => $"Too noisy: compared with each other, equal runs show {Sentences.Count(decision.Audit.Flagged, "difference")} that cannot be there. Repeat the runs on quieter machines, or make more of them.",
        DecisionDoubt.OverallDoubt => $"The new server took {Sentences.Times(decision.Overall.Ratio.Estimate)} as long as a whole, but with {decision.Design.BaselineRuns} + {decision.Design.CandidateRuns} runs that cannot be told from chance. Make more runs.",
        DecisionDoubt.NotEnoughData => $"Shapes that hold {Sentences.Percent(decision.NotEnoughDataShare)} of the time do not have enough data. {MoreRuns(decision)}",
        _ => doubt.ToString(),
    };

    private static string MoreRuns(Decision decision)
    {
        var needed = decision.Shapes.Where(shape => shape is { Verdict: ShapeVerdict.NotEnoughData, RunsNeeded: not null }).OrderByDescending(shape => shape.TimeShare).FirstOrDefault();
        return needed is null ? "Make more runs, or a longer capture." : $"About {needed.RunsNeeded} runs a side would do for the largest of them.";
    }

    private static string Quote(string sql) => $"\"{Sentences.Short(sql, SqlLength)}\"";

    private static string List(IEnumerable<string> examples, int all) => string.Join("; ", examples) + (all > Named ? $"; and {all - Named:N0} more" : "");
}
