using System.Globalization;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Finds what sets the slow executions of a sample apart.</summary>
internal static class CauseFinder
{
    /// <summary>Findings of a shape.</summary>
    public const int MostFindings = 5;

    // Slow is what is beyond this and beyond the border between the two groups that the executions fall into.
    private static readonly double LeastLogRatio = Math.Log(1.2);

    // A value sets executions apart if they are slow at least so many times as often, for certain.
    private const double LeastRiskRatio = 1.5;

    // Of the same executions one value is told, the others beside it.
    private const double SameExecutions = 0.9;

    private const int MostSlowest = 3;
    private const int LeastExecutions = 20;
    private const int ConcurrencyBins = 4;

    public static ShapeCauses Find(ExecutionSample sample, BusyTimeline timeline, IReadOnlyDictionary<int, string> columns, bool showLiterals)
    {
        var kept = sample.Kept;
        double[] ratios = [.. kept.Select(execution => execution.LogRatio)];
        var split = TwoGroups.Border(ratios);
        var border = double.IsNaN(split) ? LeastLogRatio : Math.Max(LeastLogRatio, split);
        bool[] slow = [.. ratios.Select(ratio => ratio > border)];
        var executions = new SlowExecutions(slow, [.. kept.Select(execution => execution.Excess)], [Numbered(kept.Select(execution => execution.Session)), [.. kept.Select(execution => execution.Block)]]);
        var findings = kept.Count < LeastExecutions ? [] : Findings(sample, executions, Dimensions(sample, timeline), columns, showLiterals);
        var slowest = Enumerable.Range(0, kept.Count).Where(i => slow[i]).Select(i => kept[i]).OrderByDescending(execution => execution.Excess).ThenBy(execution => execution.Session).ThenBy(execution => execution.Ordinal).Take(MostSlowest);
        return new ShapeCauses(kept.Count, sample.All, slow.LongCount(one => one), Math.Exp(border), findings, [.. slowest.Select(execution => new SlowExecution(execution.Session, execution.Ordinal, execution.Old, execution.Old + execution.Excess))], sample.SlowInEachRun.Positions());
    }

    private static List<CauseFinding> Findings(ExecutionSample sample, SlowExecutions executions, IReadOnlyList<Values> dimensions, IReadOnlyDictionary<int, string> columns, bool showLiterals)
    {
        // Values that are too rare to be found, or that all executions have, are no tests.
        var tests = dimensions.Sum(dimension => dimension.Numbers.Where(number => number >= 0).GroupBy(number => number).Count(value => value.Count() >= RiskRatios.LeastSlow && value.Count() < dimension.Numbers.Length));
        var candidates = dimensions.SelectMany(dimension => RiskRatios.Of(dimension.Numbers, executions, tests).Where(contrast => contrast.RiskRatio.Low >= LeastRiskRatio && (dimension.Dimension != CauseDimension.Plan || sample.Explained!.IsOfTheSlow(contrast.Value, sample.Kept, executions.Slow))).Select(contrast => (Dimension: dimension, Contrast: contrast)))
            .OrderByDescending(one => one.Contrast.Weight).ThenBy(one => one.Dimension.Dimension).ThenBy(one => one.Contrast.Value).ToArray();
        var findings = new List<(List<CauseFinding> Same, bool[] Members)>();
        foreach (var (dimension, contrast) in candidates)
        {
            bool[] members = [.. dimension.Numbers.Select(number => number == contrast.Value)];
            var finding = Finding(dimension, contrast, columns, showLiterals);
            var like = findings.Find(other => Overlap.Of(other.Members, members) > SameExecutions);
            if (like.Same is not null)
            {
                like.Same.Add(finding);
            }
            else if (findings.Count < MostFindings)
            {
                findings.Add(([finding], members));
            }
        }

        return [.. findings.Select(one => Led(one.Same))];
    }

    // Whose executions they are says whom it hits, their plan why: that is told, the others beside it.
    private static CauseFinding Led(List<CauseFinding> same)
    {
        var first = same.Find(finding => finding.Dimension == CauseDimension.Plan) ?? same[0];
        return first with { Same = [.. same.Where(finding => finding != first)] };
    }

    private static CauseFinding Finding(Values dimension, ValueContrast contrast, IReadOnlyDictionary<int, string> columns, bool showLiterals)
    {
        var name = dimension.Name;
        if (dimension.Dimension == CauseDimension.Parameter && columns.TryGetValue(int.Parse(name["parameter ".Length..], CultureInfo.InvariantCulture) - 1, out var column))
        {
            name = $"{column} ({name})";
        }

        var value = dimension.Dimension == CauseDimension.Parameter && !showLiterals ? null : dimension.ValueOf(contrast.Value);
        return new CauseFinding(dimension.Dimension, name, value, contrast, []);
    }

    private static List<Values> Dimensions(ExecutionSample sample, BusyTimeline timeline)
    {
        var dimensions = new List<Values>();
        for (var place = 0; place < sample.Dimensions.Count; place++)
        {
            var (dimension, name, table) = sample.Dimensions[place];
            int[] numbers = [.. sample.Kept.Select(execution => place < execution.Values.Length ? execution.Values[place] : -1)];
            if (dimension == CauseDimension.Tag)
            {
                var none = table.NumberOf(CauseWords.NoTag);
                numbers = [.. numbers.Select(number => number < 0 ? none : number)];
            }

            dimensions.Add(new Values(dimension, name, numbers, number => table[number]));
        }

        dimensions.Add(Concurrency(sample, timeline));
        if (sample.Explained is { } explained)
        {
            dimensions.Add(new Values(CauseDimension.Plan, "plan", [.. sample.Kept.Select(execution => explained.PlanOf(execution.Parameters))], plan => explained.Plans[plan]));
        }

        return dimensions;
    }

    // Bins of about equal numbers of executions.
    private static Values Concurrency(ExecutionSample sample, BusyTimeline timeline)
    {
        double[] busy = [.. sample.Kept.Select(execution => timeline.At(execution.RequestedAt))];
        double[] sorted = [.. busy.Order()];
        double[] borders = sorted.Length == 0 ? [] : [.. Enumerable.Range(1, ConcurrencyBins - 1).Select(i => sorted[i * sorted.Length / ConcurrencyBins]).Distinct()];
        int[] numbers = [.. busy.Select(value => borders.Count(border => value > border))];
        return new Values(CauseDimension.Concurrency, "concurrency", numbers, bin => CauseWords.Concurrency(bin == 0 ? 0 : borders[bin - 1], bin < borders.Length ? borders[bin] : double.PositiveInfinity));
    }

    private static int[] Numbered(IEnumerable<int> values)
    {
        var numbers = new Dictionary<int, int>();
        return [.. values.Select(value => numbers.TryGetValue(value, out var number) ? number : numbers[value] = numbers.Count)];
    }

    private sealed record Values(CauseDimension Dimension, string Name, int[] Numbers, Func<int, string> ValueOf);
}
