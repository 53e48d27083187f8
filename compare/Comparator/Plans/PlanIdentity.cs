namespace Replay.Comparator;

/// <summary>What makes two plans one and the same: steps, tables and indexes, not the numbers of rows and costs that a planner expects.</summary>
internal static class PlanIdentity
{
    private const int MostScans = 3;

    /// <summary>Equal for plans that do the same.</summary>
    public static string Of(PlanNode node) => $"{node.Step} {node.Relation} {node.Index}({string.Join(',', node.Children.Select(Of))})";

    /// <summary>A plan in short: <c>sequential scan on orders</c>, <c>index scan on items_order and sequential scan on orders, hash join</c>.</summary>
    public static string Words(PlanNode root)
    {
        string[] scans = [.. root.Scans.Select(PlanDiffer.Words)];
        var told = string.Join(" and ", scans.Length > MostScans ? [.. scans.Take(MostScans - 1), $"{scans.Length - MostScans + 1} more"] : scans.DefaultIfEmpty(root.Name));
        return string.Join(", ", [told, .. root.All.Where(node => node.Step.IsJoin()).Select(node => node.Step.Words()).Distinct(StringComparer.Ordinal)]);
    }
}
