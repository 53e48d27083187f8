using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Finds where in a workload most exchanges were asked for.</summary>
public static class PeakFinder
{
    private const int Steps = 60; // of an hour: minutes

    /// <summary>The beginning of the busiest stretch of a length, microseconds since 1970, at one of its sixtieths; the earliest of equal ones, and where the workload begins if that is shorter.</summary>
    public static long Find(WorkloadReader reader, TimeSpan length, long originMicroseconds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var step = Math.Max(1, (long)length.TotalMicroseconds / Steps);
        var counts = new Dictionary<long, long>();
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var offset = cursor.Current.RequestedAtMicroseconds - originMicroseconds;
            if (offset >= 0)
            {
                counts[offset / step] = counts.GetValueOrDefault(offset / step) + 1;
            }
        }

        if (counts.Count == 0)
        {
            return originMicroseconds;
        }

        var (last, sum, best, at) = (counts.Keys.Max(), 0L, -1L, 0L);
        for (var end = 0L; end <= last; end++)
        {
            sum += counts.GetValueOrDefault(end) - counts.GetValueOrDefault(end - Steps);
            if (sum > best && (end >= Steps - 1 || end == last))
            {
                (best, at) = (sum, Math.Max(0, end - Steps + 1));
            }
        }

        return originMicroseconds + (at * step);
    }
}
