namespace Replay.Replayer;

/// <summary>Time spent by shape, and an example of each; filled by many threads at once.</summary>
public sealed class ShapeTimes
{
    private readonly long[] _microseconds;
    private readonly long[] _examples;

    /// <summary>For <paramref name="shapes"/> shapes.</summary>
    public ShapeTimes(int shapes)
    {
        _microseconds = new long[shapes];
        _examples = new long[shapes];
        Array.Fill(_examples, -1);
    }

    /// <summary>Adds an exchange; shapes below zero are left out.</summary>
    public void Add(int shape, long position, long latencyMicroseconds)
    {
        if ((uint)shape >= (uint)_microseconds.Length)
        {
            return;
        }

        Interlocked.Add(ref _microseconds[shape], latencyMicroseconds);
        if (Volatile.Read(ref _examples[shape]) < 0)
        {
            Interlocked.CompareExchange(ref _examples[shape], position, -1);
        }
    }

    /// <summary>The shapes that took most time, the greatest first, with the position of an example.</summary>
    public IReadOnlyList<(int Shape, long ExamplePosition, long Microseconds)> Leading(int count) =>
        [.. Enumerable.Range(0, _microseconds.Length)
            .Where(s => _examples[s] >= 0)
            .OrderByDescending(s => _microseconds[s])
            .ThenBy(s => s)
            .Take(count)
            .Select(s => (s, _examples[s], _microseconds[s]))];
}
