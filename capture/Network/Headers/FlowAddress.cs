using System.Buffers.Binary;
using System.Net;

namespace Replay.Network.Headers;

/// <summary>
/// An IPv4 or IPv6 address without an object: 16 bytes in network order. IPv4 is kept in its mapped form (::ffff:a.b.c.d), so both
/// versions share one table.
/// </summary>
internal readonly struct FlowAddress(ulong high, ulong low) : IEquatable<FlowAddress>
{
    /// <summary>In front of an IPv4 address in the lower half.</summary>
    public const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    public readonly ulong High = high;
    public readonly ulong Low = low;

    public bool IsVersion4 => High == 0 && Low >> 32 == MappedPrefix >> 32;

    public static FlowAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? new FlowAddress(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new FlowAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new IPAddress(IsVersion4 ? bytes[12..] : bytes);
    }

    public bool Equals(FlowAddress other) => High == other.High && Low == other.Low;

    public override bool Equals(object? obj) => obj is FlowAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(High, Low);
}
