namespace Replay.Replayer;

/// <summary>A queue over a ring that grows to its longest and is then reused. Not safe for several threads.</summary>
/// <typeparam name="T">What waits in it.</typeparam>
public sealed class ExchangeQueue<T>
    where T : struct
{
    private T[] _ring = [];
    private int _head;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>The first one, in place.</summary>
    public ref T Head => ref _ring[_head];

    /// <summary>The one at <paramref name="index"/> from the head, in place.</summary>
    public ref T this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    /// <summary>Adds one at the end.</summary>
    public void Enqueue(in T item)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count++) & (_ring.Length - 1)] = item;
    }

    /// <summary>Takes the first one out.</summary>
    public T Dequeue()
    {
        var item = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return item;
    }

    /// <summary>Takes the last one out.</summary>
    public T DequeueLast()
    {
        ref var last = ref this[Count - 1];
        var item = last;
        last = default;
        Count--;
        return item;
    }

    private void Grow()
    {
        var ring = new T[Math.Max(4, _ring.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            ring[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = ring;
        _head = 0;
    }
}
