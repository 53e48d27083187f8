namespace Replay.TestKit;

/// <summary>What code allocates each time, apart from what the runtime does once.</summary>
public static class Allocations
{
    private const int Series = 4;

    /// <summary>
    /// Bytes that this thread allocates in <paramref name="rounds"/> calls of <paramref name="round"/>: the least of several series, because the runtime may allocate
    /// at any moment on the thread that runs (a type's static data when a method is compiled again, for instance), but does not do so each time.
    /// </summary>
    public static long Least(int rounds, Action<int> round)
    {
        ArgumentNullException.ThrowIfNull(round);
        round(0);
        var least = long.MaxValue;
        for (var series = 0; series < Series && least > 0; series++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rounds; i++)
            {
                round(i);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
