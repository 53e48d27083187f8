namespace Replay.Client;

/// <summary>A first-in first-out queue that grows by doubling and never shrinks: no allocation once it is as long as it gets.</summary>
internal sealed class Ring<T>
{
    private T[] _items = new T[4];
    private int _head;

    public int Count { get; private set; }

    public void Enqueue(T item)
    {
        if (Count == _items.Length)
        {
            var larger = new T[Count * 2];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = _items[(_head + i) & (_items.Length - 1)];
            }

            _items = larger;
            _head = 0;
        }

        _items[(_head + Count++) & (_items.Length - 1)] = item;
    }

    public bool TryPeek(out T item)
    {
        item = Count == 0 ? default! : _items[_head];
        return Count > 0;
    }

    public bool TryDequeue(out T item)
    {
        if (Count == 0)
        {
            item = default!;
            return false;
        }

        item = _items[_head];
        _items[_head] = default!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return true;
    }
}
