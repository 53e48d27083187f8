using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>A run of the program with what it needed: the most memory, and its certificate.</summary>
internal sealed class EnduranceRun
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    public required ProcessResult Process { get; init; }

    public required RunManifest Manifest { get; init; }

    public required JsonElement Certificate { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The most resident memory at any time, MiB, as the kernel says.</summary>
    public required long PeakMebibytes { get; init; }

    /// <summary>Plays a workload; <paramref name="meanwhile"/> is done when it has begun to.</summary>
    public static async Task<EnduranceRun> PlayAsync(TestServer target, string database, string workload, string folder, string speed, Func<RunningProcess, Task>? meanwhile = null, bool mayHavePriority = true)
    {
        var watch = Stopwatch.StartNew();
        await using var process = Start(
            ["run", workload, "--target", target.Url(database), "--out", folder, "--speed", speed, "--order", "session", "--values", "as-recorded", "--explain", "0", "--force", "source,users,others"], mayHavePriority);
        using var over = new CancellationTokenSource();
        var peak = WatchAsync(process, over.Token);
        if (meanwhile is not null)
        {
            while (!process.HasExited && !Directory.Exists(folder))
            {
                await Task.Delay(LookEvery);
            }

            await meanwhile(process);
        }

        var result = await process.WaitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        await over.CancelAsync();
        using var run = RunReader.Open(folder);
        return new EnduranceRun
        {
            Process = result,
            Manifest = run.Manifest,
            Certificate = JsonDocument.Parse(run.ReadDocument("certificate.json")!).RootElement,
            Seconds = seconds,
            PeakMebibytes = await peak,
        };
    }

    /// <summary>Its row in the soak's table: the header's columns in <c>Soak/endurance.sh</c>.</summary>
    public void Tell(string name, string size)
    {
        if (Environment.GetEnvironmentVariable("REPLAY_SOAK_FACTS") is not { Length: > 0 } facts)
        {
            return;
        }

        var failed = Manifest.FailedByReason.Count == 0 ? "0" : string.Join(", ", Manifest.FailedByReason.Select(r => $"{r.Value} {r.Key}"));
        File.AppendAllText(facts, string.Create(
            CultureInfo.InvariantCulture,
            $"{name}\t{size}\t{Manifest.Replayed}\t{failed}\t{Seconds:0}\t{Figure("rate", "achieved_per_second"):0}\t{PeakMebibytes}\t{Figure("own_lag_us", "p99") / 1000:0.00}\t{Figure("inherited_lag_us", "p99") / 1000:0.00}\t{Certificate.GetProperty("cpu_share").GetDouble():0.00}\t{Figure("garbage_collections", "longest_us") / 1000:0.0}\t{Figure("garbage_collections", "touched"):0}\t{Manifest.ConnectionsLost}/{Manifest.Reopened}\t{(Manifest.Fitness.Fit ? "fit" : string.Join("; ", Manifest.Fitness.Reasons))}\n"));
    }

    public double Figure(string group, string name) => Certificate.GetProperty(group).GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    // Root has the right to real-time priority, with which it does not matter who else runs on a processor.
    private static RunningProcess Start(IReadOnlyList<string> arguments, bool mayHavePriority)
    {
        var options = new ProcessOptions { Timeout = Within };
        return Environment.IsPrivilegedProcess && !mayHavePriority
            ? RunningProcess.Start("setpriv", ["--bounding-set", "-sys_nice", ProjectPrograms.Replay, .. arguments], options)
            : RunningProcess.Start(ProjectPrograms.Replay, arguments, options);
    }

    private static async Task<long> WatchAsync(RunningProcess process, CancellationToken over)
    {
        var peak = 0L;
        while (!over.IsCancellationRequested)
        {
            peak = Math.Max(peak, Peak(process.Id));
            await Task.Delay(LookEvery, CancellationToken.None);
        }

        return peak;
    }

    // VmHWM:    123456 kB. Nothing of a process that has ended.
    private static long Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) >> 10;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
