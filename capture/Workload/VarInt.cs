using System.Buffers;

namespace Replay.Workload;

/// <summary>Variable-length integers, seven bits a byte, least significant first (LEB128).</summary>
public static class VarInt
{
    /// <summary>The most bytes that one takes.</summary>
    public const int MaxLength = 10;

    /// <summary>Writes <paramref name="value"/> at the start of <paramref name="destination"/>; returns the bytes used.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        var n = 0;
        while (value >= 0x80)
        {
            destination[n++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[n++] = (byte)value;
        return n;
    }

    /// <summary>Appends <paramref name="value"/>.</summary>
    public static void Write(IBufferWriter<byte> writer, ulong value) => writer.Advance(Write(writer.GetSpan(MaxLength), value));

    /// <summary>Maps signed to unsigned so that small magnitudes stay small (zigzag).</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The inverse of <see cref="ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Reads one from the start of <paramref name="source"/> and moves it on; false if it is cut off or too long.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (var i = 0; i < source.Length && i < MaxLength; i++)
        {
            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
