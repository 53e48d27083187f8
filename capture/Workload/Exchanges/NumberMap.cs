using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>Numbers distinct keys in order of first sight. Keys are compared by their bytes. Nothing is allocated once it has grown.</summary>
internal sealed class NumberMap<TKey>
    where TKey : unmanaged
{
    private TKey[] _keys = new TKey[64];
    private int[] _slots = NewSlots(256);

    public int Count { get; private set; }

    public void Clear()
    {
        if (Count > 0)
        {
            Array.Fill(_slots, -1);
            Count = 0;
        }
    }

    public int FindOrAdd(TKey key, out bool isNew) => FindOrAdd(ref key, out isNew);

    public int FindOrAdd(ref TKey key, out bool isNew)
    {
        var bytes = Bytes(ref key);
        var slot = Slot(bytes);
        for (; _slots[slot] >= 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (bytes.SequenceEqual(Bytes(ref _keys[_slots[slot]])))
            {
                isNew = false;
                return _slots[slot];
            }
        }

        isNew = true;
        if (Count == _keys.Length)
        {
            Grow();
            slot = FreeSlot(bytes);
        }

        _keys[Count] = key;
        _slots[slot] = Count;
        return Count++;
    }

    /// <summary>Whether a key is the one with this number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(ref TKey key, int number) => Bytes(ref key).SequenceEqual(Bytes(ref _keys[number]));

    private static ReadOnlySpan<byte> Bytes(ref TKey key) => MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(ref key));

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        Array.Fill(slots, -1);
        return slots;
    }

    // A session's number is small: spreading its bits by a multiplication is enough. The size is a constant to the compiler.
    private int Slot(ReadOnlySpan<byte> key) =>
        (int)(Unsafe.SizeOf<TKey>() == sizeof(uint) ? (MemoryMarshal.Read<uint>(key) * 0x9E3779B97F4A7C15) >> 32 : XxHash3.Hash64(key)) & (_slots.Length - 1);

    private int FreeSlot(ReadOnlySpan<byte> key)
    {
        var slot = Slot(key);
        while (_slots[slot] >= 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, Count * 2);
        _slots = NewSlots(_slots.Length * 2);
        for (var number = 0; number < Count; number++)
        {
            _slots[FreeSlot(Bytes(ref _keys[number]))] = number;
        }
    }
}
