using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Replay.Workload;

/// <summary>XXH3 for inputs of more than 240 bytes: eight accumulators over stripes of 64 bytes.</summary>
internal static class XxHash3Long
{
    private const int StripeBytes = 64;
    private const int SecretBytes = 192;
    private const int SecretStep = 8;
    private const int StripesPerBlock = (SecretBytes - StripeBytes) / SecretStep;
    private const int BlockBytes = StripeBytes * StripesPerBlock;
    private const int LastStripeSecretOffset = 7;
    private const int MergeSecretOffset = 11;
    private const uint Prime32 = 0x9E3779B1;

    private static ReadOnlySpan<ulong> Start =>
    [
        0xC2B2AE3D, 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
        0x85EBCA77C2B2AE63, 0x85EBCA77, 0x27D4EB2F165667C5, 0x9E3779B1,
    ];

    public static ulong Hash(ReadOnlySpan<byte> data, ulong seed) => Hash(data, seed, Avx2.IsSupported);

    internal static ulong Hash(ReadOnlySpan<byte> data, ulong seed, bool vector)
    {
        Span<byte> seeded = stackalloc byte[SecretBytes];
        var secret = seed == 0 ? XxHash3.Secret : DeriveSecret(seeded, seed);

        Span<ulong> accumulators = stackalloc ulong[8];
        Start.CopyTo(accumulators);
        var rest = data;
        while (rest.Length > BlockBytes)
        {
            Accumulate(accumulators, rest, secret, StripesPerBlock, vector);
            Scramble(accumulators, secret[(SecretBytes - StripeBytes)..]);
            rest = rest[BlockBytes..];
        }

        Accumulate(accumulators, rest, secret, (rest.Length - 1) / StripeBytes, vector);
        Accumulate(accumulators, data[^StripeBytes..], secret[(SecretBytes - StripeBytes - LastStripeSecretOffset)..], 1, vector);
        return Merge(accumulators, secret[MergeSecretOffset..], (ulong)data.Length * XxHash3.Prime1);
    }

    private static ReadOnlySpan<byte> DeriveSecret(Span<byte> destination, ulong seed)
    {
        for (var i = 0; i < SecretBytes; i += 16)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[i..], XxHash3.Read64(XxHash3.Secret, i) + seed);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i + 8)..], XxHash3.Read64(XxHash3.Secret, i + 8) - seed);
        }

        return destination;
    }

    private static void Accumulate(Span<ulong> accumulators, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, int stripes, bool vector)
    {
        if (vector)
        {
            AccumulateAvx2(accumulators, data, secret, stripes);
            return;
        }

        for (var stripe = 0; stripe < stripes; stripe++)
        {
            for (var i = 0; i < 8; i++)
            {
                var value = XxHash3.Read64(data, (stripe * StripeBytes) + (8 * i));
                var key = value ^ XxHash3.Read64(secret, (stripe * SecretStep) + (8 * i));
                accumulators[i ^ 1] += value;
                accumulators[i] += (ulong)(uint)key * (key >> 32);
            }
        }
    }

    private static void AccumulateAvx2(Span<ulong> accumulators, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, int stripes)
    {
        var low = Vector256.Create<ulong>(accumulators);
        var high = Vector256.Create<ulong>(accumulators[4..]);
        for (var stripe = 0; stripe < stripes; stripe++)
        {
            var bytes = data.Slice(stripe * StripeBytes, StripeBytes);
            var key = secret.Slice(stripe * SecretStep, StripeBytes);
            low = Add(low, bytes, key);
            high = Add(high, bytes[32..], key[32..]);
        }

        low.CopyTo(accumulators);
        high.CopyTo(accumulators[4..]);
    }

    private static Vector256<ulong> Add(Vector256<ulong> accumulator, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret)
    {
        const byte swapHalves = 0b01_00_11_10;
        var value = Vector256.Create(data).AsUInt64();
        var key = value ^ Vector256.Create(secret).AsUInt64();
        var swapped = Avx2.Shuffle(value.AsUInt32(), swapHalves).AsUInt64();
        return accumulator + swapped + Avx2.Multiply(key.AsUInt32(), (key >>> 32).AsUInt32());
    }

    private static void Scramble(Span<ulong> accumulators, ReadOnlySpan<byte> secret)
    {
        for (var i = 0; i < 8; i++)
        {
            var value = accumulators[i];
            value ^= value >> 47;
            value ^= XxHash3.Read64(secret, 8 * i);
            accumulators[i] = value * Prime32;
        }
    }

    private static ulong Merge(ReadOnlySpan<ulong> accumulators, ReadOnlySpan<byte> secret, ulong start)
    {
        for (var i = 0; i < 4; i++)
        {
            start += XxHash3.MultiplyFold(
                accumulators[2 * i] ^ XxHash3.Read64(secret, 16 * i),
                accumulators[(2 * i) + 1] ^ XxHash3.Read64(secret, (16 * i) + 8));
        }

        return XxHash3.Avalanche(start);
    }
}
