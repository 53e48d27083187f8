using System.Runtime.CompilerServices;

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
    private Slot[] _slots = new Slot[4096];

    /// <summary>Texts that <see cref="WritePending"/> has not handed out.</summary>
    public int PendingCount => Count - PendingFirst;

    public int PendingFirst { get; private set; }

    public int Count { get; private set; }

    /// <summary>Whether a text is the one with this id, which may be none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        for (var at = (int)hash & (_slots.Length - 1); ; at = (at + 1) & (_slots.Length - 1))
        {
            ref readonly var slot = ref _slots[at];
            if (slot.IdPlus1 == 0)
            {
                return -1;
            }

            if (slot.Tag == Tag(hash) && slot.Length == text.Length && text.SequenceEqual(_arena.Slice(slot.Offset, slot.Length)))
            {
                return slot.IdPlus1 - 1;
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

    /// <summary>
    /// Adds a text that was not found; -1 if the table is full. It may have been added since by another field of its exchange: then it is there twice, and found once.
    /// </summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        if (Count >= maxCount || _arena.Length + (long)text.Length > maxBytes)
        {
            return -1;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        if (Count * 4L >= _slots.Length * 3L)
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

    private static uint Tag(ulong hash) => (uint)(hash >> 32);

    private void Rehash()
    {
        _slots = new Slot[_slots.Length * 2];
        for (var id = 0; id < Count; id++)
        {
            Place(id);
        }
    }

    private void Place(int id)
    {
        ref readonly var entry = ref _entries[id];
        var at = (int)entry.Hash & (_slots.Length - 1);
        while (_slots[at].IdPlus1 != 0)
        {
            at = (at + 1) & (_slots.Length - 1);
        }

        _slots[at] = new Slot(Tag(entry.Hash), entry.Offset, entry.Length, id + 1);
    }

    private readonly record struct Entry(ulong Hash, int Offset, int Length);

    /// <summary>All that a search needs in one place, as each place is a line of cache to wait for. <paramref name="IdPlus1"/> is the id + 1; 0 where the slot is free.</summary>
    private readonly record struct Slot(uint Tag, int Offset, int Length, int IdPlus1);
}
