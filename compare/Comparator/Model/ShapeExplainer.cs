using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Adds to the shapes that a reader will ask about what their plans and the servers' differences say.</summary>
internal sealed class ShapeExplainer(PlanComparer plans, IReadOnlyList<ServerDifference> differences)
{
    /// <summary>Shapes that lead in total time are explained even if nothing became of them: so many.</summary>
    public const int MostLeading = 20;

    /// <summary>Shapes that are explained at most; further ones are in the tables without it.</summary>
    public const int MostExplained = 500;

    /// <summary>The shapes, some with explanations, in their order.</summary>
    public IEnumerable<ShapeComparison> Explain(IReadOnlyList<ShapeComparison> shapes)
    {
        var leading = shapes.OrderByDescending(shape => shape.Decision.TimeShare).Take(MostLeading).Select(shape => shape.Number).ToHashSet();
        var explained = 0;
        foreach (var shape in shapes)
        {
            var isAsked = IsChanged(shape) || leading.Contains(shape.Number);
            yield return isAsked && shape.Exclusion == Eligibility.Compared && explained++ < MostExplained ? Explain(shape) : shape;
        }
    }

    private static bool IsChanged(ShapeComparison shape) =>
        shape.Decision.Verdict is ShapeVerdict.Regressed or ShapeVerdict.Slower or ShapeVerdict.Improved || shape.NewErrors.Count > 0 || HasOtherAnswers(shape);

    private static bool HasOtherAnswers(ShapeComparison shape) =>
        shape.Results.Kind is ResultKind.CountDifferent or ResultKind.ValueDifferent or ResultKind.FormatDifferent or ResultKind.OrderDifferentWithOrderBy or ResultKind.OrderDifferent or ResultKind.Arbitrary or ResultKind.LimitTie;

    private ShapeComparison Explain(ShapeComparison shape)
    {
        var comparison = plans.Compare(shape.Hex, shape.Sql);
        var asked = new ExplainedShape
        {
            Plans = comparison,
            Tables = plans.Tables(shape.Sql, comparison),
            IsSlower = shape.Decision.Verdict is ShapeVerdict.Regressed or ShapeVerdict.Slower,
            IsWrite = shape.Class == "write",
            HasNewErrors = shape.NewErrors.Count > 0,
            HasOtherAnswers = HasOtherAnswers(shape),
            Users = (shape.Causes?.Findings ?? []).SelectMany(finding => finding.Same.Prepend(finding)).Where(finding => finding.Dimension == CauseDimension.User).Select(finding => finding.Value!).ToHashSet(StringComparer.Ordinal),
        };
        // The texts are those of the execution that is told of.
        return shape with { Plans = comparison, BaselinePlan = comparison.BaselineText ?? shape.BaselinePlan, CandidatePlan = comparison.CandidateText ?? shape.CandidatePlan, Explanations = IsChanged(shape) || comparison.Changes.Count > 0 ? Explainer.Rank(differences, asked) : [] };
    }
}
