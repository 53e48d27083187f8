namespace Replay.Replayer;

/// <summary>
/// Whoever waits for a moment, by that moment; equal moments in order of arrival. A heap of four children a node (half the levels of
/// a binary one, and siblings share a line of cache) over one array that grows to the number that waits at most. Not safe for several threads.
/// </summary>
/// <typeparam name="T">Who waits.</typeparam>
public sealed class DueHeap<T>
    where T : class
{
    private const int Children = 4;

    private Entry[] _entries = new Entry[64];
    private long _arrivals;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest moment in microseconds; <see cref="long.MaxValue"/> if nobody waits.</summary>
    public long NextMicroseconds => Count == 0 ? long.MaxValue : _entries[0].Due;

    /// <summary>Adds one.</summary>
    public void Push(T item, long dueMicroseconds)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        var entry = new Entry(dueMicroseconds, _arrivals++, item);
        var i = Count++;
        while (i > 0 && entry.Before(in _entries[(i - 1) / Children]))
        {
            _entries[i] = _entries[(i - 1) / Children];
            i = (i - 1) / Children;
        }

        _entries[i] = entry;
    }

    /// <summary>Takes out the first one that is due by <paramref name="nowMicroseconds"/>.</summary>
    public bool TryPop(long nowMicroseconds, out T item)
    {
        if (Count == 0 || _entries[0].Due > nowMicroseconds)
        {
            item = null!;
            return false;
        }

        item = _entries[0].Item;
        var last = _entries[--Count];
        _entries[Count] = default;
        if (Count > 0)
        {
            SiftDown(in last);
        }

        return true;
    }

    private void SiftDown(in Entry last)
    {
        var i = 0;
        while (true)
        {
            var first = (Children * i) + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            for (var child = first + 1; child < Math.Min(first + Children, Count); child++)
            {
                least = _entries[child].Before(in _entries[least]) ? child : least;
            }

            if (!_entries[least].Before(in last))
            {
                break;
            }

            _entries[i] = _entries[least];
            i = least;
        }

        _entries[i] = last;
    }

    private readonly record struct Entry(long Due, long Arrival, T Item)
    {
        public bool Before(in Entry other) => Due < other.Due || (Due == other.Due && Arrival < other.Arrival);
    }
}
