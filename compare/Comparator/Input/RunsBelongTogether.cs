using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What makes a comparison of runs senseless is refused here, with one line.</summary>
internal static class RunsBelongTogether
{
    private static readonly RunKnobs AsRecorded = new();

    public static void Check(IReadOnlyList<ComparedRun> runs)
    {
        if (runs.Count > RunDesign.MaxRuns)
        {
            throw new ComparisonException($"{runs.Count} runs are too many; at most {RunDesign.MaxRuns} can be compared");
        }

        var twice = runs.GroupBy(run => run.Manifest.Id).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ComparisonException($"{string.Join(" and ", twice.Select(run => run.Name))} are the same run; each run may be given once");
        }

        var first = runs[0];
        foreach (var run in runs.Skip(1))
        {
            Same(first, run, "workload", manifest => manifest.WorkloadId.ToString(), "replay one workload on both servers");
            Same(first, run, "instrument", manifest => manifest.Instrument, "times of different instruments cannot be compared: replay both sides with --wire, or both without");
            Same(first, run, "speed", manifest => manifest.Speed, "replay both sides at the same speed");
            Same(first, run, "selection", manifest => manifest.Selection, "replay the same part of the workload on both sides");
            Same(first, run, "schedule", manifest => manifest.Schedule, "replay both sides with the same --schedule, --connect-time, --think-time, --idle-skip and --warm-up");
            Same(first, run, "design", manifest => manifest.Slices is { } slices ? $"interleaved in slices of {slices.LengthMicroseconds / 1e6:0.###} s" : "sequential", "replay both sides by the same plan");
            Same(first, run, "knobs", manifest => (manifest.Knobs ?? AsRecorded).Asked, "replay both sides with the same --concurrency, --transactions, --writes and --statement-timeout");
            Same(first, run, "order", manifest => manifest.Order, "replay both sides with the same --order");
        }
    }

    public static void Check(IReadOnlyList<ComparedRun> runs, WorkloadReader workload)
    {
        foreach (var run in runs)
        {
            if (run.Manifest.WorkloadId != workload.Manifest.Id)
            {
                throw new ComparisonException($"{workload.Folder} is not the workload that {run.Name} replayed (its id is {workload.Manifest.Id}, not {run.Manifest.WorkloadId}); name the right one with --workload");
            }

            if (run.Count != workload.ExchangeCount)
            {
                throw new ComparisonException($"{run.Name} has {run.Count:N0} outcomes, but the workload has {workload.ExchangeCount:N0} exchanges: one of them is cut off or was replaced");
            }
        }
    }

    private static void Same(ComparedRun first, ComparedRun other, string what, Func<RunManifest, string> value, string remedy)
    {
        if (!string.Equals(value(first.Manifest), value(other.Manifest), StringComparison.Ordinal))
        {
            throw new ComparisonException($"{first.Name} and {other.Name} differ in their {what} ({value(first.Manifest)} and {value(other.Manifest)}); {remedy}");
        }
    }
}
