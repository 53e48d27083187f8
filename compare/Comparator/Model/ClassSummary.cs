namespace Replay.Comparator;

/// <summary>The shapes of one class together: what was compared of reads, writes, transaction control, session state, health checks, set-up ...</summary>
/// <param name="Name">The class.</param>
/// <param name="Shapes">Its shapes.</param>
/// <param name="Exchanges">Their exchanges in the workload.</param>
/// <param name="Compared">Those whose time was compared.</param>
/// <param name="TimeShare">Their share of the time of all paired exchanges.</param>
/// <param name="Regressed">Shapes that regressed by more than is accepted.</param>
/// <param name="Failing">Shapes that make the whole fail, for whatever reason.</param>
public sealed record ClassSummary(string Name, int Shapes, long Exchanges, long Compared, double TimeShare, int Regressed, int Failing)
{
    /// <summary>The classes that occur, those with the most time first.</summary>
    public static IReadOnlyList<ClassSummary> Of(IReadOnlyList<ShapeComparison> shapes) =>
    [
        .. shapes.GroupBy(shape => shape.Class, StringComparer.Ordinal)
            .Select(group => new ClassSummary(
                group.Key, group.Count(), group.Sum(shape => shape.Captured), group.Sum(shape => shape.ByEligibility[(int)Eligibility.Compared]), group.Sum(shape => shape.Decision.TimeShare),
                group.Count(shape => shape.IsSlowerThanAccepted), group.Count(shape => shape.IsFailure)))
            .OrderByDescending(one => one.TimeShare).ThenByDescending(one => one.Exchanges).ThenBy(one => one.Name, StringComparer.Ordinal),
    ];
}
