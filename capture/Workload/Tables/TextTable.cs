using System.Diagnostics;

namespace Replay.Workload;

/// <summary>
/// The writer's side of the bytes that are stored once: statement texts, column lists, parameter types, error codes, values of rows
/// that recur. Bounded by number and bytes; what is refused stays where it occurs.
/// </summary>
internal sealed class TextTable(int maxCount, int maxBytes)
{
    // A direct-mapped memory of what was seen once. A text that is overwritten before its second sight was rare.
    private const int SeenSlots = 1 << 16;

    private readonly ulong[] _seen = new ulong[SeenSlots];
    private readonly ByteBuffer _arena = new();
    private Entry[] _entries = new Entry[1024];
    private int[] _slots = NewSlots(4096);

    /// <summary>Texts that <see cref="WritePending"/> has not handed out.</summary>
    public int PendingCount => Count - PendingFirst;

    public int PendingFirst { get; private set; }

    public int Count { get; private set; }

    /// <summary>Whether a text is the one with this id, which may be none.</summary>
    public bool Is(ReadOnlySpan<byte> text, int id)
    {
        if ((uint)id >= (uint)Count)
        {
            return false;
        }

        ref readonly var entry = ref _entries[id];
        return entry.Length == text.Length && text.SequenceEqual(_arena.Slice(entry.Offset, entry.Length));
    }

    /// <summary>The id of a text; -1 if it is not in the table.</summary>
    public int Find(ReadOnlySpan<byte> text, ulong hash)
    {
        for (var slot = (int)hash & (_slots.Length - 1); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            var id = _slots[slot];
            if (id < 0)
            {
                return -1;
            }

            ref readonly var entry = ref _entries[id];
            if (entry.Hash == hash && text.SequenceEqual(_arena.Slice(entry.Offset, entry.Length)))
            {
                return id;
            }
        }
    }

    /// <summary>The id of a text, which is added if it is new; -1 if the table is full.</summary>
    public int FindOrAdd(ReadOnlySpan<byte> text)
    {
        var hash = XxHash3.Hash64(text);
        var id = Find(text, hash);
        return id >= 0 ? id : Add(text, hash);
    }

    /// <summary>Adds a text that is not there; -1 if the table is full.</summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        Debug.Assert(Find(text, hash) < 0, "added twice");
        if (Count >= maxCount || _arena.Length + (long)text.Length > maxBytes)
        {
            return -1;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        if (Count * 2 >= _slots.Length)
        {
            Rehash();
        }

        _entries[Count] = new Entry(hash, _arena.Length, text.Length);
        _arena.Write(text);
        Place(Count);
        return Count++;
    }

    /// <summary>Whether a text with this hash was noted before, as far as is remembered; it is from now on.</summary>
    public bool SeenBefore(ulong hash)
    {
        ref var slot = ref _seen[hash >> 48];
        var seen = slot == hash;
        slot = hash;
        return seen;
    }

    /// <summary>Appends the pending texts, each as length and bytes; they are pending no more.</summary>
    public void WritePending(ByteBuffer destination)
    {
        for (; PendingFirst < Count; PendingFirst++)
        {
            ref readonly var entry = ref _entries[PendingFirst];
            destination.WriteBlob(_arena.Slice(entry.Offset, entry.Length));
        }
    }

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        Array.Fill(slots, -1);
        return slots;
    }

    private void Rehash()
    {
        _slots = NewSlots(_slots.Length * 2);
        for (var id = 0; id < Count; id++)
        {
            Place(id);
        }
    }

    private void Place(int id)
    {
        var slot = (int)_entries[id].Hash & (_slots.Length - 1);
        while (_slots[slot] >= 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = id;
    }

    private readonly record struct Entry(ulong Hash, int Offset, int Length);
}
