using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>The last accesses to a key.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct KeyEntry
{
    public ulong Key;
    public int Table;
    public int Session; // of the last exclusive access; 0: none
    public int Ordinal;
    public int SharedSession; // of the last shared access since then
    public int SharedOrdinal;
    public int SharedCount;
    public long Sequence; // of the last exclusive access, among all units
    public long EndedAt;
    public long SharedNumber; // of the last shared access, among the table's statements
    public long Number; // of the last access of any kind, likewise
    public long Touched; // its sequence among all units
    public bool HasEvidence;
    public bool IsInsert; // that access, or one before it in its transaction, added the row
    public bool IsWritten; // that access did change the row, it is certain
}

/// <summary>
/// Keys and who touched them last, in a table of fixed size: sets of four, in which the entry of the longest time ago gives way. What is forgotten is told
/// to the owner, so that it can be waited for in a coarser way.
/// </summary>
internal sealed class KeyTable
{
    private const int Ways = 4;
    private readonly KeyEntry[] _entries;
    private readonly int _setMask;

    public KeyTable(int capacity)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity / Ways));
        _setMask = sets - 1;
        _entries = new KeyEntry[sets * Ways];
    }

    /// <summary>Who wrote the row last; session 0 if that is not known, or if it may not have been changed.</summary>
    public (int Session, int Ordinal) Writer(ulong key, int table)
    {
        var first = FirstOf(key);
        for (var i = first; i < first + Ways; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Key == key && entry.Table == table)
            {
                return entry.IsWritten ? (entry.Session, entry.Ordinal) : default;
            }
        }

        return default;
    }

    /// <summary>The entry of a key; a new one is empty but for key and table. <paramref name="forgotten"/> is what had to give way, Key 0 if nothing had.</summary>
    public ref KeyEntry Get(ulong key, int table, out KeyEntry forgotten, out bool isNew)
    {
        var first = FirstOf(key);
        ref var entries = ref MemoryMarshal.GetArrayDataReference(_entries);
        var victim = first;
        forgotten = default;
        for (var i = first; i < first + Ways; i++)
        {
            ref var entry = ref Unsafe.Add(ref entries, i);
            if (entry.Key == key && entry.Table == table)
            {
                isNew = false;
                return ref entry;
            }

            victim = entry.Touched < Unsafe.Add(ref entries, victim).Touched ? i : victim; // a free one was touched never
        }

        ref var chosen = ref Unsafe.Add(ref entries, victim);
        forgotten = chosen;
        chosen = new KeyEntry { Key = key, Table = table };
        isNew = true;
        return ref chosen;
    }

    private int FirstOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> 32 & (uint)_setMask) * Ways;
}
