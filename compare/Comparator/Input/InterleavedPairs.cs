namespace Replay.Comparator;

/// <summary>Finds which runs played slices in turn.</summary>
internal static class InterleavedPairs
{
    /// <summary>
    /// Puts candidates into the order of the baseline runs that they were interleaved with, and calls them so. False, and nothing is changed, if not every run has its partner on the other
    /// side: runs of several pairs, or of one side only, are compared as if they had been played one after the other.
    /// </summary>
    public static bool Arrange(List<ComparedRun> runs, int baselineRuns)
    {
        if (runs.Count != 2 * baselineRuns || runs.Exists(run => run.Manifest.Slices is null))
        {
            return false;
        }

        var candidates = runs.GetRange(baselineRuns, baselineRuns);
        var partners = runs.Take(baselineRuns).Select(run => candidates.Find(candidate => candidate.Manifest.Slices!.Pair == run.Manifest.Slices!.Pair)).ToArray();
        if (partners.Contains(null) || partners.Distinct().Count() < baselineRuns)
        {
            return false;
        }

        for (var i = 0; i < baselineRuns; i++)
        {
            runs[baselineRuns + i] = partners[i]!;
            partners[i]!.Label = $"B{i + 1}";
        }

        return true;
    }
}
