using System.Diagnostics;
using System.Globalization;

namespace Replay.Workload.Tests;

/// <summary>Starts this assembly as a writer, kills it (SIGKILL) at a moment of its own, and tells what it had said was written.</summary>
internal static class KilledWriter
{
    /// <summary>Kills the writer after <paramref name="lines"/> lines of its output; returns the number in the last line that it got out.</summary>
    public static long Run(string what, string folder, int lines)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList = { "exec", typeof(KilledWriter).Assembly.Location, what, folder },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var last = 0L;
        var read = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            last = long.Parse(line, CultureInfo.InvariantCulture);
            if (++read == lines)
            {
                process.Kill();
            }
        }

        process.WaitForExit();
        Assert.True(read >= lines, $"the writer ended by itself after {read} lines");
        return last;
    }
}
