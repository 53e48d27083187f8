using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Whether this host has what a run needs: <c>files</c> that may be open, <c>disk</c> for the run's folder.</summary>
internal static class HostGuards
{
    // Segments, libraries, pipes.
    private const int SpareFiles = 200;

    // order.data has some 10 bytes an exchange.
    private const int OrderBytes = 16;

    // What may come besides: texts of errors, documents.
    private const long SpareBytes = 16L << 20;

    /// <summary>A file descriptor for each connection.</summary>
    /// <param name="connections">How many there are at one time.</param>
    /// <param name="why">Why so many, as a clause.</param>
    /// <param name="limit">How many files this program may open.</param>
    public static Guard CheckFiles(int connections, string why, long limit) => connections > limit - SpareFiles
        ? new Guard("files", GuardLevel.Refused, $"{why}, and this program may open {limit} files; start it after 'ulimit -n {connections + SpareFiles}', or say --force files, and the sessions that find no connection fail")
        : new Guard("files", GuardLevel.Passed, limit == long.MaxValue ? "any number of files may be open" : $"{limit} files may be open");

    /// <summary>Space where the run is to be written: for outcomes and order, which it surely needs, and for values and packets, which it may need.</summary>
    public static Guard CheckDisk(GuardDemand demand)
    {
        var folder = Path.GetFullPath(demand.Out ?? ".");
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        var contents = demand.Reader.Manifest.Contents;
        var least = demand.Reader.ExchangeCount * (RunOutcome.SizeBytes + OrderBytes);
        var most = least + Math.Min(OutcomeRecorder.MaxValueBytes, contents.Bytes) + (demand.CapturesPackets ? contents.Bytes : 0) + SpareBytes;
        return CheckDisk(demand.Reader.ExchangeCount, least, most, new DriveInfo(folder).AvailableFreeSpace, folder);
    }

    internal static Guard CheckDisk(long exchanges, long least, long most, long free, string folder)
    {
        const string WayOut = "free some, or choose another folder by --out";
        return free < least
            ? new Guard("disk", GuardLevel.Refused, $"no space left for the run: {exchanges} exchanges take {Size(least)} at least, and {Size(free)} are free at {folder}; {WayOut}, or say --force disk")
            : free < most
            ? new Guard("disk", GuardLevel.Warning, $"a run of {exchanges} exchanges takes up to {Size(most)}, and {Size(free)} are free at {folder}; it ends where the disk is full: {WayOut}")
            : new Guard("disk", GuardLevel.Passed, $"the run takes up to {Size(most)}, {Size(free)} are free at {folder}");
    }

    /// <summary>How many files this program may open. .NET has raised the soft limit to the hard one by now.</summary>
    public static long OpenFileLimit()
    {
        const string Line = "Max open files";
        var line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }

    private static string Size(long bytes) => bytes < 10 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
