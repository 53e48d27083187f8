using System.Globalization;
using System.Runtime.InteropServices;
using Replay.TestKit;

namespace Replay.Benchmarks.Ratios;

/// <summary>What a program used.</summary>
/// <param name="CpuSeconds">User and system time, its children's included.</param>
/// <param name="PeakBytes">The largest resident set seen.</param>
/// <param name="Result">How it ended.</param>
internal sealed partial record Measured(double CpuSeconds, long PeakBytes, ProcessResult Result)
{
    private const int RusageChildren = -1;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs a program to its end. One at a time: the CPU time is the difference of what all ended children used.</summary>
    public static async Task<Measured> RunAsync(string program, IEnumerable<string> arguments, ProcessOptions? options = null, params int[] statuses)
    {
        var before = ChildrenCpuSeconds();
        await using var running = RunningProcess.Start(program, arguments, (options ?? new ProcessOptions()) with { Timeout = TimeSpan.FromMinutes(10) });
        var peak = 0L;
        var waiting = running.WaitAsync();
        while (!waiting.IsCompleted)
        {
            peak = Math.Max(peak, PeakBytesOf(running.Id));
            await Task.WhenAny(waiting, Task.Delay(LookEvery)).ConfigureAwait(false);
        }

        var result = (await waiting.ConfigureAwait(false)).Expect(statuses);
        return new Measured(ChildrenCpuSeconds() - before, peak, result);
    }

    /// <summary>The run with the middle CPU time.</summary>
    public static Measured Median(IEnumerable<Measured> runs)
    {
        var sorted = runs.OrderBy(r => r.CpuSeconds).ToList();
        return sorted[sorted.Count / 2];
    }

    private static long PeakBytesOf(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it ended between two looks
        }
    }

    private static double ChildrenCpuSeconds()
    {
        if (GetRusage(RusageChildren, out var usage) != 0)
        {
            throw new InvalidOperationException("getrusage failed");
        }

        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetRusage(int who, out ResourceUsage usage);

    /// <summary>struct rusage on 64-bit Linux: two timevals, then fourteen longs that are not read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
