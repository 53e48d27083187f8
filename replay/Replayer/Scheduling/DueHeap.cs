namespace Replay.Replayer;

/// <summary>
/// Whoever waits for a moment, by that moment; equal moments in order of arrival. A binary heap over one array that grows to the number
/// of waiting sessions and is not reallocated afterwards. Not safe for several threads.
/// </summary>
/// <typeparam name="T">Who waits.</typeparam>
public sealed class DueHeap<T>
    where T : class
{
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
        while (i > 0 && entry.Before(in _entries[(i - 1) / 2]))
        {
            _entries[i] = _entries[(i - 1) / 2];
            i = (i - 1) / 2;
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
            var child = (2 * i) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _entries[child + 1].Before(in _entries[child]))
            {
                child++;
            }

            if (!_entries[child].Before(in last))
            {
                break;
            }

            _entries[i] = _entries[child];
            i = child;
        }

        _entries[i] = last;
    }

    private readonly record struct Entry(long Due, long Arrival, T Item)
    {
        public bool Before(in Entry other) => Due < other.Due || (Due == other.Due && Arrival < other.Arrival);
    }
}
