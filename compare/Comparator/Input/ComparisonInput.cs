using Replay.Workload;

namespace Replay.Comparator;

/// <summary>The runs and their workload, opened and found to belong together.</summary>
public sealed class ComparisonInput : IDisposable
{
    private ComparisonInput(WorkloadReader workload, List<ComparedRun> runs, int baselineRuns, ErrorCodeTable codes)
    {
        Workload = workload;
        Runs = runs;
        BaselineRuns = baselineRuns;
        Codes = codes;
        Shapes = new ShapeCatalog(workload.Shapes);
    }

    /// <summary>The workload.</summary>
    public WorkloadReader Workload { get; }

    /// <summary>All runs, the baseline's first.</summary>
    public IReadOnlyList<ComparedRun> Runs { get; }

    /// <summary>How many of them are the baseline's.</summary>
    public int BaselineRuns { get; }

    /// <summary>Whether the runs' hashes are all of values in normal form, as all but older builds write them.</summary>
    public bool HasNormalHashes => Runs.All(run => run.Manifest.HasNormalHashes);

    /// <summary>Whether only some are.</summary>
    public bool MixesHashes => !HasNormalHashes && Runs.Any(run => run.Manifest.HasNormalHashes);

    /// <summary>Whether run k of either side played slices in turn; candidates are in the order of their partners then.</summary>
    public bool IsInterleaved { get; private init; }

    /// <summary>Common numbers of error codes.</summary>
    public ErrorCodeTable Codes { get; }

    /// <summary>The shapes, those without a text included.</summary>
    public ShapeCatalog Shapes { get; }

    /// <summary>Exchanges.</summary>
    public long Count => Workload.ExchangeCount;

    /// <summary>Opens runs and workload. What keeps them from being compared is a <see cref="ComparisonException"/> or a <see cref="WorkloadException"/>.</summary>
    /// <param name="baseline">Folders of the old side's runs.</param>
    /// <param name="candidate">Folders of the new side's runs.</param>
    /// <param name="workloadFolder">Where the workload is now; null to look where the runs say it was, and beside them.</param>
    public static ComparisonInput Open(IReadOnlyList<string> baseline, IReadOnlyList<string> candidate, string? workloadFolder)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        var codes = new ErrorCodeTable();
        var runs = new List<ComparedRun>();
        WorkloadReader? workload = null;
        try
        {
            runs.AddRange(baseline.Select((folder, i) => ComparedRun.Open(folder, $"A{i + 1}", isCandidate: false, codes)));
            runs.AddRange(candidate.Select((folder, i) => ComparedRun.Open(folder, $"B{i + 1}", isCandidate: true, codes)));
            var isInterleaved = InterleavedPairs.Arrange(runs, baseline.Count);
            RunsBelongTogether.Check(runs);
            workload = WorkloadReader.Open(WorkloadPlace.Find(runs, workloadFolder));
            RunsBelongTogether.Check(runs, workload);
            return new ComparisonInput(workload, runs, baseline.Count, codes) { IsInterleaved = isInterleaved };
        }
        catch
        {
            runs.ForEach(run => run.Dispose());
            workload?.Dispose();
            throw;
        }
    }

    /// <summary>Moves a cursor to the exchange at a position, which it has to have.</summary>
    /// <exception cref="WorkloadException">It ends before.</exception>
    internal void Advance(ExchangeCursor cursor, long position)
    {
        if (!cursor.MoveNext())
        {
            throw new WorkloadException($"{Workload.Folder} ends at exchange {position:N0}, before its own count of {Count:N0}: the file was changed; capture or copy it again");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in Runs)
        {
            run.Dispose();
        }

        Workload.Dispose();
    }
}
