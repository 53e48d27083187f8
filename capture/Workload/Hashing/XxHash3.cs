using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Replay.Workload;

/// <summary>XXH3, 64 bits: a fast hash for data that nobody attacks. Not for secrets.</summary>
/// <remarks>Written after the specification, <see href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md"/>.</remarks>
public static class XxHash3
{
    internal const ulong Prime1 = 0x9E3779B185EBCA87;
    internal const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong PrimeMix1 = 0x165667919E3779F9;
    private const ulong PrimeMix2 = 0x9FB21C651E98DF25;

    /// <summary>The default secret of the specification.</summary>
    internal static ReadOnlySpan<byte> Secret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
        0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
        0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8, 0xa8,
        0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8,
        0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb, 0x17,
        0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f,
        0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    /// <summary>The hash of <paramref name="data"/>; with seed 0 the same as <c>xxhsum -H3</c>.</summary>
    public static ulong Hash64(ReadOnlySpan<byte> data, ulong seed = 0) => data.Length switch
    {
        > 240 => XxHash3Long.Hash(data, seed),
        > 128 => Hash129To240(data, seed),
        > 16 => Hash17To128(data, seed),
        > 8 => Hash9To16(data, seed),
        >= 4 => Hash4To8(data, seed),
        > 0 => Hash1To3(data, seed),
        _ => Avalanche64(seed ^ Read64(Secret, 56) ^ Read64(Secret, 64)),
    };

    internal static ulong Read64(ReadOnlySpan<byte> source, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(source[offset..]);

    // Math.BigMul hands the lower half out by way of memory, and waiting for it to come back takes longer than multiplying twice.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyFold(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) ^ unchecked(a * b) : Math.BigMul(a, b, out ulong low) ^ low;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Avalanche(ulong hash)
    {
        hash ^= hash >> 37;
        hash *= PrimeMix1;
        return hash ^ (hash >> 32);
    }

    private static uint Read32(ReadOnlySpan<byte> source, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(source[offset..]);

    // The final mix of XXH64, which XXH3 keeps for the shortest inputs.
    private static ulong Avalanche64(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= Prime2;
        hash ^= hash >> 29;
        hash *= Prime3;
        return hash ^ (hash >> 32);
    }

    // The callers' loops bound the places; checking each of the four reads again costs a third of the time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix16(ref byte data, nint at, nint secretAt, ulong seed)
    {
        ref var secret = ref MemoryMarshal.GetReference(Secret);
        return MultiplyFold(At(ref data, at) ^ (At(ref secret, secretAt) + seed), At(ref data, at + 8) ^ (At(ref secret, secretAt + 8) - seed));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong At(ref byte bytes, nint place)
    {
        var value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, place));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    private static ulong Hash1To3(ReadOnlySpan<byte> data, ulong seed)
    {
        var combined = ((uint)data[0] << 16) | ((uint)data[data.Length >> 1] << 24) | data[^1] | ((uint)data.Length << 8);
        return Avalanche64(combined ^ ((Read32(Secret, 0) ^ Read32(Secret, 4)) + seed));
    }

    private static ulong Hash4To8(ReadOnlySpan<byte> data, ulong seed)
    {
        seed ^= (ulong)BinaryPrimitives.ReverseEndianness((uint)seed) << 32;
        var input = Read32(data, data.Length - 4) + ((ulong)Read32(data, 0) << 32);
        var hash = input ^ ((Read64(Secret, 8) ^ Read64(Secret, 16)) - seed);
        hash ^= BitOperations.RotateLeft(hash, 49) ^ BitOperations.RotateLeft(hash, 24);
        hash *= PrimeMix2;
        hash ^= (hash >> 35) + (ulong)data.Length;
        hash *= PrimeMix2;
        return hash ^ (hash >> 28);
    }

    private static ulong Hash9To16(ReadOnlySpan<byte> data, ulong seed)
    {
        var low = Read64(data, 0) ^ ((Read64(Secret, 24) ^ Read64(Secret, 32)) + seed);
        var high = Read64(data, data.Length - 8) ^ ((Read64(Secret, 40) ^ Read64(Secret, 48)) - seed);
        return Avalanche((ulong)data.Length + BinaryPrimitives.ReverseEndianness(low) + high + MultiplyFold(low, high));
    }

    private static ulong Hash17To128(ReadOnlySpan<byte> data, ulong seed)
    {
        ref var first = ref MemoryMarshal.GetReference(data);
        var hash = (ulong)data.Length * Prime1;
        for (var i = (data.Length - 1) / 32; i >= 0; i--)
        {
            hash += Mix16(ref first, 16 * i, 32 * i, seed);
            hash += Mix16(ref first, data.Length - (16 * (i + 1)), (32 * i) + 16, seed);
        }

        return Avalanche(hash);
    }

    private static ulong Hash129To240(ReadOnlySpan<byte> data, ulong seed)
    {
        const int startOffset = 3;
        const int lastOffset = 136 - 17;
        ref var first = ref MemoryMarshal.GetReference(data);
        var hash = (ulong)data.Length * Prime1;
        for (var i = 0; i < 8; i++)
        {
            hash += Mix16(ref first, 16 * i, 16 * i, seed);
        }

        hash = Avalanche(hash);
        for (var i = 8; i < data.Length / 16; i++)
        {
            hash += Mix16(ref first, 16 * i, (16 * (i - 8)) + startOffset, seed);
        }

        return Avalanche(hash + Mix16(ref first, data.Length - 16, lastOffset, seed));
    }
}
