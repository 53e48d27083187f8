using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Finds where in a workload clients asked for most exchanges: dumping a schema may be more than their busiest second.</summary>
public static class PeakFinder
{
    private const int Steps = 60; // of an hour: minutes

    /// <summary>How many steps of the whole workload are counted at the most, 4 bytes each: 2,000,000. A minute's sixtieths in more than three weeks.</summary>
    private const long MaxSteps = 2_000_000;

    /// <summary>
    /// The beginning of the busiest stretch of a length, microseconds since 1970, at one of its sixtieths, or of its larger parts where the workload has too many of these; the earliest of equal ones, and where the workload begins if that
    /// is shorter.
    /// </summary>
    public static long Find(WorkloadReader reader, TimeSpan length, long originMicroseconds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var last = reader.Blocks.Count == 0 ? originMicroseconds : reader.Blocks.Max(static b => b.MaxEndedAtMicroseconds);
        var step = Math.Max(Math.Max(1, (long)length.TotalMicroseconds / Steps), ((last - originMicroseconds) / MaxSteps) + 1);
        var window = (int)Math.Clamp((long)length.TotalMicroseconds / step, 1, Steps);
        var counts = new uint[Math.Max(0, (last - originMicroseconds) / step) + 1];
        var most = Count(reader, counts, originMicroseconds, step, cancellation);
        var (sum, best, at) = (0L, -1L, 0);
        for (var end = 0; end <= most; end++)
        {
            sum += counts[end] - (end >= window ? (long)counts[end - window] : 0);
            if (sum > best && (end >= window - 1 || end == most))
            {
                (best, at) = (sum, Math.Max(0, end - window + 1));
            }
        }

        return originMicroseconds + (at * step);
    }

    // The last step in which anything was asked for.
    private static int Count(WorkloadReader reader, uint[] counts, long originMicroseconds, long step, CancellationToken cancellation)
    {
        var most = 0;
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var exchange = cursor.Current;
            var offset = exchange.RequestedAtMicroseconds - originMicroseconds;
            if (offset >= 0 && reader.Sessions.Find(exchange.Session) is not { Purpose: SessionPurpose.SnapshotTool or SessionPurpose.Replication })
            {
                var at = (int)Math.Min(offset / step, counts.Length - 1);
                counts[at]++;
                most = Math.Max(most, at);
            }
        }

        return most;
    }
}
