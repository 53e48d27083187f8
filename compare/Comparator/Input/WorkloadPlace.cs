namespace Replay.Comparator;

/// <summary>Finds the workload that the runs replayed.</summary>
internal static class WorkloadPlace
{
    public static string Find(IReadOnlyList<ComparedRun> runs, string? given)
    {
        if (given is not null)
        {
            return given;
        }

        var recorded = runs[0].Manifest.WorkloadFolder;
        var beside = Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(runs[0].Folder))) ?? ".", Path.GetFileName(Path.TrimEndingDirectorySeparator(recorded)));
        return Directory.Exists(recorded) ? recorded
            : Directory.Exists(beside) ? beside
            : throw new ComparisonException($"the workload is not where the run {runs[0].Name} says ({recorded}); tell where it is now with --workload");
    }
}
