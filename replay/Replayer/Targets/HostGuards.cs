using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Whether this host has what a run needs: <c>files</c> that may be open, <c>disk</c> for the run's folder.</summary>
internal static class HostGuards
{
    // Segments, libraries, pipes.
    private const int SpareFiles = 200;

    // What order and values add to an outcome, as a rule: order.data has some 10 bytes an exchange, and errors are rare.
    private const int OrderBytes = 16;
    private const long SpareBytes = 16L << 20;

    /// <summary>A file descriptor for each session. .NET has raised the soft limit to the hard one by now.</summary>
    public static Guard CheckFiles(int peak)
    {
        var files = OpenFileLimit();
        return peak > files - SpareFiles
            ? new Guard("files", GuardLevel.Refused, $"the capture had {peak} sessions open at one time, and this program may open {files} files; start it after 'ulimit -n {peak + SpareFiles}', or say --force files, and the sessions that find no connection fail")
            : new Guard("files", GuardLevel.Passed, files == long.MaxValue ? "any number of files may be open" : $"{files} files may be open");
    }

    /// <summary>Space for outcomes, order, values and packets where the run is to be written.</summary>
    public static Guard CheckDisk(GuardDemand demand)
    {
        var folder = Path.GetFullPath(demand.Out ?? ".");
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        var contents = demand.Reader.Manifest.Contents;
        var needed = (demand.Reader.ExchangeCount * (RunOutcome.SizeBytes + OrderBytes)) + Math.Min(OutcomeRecorder.MaxValueBytes, contents.Bytes)
            + (demand.CapturesPackets ? contents.Bytes : 0) + SpareBytes;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free < needed
            ? new Guard("disk", GuardLevel.Refused, $"a run of {demand.Reader.ExchangeCount} exchanges takes up to {Size(needed)}, and {Size(free)} are free at {folder}; free some, choose another folder by --out, or say --force disk")
            : new Guard("disk", GuardLevel.Passed, $"the run takes up to {Size(needed)}, {Size(free)} are free at {folder}");
    }

    private static long OpenFileLimit()
    {
        const string Line = "Max open files";
        var line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes + (1 << 20) - 1) >> 20} MiB");
}
