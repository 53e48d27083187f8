using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Judges objectives.</summary>
internal sealed class ObjectiveJudge(ComparisonInput input, ShapeSample?[] samples, IReadOnlyList<ShapeComparison> shapes, IReadOnlySet<long> straddling)
{
    private const int Shown = 3;
    private const int SqlLength = 60;

    // So many bad executions have to be allowed for that none at all proves something (rule of three: none of n means at most 3 / n at 95 %).
    private const double RuleOfThree = 3;

    private readonly int _runs = input.Runs.Count;
    private readonly TimeBlocks _time = TimeBlocks.Of(input.Workload.Manifest, GoodScan.Blocks);

    /// <summary>All outcomes, in the objectives' order.</summary>
    public IReadOnlyList<ObjectiveOutcome> Judge(IReadOnlyList<Objective> objectives, IReadOnlyList<ErrorFinding> errors, CancellationToken cancellation)
    {
        var good = objectives.Where(objective => objective.Kind == ObjectiveKind.Good).ToArray();
        var tallies = new Queue<GoodTally>(GoodScan.Run(input, good, shapes, straddling, _time, cancellation)); // in the order of those that ask for them
        var judged = new List<ObjectiveOutcome>();
        foreach (var objective in objectives)
        {
            var tally = objective.Kind == ObjectiveKind.Good ? tallies.Dequeue() : null;
            judged.Add(Of(objective).Length == 0 ? Nothing(objective) : tally is not null ? Good(tally) : objective.Kind == ObjectiveKind.Latency ? Latency(objective) : NewErrors(objective, errors));
        }

        return judged;
    }

    private static ObjectiveOutcome Nothing(Objective objective) =>
        new() { Objective = objective, Verdict = ObjectiveVerdict.Undecided, Why = "It names no shape of this workload.", Exchanges = 0, Eligible = 0, Excluded = [] };

    private ShapeComparison[] Of(Objective objective) => [.. shapes.Where(shape => objective.Scope.Holds(shape.Hex, shape.Sql, shape.Class))];

    private ObjectiveOutcome Good(GoodTally tally)
    {
        var objective = tally.Objective;
        var eligible = tally.ByEligibility[(int)Eligibility.Compared];
        var needed = (long)Math.Ceiling(Math.Round(RuleOfThree / objective.Budget, 6));
        var excess = eligible == 0 ? default : ExcessShare.Estimate(
            [.. Enumerable.Range(input.BaselineRuns, _runs - input.BaselineRuns).Select(tally.Counts)],
            input.BaselineRuns < 2 ? [] : [.. Enumerable.Range(0, input.BaselineRuns).Select(tally.Counts)]);
        var verdict = eligible == 0 ? ObjectiveVerdict.Undecided
            : excess.Low > objective.Budget ? ObjectiveVerdict.Missed
            : excess.High <= objective.Budget && eligible >= needed ? ObjectiveVerdict.Met
            : ObjectiveVerdict.Undecided;
        var burns = eligible == 0 ? [] : BurnFinder.Find(tally, input.BaselineRuns, _runs, _time);
        return new ObjectiveOutcome
        {
            Objective = objective,
            Verdict = verdict,
            Why = eligible == 0 ? "None of its executions could be judged." : $"{Bad(excess)}{(eligible < needed ? $" {Sentences.Count(eligible, "execution")} are too few to tell: {needed:N0} are needed." : "")}{Burnt(burns)}",
            Exchanges = tally.Exchanges,
            Eligible = eligible,
            Excluded = Reasons(tally.ByEligibility),
            Burns = burns,
        };

        string Bad(ExcessShare found) => $"{Share(found.Share)} of the executions are bad (an error, or slower than {Sentences.Times(objective.AtMost)} the old server's and than {Sentences.Duration(objective.FloorMicroseconds)}), "
            + $"{(double.IsNaN(found.Noise) ? "and how many are so by chance is not known from one run" : $"{Share(found.Noise)} are so when the old server is compared with itself")}: "
            + $"{Share(Math.Max(0, found.Excess))} more ({Share(Math.Max(0, found.Low))} to {Share(Math.Max(0, found.High))}) where {Share(objective.Budget)} may be.";
    }

    private static string Burnt(IReadOnlyList<Burn> burns) => burns.Count == 0 ? "" :
        $" It burns where it should not: {string.Join("; ", burns.Take(Shown).Select(burn => $"{Moment(burn.FromMicroseconds)} to {Moment(burn.ToMicroseconds)} UTC, {Sentences.Times(burn.Rate)} as fast as it may"))}.";

    private static string Moment(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ToString("yyyy-MM-dd HH:mm:ss");

    private static string Share(double share) => $"{(share * 100).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} %";

    private ObjectiveOutcome Latency(Objective objective)
    {
        var missed = new List<(ShapeComparison Shape, QuantileRatio Ratio)>();
        var open = new List<(ShapeComparison Shape, QuantileRatio Ratio)>();
        int judged = 0, rare = 0;
        long eligible = 0, exchanges = 0;
        var excluded = new long[EligibilityRule.Reasons];
        foreach (var shape in Of(objective))
        {
            exchanges += shape.Captured;
            for (var reason = 1; reason < excluded.Length; reason++)
            {
                excluded[reason] += shape.ByEligibility[reason];
            }

            if (samples[shape.Number] is not { } sample)
            {
                continue;
            }

            eligible += sample.Executions;
            if (QuantileRatio.Estimate(sample.Histograms[..input.BaselineRuns], sample.Histograms[input.BaselineRuns..], objective.Quantile) is not { } ratio)
            {
                rare++;
                continue;
            }

            judged++;
            var floor = objective.FloorMicroseconds;
            if (ratio.Ratio.High > objective.AtMost && ratio.BaselineMicroseconds * ratio.Ratio.High > floor)
            {
                (ratio.Ratio.Low > objective.AtMost && ratio.BaselineMicroseconds * ratio.Ratio.Low > floor ? missed : open).Add((shape, ratio));
            }
        }

        var needed = QuantileRatio.Needed(objective.Quantile);
        var verdict = missed.Count > 0 ? ObjectiveVerdict.Missed : open.Count > 0 || judged == 0 ? ObjectiveVerdict.Undecided : ObjectiveVerdict.Met;
        var p = $"p{objective.Quantile * 100:0.##}";
        var limit = $"more than {Sentences.Times(objective.AtMost)} the old server's and than {Sentences.Duration(objective.FloorMicroseconds)}";
        var why = missed.Count > 0 ? $"The {p} of {Sentences.Count(missed.Count, "shape")} is {limit}: {Examples(missed)}."
            : open.Count > 0 ? $"The {p} of {Sentences.Count(open.Count, "shape")} may be {limit}: {Examples(open)}."
            : judged == 0 ? $"No shape has the {needed:N0} executions that a {p} needs."
            : $"The {p} of {Sentences.Count(judged, "shape")} is not {limit}.";
        return new ObjectiveOutcome
        {
            Objective = objective,
            Verdict = verdict,
            Why = rare > 0 && judged > 0 ? $"{why} {Sentences.Count(rare, "shape")} with fewer than {needed:N0} executions {(rare == 1 ? "is" : "are")} not judged." : why,
            Exchanges = exchanges,
            Eligible = eligible,
            Excluded = Reasons(excluded),
        };
    }

    private static string Examples(List<(ShapeComparison Shape, QuantileRatio Ratio)> found) => string.Join("; ", found.OrderByDescending(one => one.Ratio.Ratio.Estimate).Take(Shown).Select(one =>
        $"\"{Sentences.Short(one.Shape.Sql, SqlLength)}\" {Sentences.Times(one.Ratio.Ratio.Estimate)} ({Sentences.Ratio(one.Ratio.Ratio.Low)} - {Sentences.Ratio(one.Ratio.Ratio.High)}), {Sentences.Duration(one.Ratio.BaselineMicroseconds)} to {Sentences.Duration(one.Ratio.CandidateMicroseconds)}"))
        + (found.Count > Shown ? $"; and {found.Count - Shown:N0} more" : "");

    private ObjectiveOutcome NewErrors(Objective objective, IReadOnlyList<ErrorFinding> errors)
    {
        var named = Of(objective);
        var numbers = named.ToDictionary(shape => shape.Number);
        var fresh = errors.Where(error => error.IsFailure && numbers.ContainsKey(error.Shape)).ToArray();
        var examples = string.Join("; ", fresh.Take(Shown).Select(error => $"{error.Code} in \"{Sentences.Short(numbers[error.Shape].Sql, SqlLength)}\""));
        var exchanges = named.Sum(shape => shape.Captured);
        var failing = named.Sum(shape => shape.ByEligibility[(int)Eligibility.FailedInProduction]);
        return new ObjectiveOutcome
        {
            Objective = objective,
            Verdict = fresh.Length > objective.Errors ? ObjectiveVerdict.Missed : ObjectiveVerdict.Met,
            Why = $"{Sentences.Count(fresh.Length, "new error")} where {objective.Errors:N0} {(objective.Errors == 1 ? "is" : "are")} allowed{(fresh.Length == 0 ? "" : $": {examples}")}.",
            Exchanges = exchanges,
            Eligible = exchanges - failing,
            Excluded = failing == 0 ? [] : [(Eligibility.FailedInProduction.Name(), failing)],
        };
    }

    private static (string Reason, long Count)[] Reasons(long[] byEligibility) =>
        [.. Enumerable.Range(1, byEligibility.Length - 1).Where(reason => byEligibility[reason] > 0).OrderByDescending(reason => byEligibility[reason]).Select(reason => (((Eligibility)reason).Name(), byEligibility[reason]))];
}
