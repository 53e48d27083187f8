using System.Runtime.InteropServices;

namespace Replay.Sql;

/// <summary>
/// Remembers which shape a text had, by the 128-bit hash of its raw bytes, so that a text that comes again need not be cut into tokens. Bounded:
/// a set-associative table whose oldest entry in a set gives way. Not safe for use by several threads at once.
/// </summary>
public sealed class ShapeCache
{
    private const int Ways = 4;
    private readonly Entry[] _entries;
    private readonly int _setMask;
    private int _next;

    /// <summary>A cache of at least <paramref name="capacity"/> texts, 24 bytes each.</summary>
    public ShapeCache(int capacity = 1 << 16)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        var sets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity / Ways));
        _setMask = sets - 1;
        _entries = new Entry[sets * Ways];
    }

    /// <summary>The key of a text, or of its <see cref="TextTemplate"/>; dialect and options are part of it.</summary>
    public static Hash128 Key(ReadOnlySpan<byte> sql, SqlDialect dialect, LexerOptions options = LexerOptions.None, bool isTemplate = false) =>
        Hash128.Of(sql, (isTemplate ? 1UL << 40 : 0) | ((ulong)dialect << 32) | (uint)options);

    /// <summary>The number that was added for <paramref name="key"/>; false if it is not known (any more).</summary>
    public bool TryGet(in Hash128 key, out int shape)
    {
        foreach (ref readonly var entry in Set(key))
        {
            if (entry.Low == key.Low && entry.High == key.High && entry.Number > 0)
            {
                shape = entry.Number - 1;
                return true;
            }
        }

        shape = -1;
        return false;
    }

    /// <summary>Remembers <paramref name="shape"/>, a number from 0, for <paramref name="key"/>.</summary>
    public void Add(in Hash128 key, int shape)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shape);
        var set = Set(key);
        var victim = _next++ & (Ways - 1);
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i].Number == 0 || (set[i].Low == key.Low && set[i].High == key.High))
            {
                victim = i;
                break;
            }
        }

        set[victim] = new Entry { High = key.High, Low = key.Low, Number = shape + 1 };
    }

    private Span<Entry> Set(in Hash128 key) => _entries.AsSpan((int)(key.Low & (uint)_setMask) * Ways, Ways);

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong High;
        public ulong Low;
        public int Number; // of the shape, + 1; 0: free
    }
}
