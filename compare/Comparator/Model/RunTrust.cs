namespace Replay.Comparator;

/// <summary>Whether a run can be trusted, and why not.</summary>
internal static class RunTrust
{
    public static IReadOnlyList<string> Distrust(ComparedRun run, RunAccount account)
    {
        var why = new List<string>();
        var manifest = run.Manifest;
        if (manifest.EndedAt is null)
        {
            why.Add("it did not end (it is still going on, or was killed)");
        }
        else if (!manifest.Fitness.Fit)
        {
            why.Add(manifest.Fitness.Reasons.Count > 0 ? string.Join("; ", manifest.Fitness.Reasons) : "its certificate calls it unfit");
        }

        if (account.NotReached > 0)
        {
            why.Add($"it did not come to {Sentences.Count(account.NotReached, "exchange")}");
        }

        if (run.TornTail is { } torn)
        {
            why.Add(torn);
        }

        if (manifest.EndedAt is not null && manifest.Replayed != account.Replayed)
        {
            why.Add($"its manifest counts {manifest.Replayed:N0} replayed exchanges, its outcomes {account.Replayed:N0}");
        }

        return why;
    }
}
