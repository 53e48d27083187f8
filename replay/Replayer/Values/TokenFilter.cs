namespace Replay.Replayer;

/// <summary>
/// Remembers tokens that were seen: the last <see cref="Generation"/> to twice as many, in 4 MiB. A token that was not seen is taken for one that was once in a thousand. Added by
/// one thread, asked by any.
/// </summary>
internal sealed class TokenFilter
{
    /// <summary>So many are remembered at least: 1,000,000. A filter that took all of a day's would in the end know every token.</summary>
    public const int Generation = 1_000_000;

    private const int Bits = 1 << 24;

    private volatile ulong[] _bits = new ulong[Bits / 64];
    private volatile ulong[] _older = new ulong[Bits / 64];
    private int _added;

    public void Add(UInt128 key)
    {
        if (Contains(_bits, key))
        {
            return;
        }

        if (_added++ == Generation)
        {
            var emptied = new ulong[Bits / 64];
            _older = _bits;
            _bits = emptied;
            _added = 1;
        }

        Set((ulong)key);
        Set((ulong)(key >> 64));
        Set(((ulong)key * 31) + (ulong)(key >> 64));
    }

    public bool Contains(UInt128 key) => Contains(_bits, key) || Contains(_older, key);

    private static bool Contains(ulong[] bits, UInt128 key) => IsSet(bits, (ulong)key) && IsSet(bits, (ulong)(key >> 64)) && IsSet(bits, ((ulong)key * 31) + (ulong)(key >> 64));

    private static ulong Place(ulong half) => (half * 0x9E37_79B9_7F4A_7C15) >> 40;

    private static bool IsSet(ulong[] bits, ulong half)
    {
        var place = Place(half);
        return (Volatile.Read(ref bits[place / 64]) & (1UL << (int)(place % 64))) != 0;
    }

    private void Set(ulong half)
    {
        var place = Place(half);
        Interlocked.Or(ref _bits[place / 64], 1UL << (int)(place % 64));
    }
}
