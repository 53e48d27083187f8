using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Carries out a plan: its peak and the whole workload, or all of it at once, and gives the worst of the verdicts.</summary>
public static class UpgradeParts
{
    /// <summary>Does it; the exit status.</summary>
    public static async Task<int> RunAsync(UpgradePlan plan, Progress progress, bool quiet, TextWriter output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(output);
        var parts = plan.Parts(LengthOf(plan));
        var verdicts = new List<(UpgradePlan Part, int Status)>();
        foreach (var part in parts)
        {
            if (parts.Count > 1)
            {
                progress.Say(Name(part));
            }

            var status = await new UpgradeRunner(part, progress, quiet, isRestored: verdicts.Count > 0).RunAsync(cancellation);
            if (!IsVerdict(status))
            {
                return status;
            }

            verdicts.Add((part, status));
        }

        if (parts.Count > 1)
        {
            foreach (var (part, status) in verdicts)
            {
                await output.WriteLineAsync($"{Name(part)}: {Word(status)} ({Path.Combine(part.Out, "report.html")})");
            }
        }

        return Worst(verdicts.Select(static verdict => verdict.Status));
    }

    /// <summary>A failure before what is undecided, and that before a pass.</summary>
    internal static int Worst(IEnumerable<int> verdicts) => verdicts.MaxBy(static status => status switch { ExitCode.No => 2, ExitCode.Undecided => 1, _ => 0 });

    private static bool IsVerdict(int status) => status is ExitCode.Done or ExitCode.No or ExitCode.Undecided;

    private static string Word(int status) => status switch { ExitCode.Done => "pass", ExitCode.No => "fail", _ => "undecided" };

    private static string Name(UpgradePlan part) => part.Peak is { } peak ? $"the peak of {peak}, {part.Order}" : "the whole workload, once a side";

    private static TimeSpan LengthOf(UpgradePlan plan)
    {
        using var reader = WorkloadReader.Open(plan.Workload);
        _ = Speed.TryParse(plan.Speed, out var speed); // the plan was checked
        var (began, ended) = (reader.Blocks.Select(static b => b.MinStartedAtMicroseconds).DefaultIfEmpty(0).Min(), reader.Blocks.Select(static b => b.MaxEndedAtMicroseconds).DefaultIfEmpty(0).Max());
        return speed.IsMax ? TimeSpan.Zero : TimeSpan.FromMicroseconds((ended - began) / speed.Factor);
    }
}
