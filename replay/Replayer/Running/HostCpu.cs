using System.Globalization;

namespace Replay.Replayer;

/// <summary>What the processors of this host did, by <see href="https://man7.org/linux/man-pages/man5/proc_stat.5.html">/proc/stat</see>.</summary>
public static class HostCpu
{
    private const string File = "/proc/stat";
    private const double TicksPerSecond = 100; // USER_HZ, the same on all of Linux's 64-bit platforms

    // Of: cpu user nice system idle iowait irq softirq steal guest guest_nice. Guests are in user and nice; what is stolen is another machine's on the same processors.
    private static readonly int[] Busy = [1, 2, 3, 6, 7, 8];
    private static readonly int[] Stolen = [8];

    /// <summary>Processor time that was used since the host started, by anybody, in seconds; null where that is not told.</summary>
    public static double? BusySeconds() => System.IO.File.Exists(File) ? Parse(System.IO.File.ReadLines(File).First()) : null;

    /// <summary>Processor time that the hypervisor gave to other machines while this one wanted it, in seconds since the host started; null where that is not told.</summary>
    public static double? StolenSeconds() => System.IO.File.Exists(File) ? ParseStolen(System.IO.File.ReadLines(File).First()) : null;

    /// <summary>What was used, from the file's first line; null if it has another form.</summary>
    public static double? Parse(string line) => Sum(line, Busy);

    /// <summary>What was stolen, likewise.</summary>
    public static double? ParseStolen(string line) => Sum(line, Stolen);

    private static double? Sum(string line, int[] which)
    {
        ArgumentNullException.ThrowIfNull(line);
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= Busy[^1] || fields[0] != "cpu")
        {
            return null;
        }

        var ticks = 0L;
        foreach (var field in which)
        {
            if (!long.TryParse(fields[field], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            ticks += value;
        }

        return ticks / TicksPerSecond;
    }
}
