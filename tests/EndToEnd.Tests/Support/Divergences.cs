namespace Replay.EndToEnd.Tests.Support;

/// <summary>Compares a run with the workload that it replayed, exchange by exchange.</summary>
internal static class Divergences
{
    // What may be left out: it is in the snapshot already, it was the snapshot tool's own, or production refused it for what others did.
    private static readonly string[] RightfulReasons = ["in_snapshot", "before_snapshot", "snapshot_tool", "victim_in_capture"];

    /// <summary>What went otherwise than production; empty if nothing did.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(string workload, string run)
    {
        var captured = await ShownWorkload.OfWorkloadAsync(workload);
        var replayed = (await ShownWorkload.OfRunAsync(run)).Exchanges.ToDictionary(e => e.Key);
        var found = new List<string>();
        foreach (var before in captured.Exchanges)
        {
            if (!replayed.TryGetValue(before.Key, out var after))
            {
                found.Add($"{before.Key} is not in the run: {before.Sql}");
            }
            else if (after.Status == "failed" || (after.Status == "skipped" && !RightfulReasons.Contains(after.Reason)))
            {
                found.Add($"{before.Key} {after.Status} ({after.Reason}): {before.Command} {before.Sql}");
            }
            else if (after.Status == "replayed" && (before.Rows, before.Affected, before.ErrorCode) != (after.Rows, after.Affected, after.ErrorCode))
            {
                found.Add($"{before.Key} {before.Sql}: rows, affected, error were {(before.Rows, before.Affected, before.ErrorCode)} and are {(after.Rows, after.Affected, after.ErrorCode)}");
            }
        }

        return found;
    }
}
