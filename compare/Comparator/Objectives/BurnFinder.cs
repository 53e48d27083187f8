using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>
/// Where the budget of bad executions burnt too fast: by windows of two lengths, of which the shorter says that it still burns, as Google's SRE Workbook has them (chapter 5, multiwindow alerts: 5 minutes and an hour above 14.4, half an hour
/// and six hours above 6). A workload of less than a day has windows as long as they would be of a day: 1 and 12, 6 and 72 of 288 blocks.
/// </summary>
internal static class BurnFinder
{
    private const int MostBurns = 5;

    // A window holds enough to speak of a rate.
    private const int FewestBad = 5;

    private static readonly (int Short, int Long, double Rate)[] Windows = [(1, 12, 14.4), (6, 72, 6)];

    /// <summary>The stretches, the worst first.</summary>
    public static IReadOnlyList<Burn> Find(GoodTally tally, int baselineRuns, int runs, TimeBlocks time)
    {
        var candidates = Enumerable.Range(baselineRuns, runs - baselineRuns).Select(tally.Counts).ToArray();
        var baselines = baselineRuns < 2 ? [] : Enumerable.Range(0, baselineRuns).Select(tally.Counts).ToArray();
        var burns = new bool[time.Count];
        for (var block = 0; block < time.Count; block++)
        {
            foreach (var (less, more, rate) in Windows)
            {
                var (ofShort, _) = Rate(candidates, baselines, Math.Max(0, block - less + 1), block, tally.Objective.Budget);
                var (ofLong, bad) = Rate(candidates, baselines, Math.Max(0, block - more + 1), block, tally.Objective.Budget);
                burns[block] |= ofShort > rate && ofLong > rate && bad >= FewestBad;
            }
        }

        var found = new List<Burn>();
        for (var from = 0; from < time.Count; from++)
        {
            if (!burns[from])
            {
                continue;
            }

            var to = from;
            while (to + 1 < time.Count && burns[to + 1])
            {
                to++;
            }

            found.Add(new Burn(time.BeginOf(from), time.BeginOf(to + 1), Rate(candidates, baselines, from, to, tally.Objective.Budget).Rate));
            from = to;
        }

        return [.. found.OrderByDescending(burn => burn.Rate * (burn.ToMicroseconds - burn.FromMicroseconds)).Take(MostBurns)];
    }

    private static (double Rate, long Bad) Rate(ShareCounts[] candidates, ShareCounts[] baselines, int from, int to, double budget)
    {
        var (share, bad) = Share(candidates, from, to);
        var noise = baselines.Length == 0 ? 0 : Share(baselines, from, to).Share;
        return ((share - noise) / budget, bad / candidates.Length);
    }

    private static (double Share, long Bad) Share(ShareCounts[] runs, int from, int to)
    {
        long bad = 0, judged = 0;
        foreach (var run in runs)
        {
            for (var block = from; block <= to; block++)
            {
                bad += run.Such[block];
                judged += run.Of[block];
            }
        }

        return (judged == 0 ? 0 : (double)bad / judged, bad);
    }
}
