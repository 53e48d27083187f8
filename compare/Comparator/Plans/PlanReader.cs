using System.Text.Json;

namespace Replay.Comparator;

/// <summary>Plans of all engines and versions as one kind of tree.</summary>
internal static class PlanReader
{
    /// <summary>The tree of what a run stored; null if it cannot be told.</summary>
    /// <param name="json">The plan as JSON; null if there is none.</param>
    /// <param name="plan">The plan for people; null if there is none.</param>
    public static PlanTree? Read(string? json, string? plan)
    {
        if (json is null)
        {
            return plan is null ? null : MySqlTablePlan.Read(plan);
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? PostgresPlan.Read(root)
                : root.TryGetProperty("query_plan", out _) ? MySqlTreePlan.Read(root)
                : root.TryGetProperty("query_block", out _) ? MySqlBlockPlan.Read(root)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            // A server newer than this program: its plan is still shown as text.
            return null;
        }
    }
}
