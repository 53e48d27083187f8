using System.Globalization;
using Replay.Agent.Hosting;
using Replay.Agent.Inspection;
using Replay.Agent.Recording;
using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.CommandLine;

/// <summary>How a capture ends: its sums, its exit status, and what happens when the disk is full.</summary>
internal static class CaptureEnd
{
    /// <summary>Makes the run; the source is closed if that fails.</summary>
    public static CaptureRun Start(CaptureSettings settings, PacketSource source, Reporter reporter)
    {
        try
        {
            return new CaptureRun(settings, source, reporter);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Runs what captures, and leaves no progress line behind.</summary>
    public static int Guard(Reporter reporter, Func<int> capture)
    {
        try
        {
            return capture();
        }
        finally
        {
            reporter.EndProgress();
        }
    }

    /// <summary>Tells what was captured; the exit status says whether it is complete enough.</summary>
    public static int Report(WorkloadManifest manifest, CaptureSettings settings, CaptureRun run, Reporter reporter)
    {
        var counters = manifest.Counters;
        if (counters.Exchanges == 0 && run.Contradictions.Count > 0)
        {
            RemoveEmpty(settings.Out, unless: manifest.Snapshot is not null);
            return ExitStatus.CouldNot; // what is wrong was said when it was seen
        }

        var complete = Completeness.From(counters);
        reporter.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Out}: {counters.Sessions:N0} sessions, {counters.Exchanges:N0} exchanges, {counters.ExchangesFailed:N0} errors; complete: {complete}"));
        foreach (var line in CounterText.Lines(counters))
        {
            reporter.Say("  " + line);
        }

        if (settings.RequireComplete is { } percent && complete.Share * 100 < percent)
        {
            reporter.Warn(string.Create(CultureInfo.InvariantCulture, $"the capture is {complete} complete; --require-complete asks for {percent} %"));
            return ExitStatus.No;
        }

        return ExitStatus.Done;
    }

    /// <summary>Removes a workload that this run made and in which nothing is, so that the same command can be given again.</summary>
    public static void RemoveEmpty(string folder, bool unless = false)
    {
        if (!unless && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
