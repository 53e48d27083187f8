using System.Buffers.Binary;
using System.Numerics;

namespace Replay.Sql;

/// <summary>
/// A 128-bit hash: MurmurHash3's x64 variant, a public-domain algorithm, chosen because it is small enough to be written down in any language
/// and fast enough not to matter (several GB/s). Fingerprints are for ever: neither it nor its seeds may change.
/// </summary>
/// <param name="High">The upper half: the algorithm's first word.</param>
/// <param name="Low">The lower half: its second word.</param>
public readonly record struct Hash128(ulong High, ulong Low)
{
    private const ulong C1 = 0x87C37B91114253D5;
    private const ulong C2 = 0x4CF5AD432745937F;

    /// <summary>Hashes <paramref name="bytes"/>.</summary>
    public static Hash128 Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        ulong h1 = seed, h2 = seed;
        var rest = bytes;
        for (; rest.Length >= 16; rest = rest[16..])
        {
            h1 ^= Mix1(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52DCE729;
            h2 ^= Mix2(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495AB5;
        }

        h2 ^= Mix2(Tail(rest, 8));
        h1 ^= Mix1(Tail(rest, 0));

        h1 ^= (ulong)bytes.Length;
        h2 ^= (ulong)bytes.Length;
        h1 += h2;
        h2 += h1;
        h1 = Final(h1);
        h2 = Final(h2);
        h1 += h2;
        h2 += h1;
        return new Hash128(h1, h2);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";

    private static ulong Mix1(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong Mix2(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Tail(ReadOnlySpan<byte> rest, int from)
    {
        ulong k = 0;
        for (var i = Math.Min(rest.Length, from + 8) - 1; i >= from; i--)
        {
            k = (k << 8) | rest[i];
        }

        return k;
    }

    private static ulong Final(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xFF51AFD7ED558CCD;
        k = (k ^ (k >> 33)) * 0xC4CEB9FE1A85EC53;
        return k ^ (k >> 33);
    }
}
