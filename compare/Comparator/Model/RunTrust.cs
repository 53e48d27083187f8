using System.Globalization;

namespace Replay.Comparator;

/// <summary>Whether a run can be trusted, and why not.</summary>
internal static class RunTrust
{
    // Of one processor, and of what the quietest run of the side had beside it: equal runs give a target on the same host equal work.
    private const double MostNeighbours = 0.5;
    private const double MostNeighboursShare = 0.25;

    /// <summary>A line for each reason; none if it can be.</summary>
    /// <param name="run">The run.</param>
    /// <param name="account">What became of its exchanges.</param>
    /// <param name="side">All runs of its side.</param>
    public static IReadOnlyList<string> Distrust(ComparedRun run, RunAccount account, IEnumerable<ComparedRun> side)
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

        // A slice's neighbour is there for both servers.
        if (manifest.Slices is null && manifest.OtherProcessors is { } others && side.MinBy(one => one.Manifest.OtherProcessors) is { Manifest.OtherProcessors: { } least } quietest
            && others - least > Math.Max(MostNeighbours, MostNeighboursShare * least))
        {
            why.Add(string.Create(CultureInfo.InvariantCulture, $"something else kept {others - least:0.0} processors of the replayer's host busy during it and not during {quietest.Label}; repeat it when the host is quiet"));
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
