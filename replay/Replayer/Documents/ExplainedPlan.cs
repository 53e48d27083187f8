namespace Replay.Replayer;

/// <summary>One plan of <c>plans.json</c>, in which a shape may have several: that of its first execution comes first.</summary>
/// <param name="Shape">The shape's 32 digits.</param>
/// <param name="Position">The exchange that was explained.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Plan">The plan as the server prints it for people; null if it could not be had.</param>
/// <param name="Tree">The same as the server's JSON; null if the server has none for such a statement.</param>
/// <param name="Error">Why there is no plan; null if there is one.</param>
public sealed record ExplainedPlan(string Shape, long Position, string Sql, string? Plan, string? Tree, string? Error);

/// <summary>What EXPLAIN answered.</summary>
/// <param name="Plan">The plan for people; null if there is none.</param>
/// <param name="Tree">The plan as JSON; null if there is none.</param>
/// <param name="Error">Why there is no plan.</param>
public readonly record struct Explanation(string? Plan, string? Tree, string? Error)
{
    /// <summary>There is no plan.</summary>
    public static Explanation None(string? error) => new(null, null, error);
}
