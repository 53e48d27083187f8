namespace Replay.Comparator;

/// <summary>
/// The slowest hundredth of a shape's executions by their fastest run, which chance does not make slow: what the metric of the slowest compares, and what is executed again if that got slower. In bounded memory.
/// </summary>
internal sealed class SlowestExecutions
{
    /// <summary>Of more than that the slowest are told.</summary>
    public const int Most = 30;

    private const int Share = 100;
    private const int Least = 4;

    // The least slow first; of equal ones that which came last.
    private readonly PriorityQueue<long, (float Microseconds, long Before)> _kept = new();
    private long _all;

    /// <summary>Takes an execution.</summary>
    public void Add(long position, float fastestMicroseconds)
    {
        _all++;
        if (_kept.Count < Most)
        {
            _kept.Enqueue(position, (fastestMicroseconds, -position));
        }
        else
        {
            _kept.EnqueueDequeue(position, (fastestMicroseconds, -position));
        }
    }

    /// <summary>Their positions in the workload, in order.</summary>
    public IReadOnlyList<long> Positions() =>
        [.. _kept.UnorderedItems.OrderByDescending(one => one.Priority).Take((int)Math.Clamp(_all / Share, Least, Most)).Select(one => one.Element).Order()];
}
