namespace Replay.Comparator;

/// <summary>What of a shape the ranking of explanations looks at.</summary>
internal sealed record ExplainedShape
{
    public required PlanComparison Plans { get; init; }

    /// <summary>The tables that it touches, as far as its text and its plans tell.</summary>
    public required IReadOnlySet<string> Tables { get; init; }

    public required bool IsSlower { get; init; }

    public required bool IsWrite { get; init; }

    public required bool HasNewErrors { get; init; }

    /// <summary>Whether its answers are others: rows, values, order or form.</summary>
    public required bool HasOtherAnswers { get; init; }

    /// <summary>The users that set its slow executions apart.</summary>
    public IReadOnlySet<string> Users { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public bool HasOtherPlan => Plans.IsOtherPlan;

    public bool HasOtherJoins => Plans.Changes.Any(change => change.Kind is PlanChangeKind.JoinMethod or PlanChangeKind.JoinOrder or PlanChangeKind.Access);

    public IEnumerable<PlanStep> ChangedSteps => Plans.Changes.SelectMany(change => new[] { change.Before?.Step, change.After?.Step }).OfType<PlanStep>();

    public IEnumerable<PlanStep> Steps => (Plans.Candidate?.Root.All ?? []).Concat(Plans.Baseline?.Root.All ?? []).Select(node => node.Step);
}

/// <summary>Ranks the differences between the servers by whether they can explain what became of a shape.</summary>
internal static class Explainer
{
    /// <summary>Explanations that a shape gets.</summary>
    public const int MostExplanations = 5;

    private const int Least = 20;

    /// <summary>Those that can, the best first.</summary>
    public static IReadOnlyList<Explanation> Rank(IReadOnlyList<ServerDifference> differences, ExplainedShape shape)
    {
        Explanation[] ranked = [.. differences.Select(one => new Explanation(one, Score(one, shape))).Where(one => one.Score >= Least).OrderByDescending(one => one.Score).ThenBy(one => one.Difference.Name, StringComparer.Ordinal).Take(MostExplanations)];

        // Beside something definite what might play a part as well only distracts.
        var best = ranked.Length == 0 ? 0 : ranked[0].Score;
        return [.. ranked.Where(one => one.Score * 2 > best)];
    }

    private static int Score(ServerDifference difference, ExplainedShape shape) => difference.Kind switch
    {
        ServerDifferenceKind.Index => !Touches(difference, shape) || !(shape.IsSlower || shape.HasOtherPlan) ? 0 : UsesIndex(difference.Name, difference.Candidate is null ? shape.Plans.Baseline : shape.Plans.Candidate ?? shape.Plans.Baseline) ? 100 : shape.HasOtherPlan ? 40 : 20,
        ServerDifferenceKind.Table => Touches(difference, shape) && (shape.HasNewErrors || shape.IsSlower) ? 95 : 0,
        ServerDifferenceKind.Statistics => !Touches(difference, shape) ? 0 : shape.HasOtherPlan ? 80 : shape.IsSlower ? 35 : 0,
        ServerDifferenceKind.Column => !Touches(difference, shape) ? 0
            : difference.Candidate is null && shape.HasNewErrors ? 95
            : shape.HasOtherAnswers ? 85
            : shape.HasOtherPlan && IsInConditions(difference.Name, shape) ? 85 : shape.IsSlower ? 25 : 0,
        ServerDifferenceKind.UserSetting => UserScore(difference, shape),
        ServerDifferenceKind.Setting => difference.Baseline is null || difference.Candidate is null ? SettingEffects.Score(difference.Name, shape) / 2 : SettingEffects.Score(difference.Name, shape),
        ServerDifferenceKind.Database => shape.HasOtherAnswers ? 60 : shape.HasOtherPlan ? 25 : 0,
        ServerDifferenceKind.Extension => shape.HasNewErrors && difference.Candidate is null ? 55 : 0,
        _ => shape.HasOtherPlan || shape.HasNewErrors || shape.HasOtherAnswers ? Least : 0,
    };

    // A user whose executions are the slow ones, and a setting that only these have, belong together even if the plan that is known is another user's.
    private static int UserScore(ServerDifference difference, ExplainedShape shape)
    {
        var own = SettingEffects.Score(difference.Name, shape);
        return shape.Users.Contains(difference.User!) && (SettingEffects.IsPlanners(difference.Name) || own > 0) ? 95 : own > 0 ? Math.Max(Least, own - 10) : 0;
    }

    private static bool Touches(ServerDifference difference, ExplainedShape shape) => difference.Table is { } table && shape.Tables.Contains(table);

    private static bool UsesIndex(string index, PlanTree? plan) => plan?.Root.All.Any(node => node.Index?.Split(", ").Contains(index, StringComparer.Ordinal) == true) == true;

    private static bool IsInConditions(string column, ExplainedShape shape) =>
        (shape.Plans.Baseline?.Root.All ?? []).Concat(shape.Plans.Candidate?.Root.All ?? []).Any(node => node.Columns.Contains(column, StringComparer.Ordinal));
}
