namespace Replay.Comparator;

/// <summary>An execution to look at, with the commands that show it.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number in the session.</param>
/// <param name="What">Why it is worth looking at, in words.</param>
/// <param name="Commands">The commands, the new server's first.</param>
public sealed record Reproduction(int Session, int Ordinal, string What, IReadOnlyList<string> Commands);

/// <summary>Makes the commands by which a reader sees for himself.</summary>
internal static class Reproductions
{
    /// <summary>Executions that are told of a shape.</summary>
    public const int MostOfAShape = 3;

    // What a run was begun with that says who its sessions were on this server, and in spite of which checks: an execution by itself takes the same.
    private static readonly HashSet<string> Carried = new(StringComparer.Ordinal) { "--target-password-file", "--login", "--password-file", "--map-user", "--map-database", "--force" };

    /// <summary>Of a shape: the first that fails, that is answered otherwise, that is planned otherwise where the shape's first is not, and its slowest executions; if there is none of these, the one whose plans are told.</summary>
    public static IReadOnlyList<Reproduction> Of(ShapeComparison shape, IReadOnlyList<RunSummary> runs, string workload, IReadOnlyDictionary<int, ExchangeExample> errors)
    {
        // Others are not executed by themselves: DDL, CALL, COPY, COMMIT.
        if (shape.Class is not ("read" or "write"))
        {
            return [];
        }

        var found = new List<(int Session, int Ordinal, string What)>();
        if (errors.GetValueOrDefault(shape.Number) is { } error)
        {
            found.Add((error.Session, error.Ordinal, "fails on the new server"));
        }

        found.AddRange(shape.Results.IsAnother ? shape.Results.Exemplars.Take(1).Select(exemplar => (exemplar.Example.Session, exemplar.Example.Ordinal, "is answered otherwise")) : []);
        found.AddRange(shape.Plans is { Execution: { } planned, IsFirst: false, IsOtherPlan: true } ? [(planned.Session, planned.Ordinal, "is planned otherwise on the new server")] : []);
        found.AddRange((shape.Causes?.Slowest ?? []).Select(slow => (slow.Session, slow.Ordinal, $"took {Sentences.Duration(slow.BaselineMicroseconds)} on the old server, {Sentences.Duration(slow.CandidateMicroseconds)} on the new one")));
        if (found.Count == 0 && shape.Plans.Execution is { } explained)
        {
            found.Add((explained.Session, explained.Ordinal, "is the one whose plans are told"));
        }

        return [.. found.DistinctBy(one => (one.Session, one.Ordinal)).Take(MostOfAShape).Select(one => new Reproduction(one.Session, one.Ordinal, one.What, [Command(runs, workload, isCandidate: true, one), Command(runs, workload, isCandidate: false, one)]))];
    }

    private static string Command(IReadOnlyList<RunSummary> runs, string workload, bool isCandidate, (int Session, int Ordinal, string What) one)
    {
        var run = runs.First(run => run.IsCandidate == isCandidate);
        // The report is read from anywhere, and the workload may have been moved since the run.
        var moved = Path.GetFullPath(workload) == Path.GetFullPath(run.Manifest.WorkloadFolder) ? "" : $" --workload {Quoted(Path.GetFullPath(workload))}";
        return $"dbreplay exec {Quoted(Path.GetFullPath(run.Folder))} {one.Session} {one.Ordinal} --target {Quoted(run.Manifest.TargetUrl)}{moved}{string.Concat(CarriedBy(run).Select(word => $" {Quoted(word)}"))}";
    }

    // The manifest has each value behind its option's name.
    private static IEnumerable<string> CarriedBy(RunSummary run) =>
        (run.Manifest.Arguments ?? []).Zip((run.Manifest.Arguments ?? []).Skip(1), (name, value) => (string[])[name, value]).Where(pair => Carried.Contains(pair[0])).SelectMany(pair => pair);

    // For a shell.
    private static string Quoted(string text) => text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || "/._-:@=%+,".Contains(character, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
