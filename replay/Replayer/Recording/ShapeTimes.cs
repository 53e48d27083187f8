namespace Replay.Replayer;

/// <summary>Time spent by shape, and an example of each; filled by many threads at once.</summary>
public sealed class ShapeTimes
{
    private const long None = long.MaxValue;

    private readonly long[] _microseconds;
    private readonly long[] _examples;

    /// <summary>For <paramref name="shapes"/> shapes.</summary>
    public ShapeTimes(int shapes)
    {
        _microseconds = new long[shapes];
        _examples = new long[shapes];
        Array.Fill(_examples, None);
    }

    /// <summary>Adds an exchange; shapes below zero are left out.</summary>
    public void Add(int shape, long position, long latencyMicroseconds)
    {
        if ((uint)shape >= (uint)_microseconds.Length)
        {
            return;
        }

        Interlocked.Add(ref _microseconds[shape], latencyMicroseconds);
        // The first in the workload, whatever ended first here: so all runs explain the same one.
        for (var known = Volatile.Read(ref _examples[shape]); position < known;)
        {
            var before = Interlocked.CompareExchange(ref _examples[shape], position, known);
            if (before == known)
            {
                break;
            }

            known = before;
        }
    }

    /// <summary>The shapes that took most time, the greatest first, with the position of an example.</summary>
    public IReadOnlyList<(int Shape, long ExamplePosition, long Microseconds)> Leading(int count) =>
        [.. Enumerable.Range(0, _microseconds.Length)
            .Where(s => _examples[s] != None)
            .OrderByDescending(s => _microseconds[s])
            .ThenBy(s => s)
            .Take(count)
            .Select(s => (s, _examples[s], _microseconds[s]))];
}
