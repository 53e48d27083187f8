using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>Units by time; equal times in order of arrival.</summary>
internal sealed class EventHeap
{
    private Entry[] _entries = new Entry[256];
    private long _arrivals;

    public int Count { get; private set; }

    /// <summary>The earliest time; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Earliest => Count == 0 ? long.MaxValue : _entries[0].At;

    public void Push(long at, OrderUnit unit)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        var entry = new Entry(at, _arrivals++, unit);
        var i = Count++;
        while (i > 0 && entry.IsBefore(_entries[(i - 1) / 4]))
        {
            _entries[i] = _entries[(i - 1) / 4];
            i = (i - 1) / 4;
        }

        _entries[i] = entry;
    }

    public OrderUnit Pop()
    {
        var top = _entries[0].Unit;
        var last = _entries[--Count];
        _entries[Count] = default;
        var i = 0;
        while (true)
        {
            var child = (4 * i) + 1;
            if (child >= Count)
            {
                break;
            }

            var least = child;
            for (var c = child + 1; c < Math.Min(child + 4, Count); c++)
            {
                least = _entries[c].IsBefore(_entries[least]) ? c : least;
            }

            if (!_entries[least].IsBefore(last))
            {
                break;
            }

            _entries[i] = _entries[least];
            i = least;
        }

        if (Count > 0)
        {
            _entries[i] = last;
        }

        return top;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(long At, long Arrival, OrderUnit Unit)
    {
        public bool IsBefore(in Entry other) => At < other.At || (At == other.At && Arrival < other.Arrival);
    }
}
