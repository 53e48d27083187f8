using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares the plans that the runs of both sides stored of a shape.</summary>
/// <param name="input">Runs and workload.</param>
/// <param name="baseline">The old side's plans by fingerprint.</param>
/// <param name="candidate">The new side's.</param>
internal sealed class PlanComparer(ComparisonInput input, IReadOnlyDictionary<string, StoredPlan> baseline, IReadOnlyDictionary<string, StoredPlan> candidate)
{
    private readonly PlanNames _names = new();
    private readonly RunOutcome[] _outcome = new RunOutcome[1];

    private Engine Engine => input.Runs[0].Manifest.Engine;

    /// <summary>The old side's plan as text; null if there is none.</summary>
    public string? Baseline(string hex) => baseline.GetValueOrDefault(hex)?.Text;

    /// <summary>The new side's.</summary>
    public string? Candidate(string hex) => candidate.GetValueOrDefault(hex)?.Text;

    /// <summary>In what the plans of a shape differ.</summary>
    public PlanComparison Compare(string hex, string sql)
    {
        var names = _names.Of(Engine, sql);
        PlanTree? old = Resolved(baseline.GetValueOrDefault(hex)?.Tree, names), fresh = Resolved(candidate.GetValueOrDefault(hex)?.Tree, names);
        var changes = old is null || fresh is null ? [] : PlanDiffer.Compare(old.Root, fresh.Root);
        return new PlanComparison(old, fresh, changes, fresh?.Root is { } root ? Expected(root) : null, Found(candidate.GetValueOrDefault(hex)?.Position));
    }

    /// <summary>The tables that a shape touches: by its text, and by its plans where views and functions hide them.</summary>
    public IReadOnlySet<string> Tables(string sql, PlanComparison plans)
    {
        var tables = _names.Of(Engine, sql).Values.ToHashSet(StringComparer.Ordinal);
        tables.UnionWith((plans.Baseline?.Root.All ?? []).Concat(plans.Candidate?.Root.All ?? []).Select(node => node.Relation).OfType<string>());
        return tables;
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
