using System.Collections;

namespace Replay.Replayer.Tests;

/// <summary>What one thread notes while another looks: each look sees all of some moment.</summary>
internal sealed class NotedList<T> : IReadOnlyList<T>
{
    private readonly Lock _lock = new();
    private volatile T[] _items = [];

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public void Add(T item)
    {
        lock (_lock)
        {
            _items = [.. _items, item];
        }
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
