namespace Replay.Replayer;

/// <summary>Remembers tokens that were seen; a token that was not may be taken for one that was, a little more often the more there are. Any thread.</summary>
internal sealed class TokenFilter
{
    // 2 MiB: one in a thousand wrongly known after a million tokens.
    private const int Bits = 1 << 24;

    private readonly ulong[] _bits = new ulong[Bits / 64];

    public void Add(UInt128 key)
    {
        Set((ulong)key);
        Set((ulong)(key >> 64));
        Set((ulong)key * 31 + (ulong)(key >> 64));
    }

    public bool Contains(UInt128 key) => IsSet((ulong)key) && IsSet((ulong)(key >> 64)) && IsSet(((ulong)key * 31) + (ulong)(key >> 64));

    private static ulong Place(ulong half) => (half * 0x9E37_79B9_7F4A_7C15) >> 40;

    private void Set(ulong half)
    {
        var place = Place(half);
        ref var word = ref _bits[place / 64];
        var bit = 1UL << (int)(place % 64);
        if ((Volatile.Read(ref word) & bit) == 0)
        {
            Interlocked.Or(ref word, bit);
        }
    }

    private bool IsSet(ulong half)
    {
        var place = Place(half);
        return (Volatile.Read(ref _bits[place / 64]) & (1UL << (int)(place % 64))) != 0;
    }
}
