using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares the plans that the runs of both sides stored of a shape.</summary>
/// <param name="input">Runs and workload.</param>
/// <param name="baseline">The old side's plans by fingerprint.</param>
/// <param name="candidate">The new side's.</param>
internal sealed class PlanComparer(ComparisonInput input, IReadOnlyDictionary<string, IReadOnlyList<StoredPlan>> baseline, IReadOnlyDictionary<string, IReadOnlyList<StoredPlan>> candidate)
{
    private readonly PlanNames _names = new();
    private readonly RunOutcome[] _outcome = new RunOutcome[1];

    private Engine Engine => input.Runs[0].Manifest.Engine;

    /// <summary>The old side's plan of a shape's first execution as text; null if there is none.</summary>
    public string? Baseline(string hex) => First(Of(baseline, hex))?.Text;

    /// <summary>The new side's.</summary>
    public string? Candidate(string hex) => First(Of(candidate, hex))?.Text;

    /// <summary>In what the plans of a shape differ: those of its first execution, unless these are alike and those of another execution that both sides explained are not.</summary>
    public PlanComparison Compare(string hex, string sql)
    {
        var names = _names.Of(Engine, sql);
        var pairs = Pairs(hex).Select((pair, i) => (Comparison: Compare(pair.Old, pair.Fresh, names), pair.Fresh?.Position, IsFirst: i == 0)).ToArray();
        var told = pairs.FirstOrDefault(pair => pair.Comparison.IsOtherPlan, pairs.FirstOrDefault(pair => pair.Comparison.IsKnown, pairs[0]));
        return told.Comparison with { Execution = told.Position is { } position ? At(position) : null, IsFirst = told.IsFirst };
    }

    /// <summary>The executions of a shape that the new side explained, by their positions, with their plans as far as they can be read.</summary>
    public IReadOnlyList<(long Position, PlanNode Root)> Explained(string hex, string sql)
    {
        var names = _names.Of(Engine, sql);
        return [.. Of(candidate, hex).Where(plan => plan.Tree is not null && plan.Position < input.Count).Select(plan => (plan.Position!.Value, PlanNames.Resolve(plan.Tree!.Root, names)))];
    }

    /// <summary>The tables that a shape touches: by its text, and by its plans where views and functions hide them.</summary>
    public IReadOnlySet<string> Tables(string sql, PlanComparison plans)
    {
        var tables = _names.Of(Engine, sql).Values.ToHashSet(StringComparer.Ordinal);
        tables.UnionWith((plans.Baseline?.Root.All ?? []).Concat(plans.Candidate?.Root.All ?? []).Select(node => node.Relation).OfType<string>());
        return tables;
    }

    private static IReadOnlyList<StoredPlan> Of(IReadOnlyDictionary<string, IReadOnlyList<StoredPlan>> side, string hex) => side.GetValueOrDefault(hex) ?? [];

    private static StoredPlan? First(IReadOnlyList<StoredPlan> plans) => plans.Count > 0 ? plans[0] : null;

    // Of the same executions. Runs that do not tell which they explained have the first.
    private List<(StoredPlan? Old, StoredPlan? Fresh)> Pairs(string hex)
    {
        IReadOnlyList<StoredPlan> olds = Of(baseline, hex), news = Of(candidate, hex);
        var pairs = olds.Where(plan => plan.Position is not null).Join(news, plan => plan.Position, plan => plan.Position, (old, fresh) => ((StoredPlan?)old, (StoredPlan?)fresh)).ToList();
        return pairs.Count > 0 ? pairs : [(First(olds), First(news))];
    }

    private PlanComparison Compare(StoredPlan? before, StoredPlan? after, IReadOnlyDictionary<string, string> names)
    {
        PlanTree? old = Resolved(before?.Tree, names), fresh = Resolved(after?.Tree, names);
        var changes = old is null || fresh is null ? [] : PlanDiffer.Compare(old.Root, fresh.Root);
        return new PlanComparison(old, fresh, changes, fresh?.Root is { } root ? Expected(root) : null, Found(after?.Position)) { BaselineText = before?.Text, CandidateText = after?.Text };
    }

    private PlannedExecution? At(long position)
    {
        if (position >= input.Count)
        {
            return null;
        }

        using var cursor = input.Workload.Read(position, ExchangeParts.WithoutRequest);
        return cursor.MoveNext() ? new PlannedExecution(cursor.Current.Session, cursor.Current.Ordinal) : null;
    }

    private static PlanTree? Resolved(PlanTree? tree, IReadOnlyDictionary<string, string> names) => tree is null ? null : tree with { Root = PlanNames.Resolve(tree.Root, names) };

    // What writes has no rows of its own: what is beneath it finds them. Steps above a LIMIT ... are what the client is answered.
    private static double? Expected(PlanNode root) => root.Step == PlanStep.Modify ? root.Children.Count == 1 ? Expected(root.Children[0]) : null : root.Rows;

    private long? Found(long? position)
    {
        if (position is not { } at || at >= input.Count || input.Runs.FirstOrDefault(run => run.IsCandidate) is not { } run)
        {
            return null;
        }

        run.Read(at, _outcome);
        var outcome = _outcome[0];
        return outcome is not { Status: RunStatus.Replayed, ErrorCode: 0 } ? null : outcome.Rows != RunOutcome.NoCount ? outcome.Rows : outcome.Affected != RunOutcome.NoCount ? outcome.Affected : null;
    }
}
