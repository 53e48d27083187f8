using System.Buffers.Binary;
using System.Numerics;

namespace Replay.Workload;

/// <summary>
/// A field of bytes as a difference from the one before: what they have in common at both ends is not stored. Keeps a copy of the last one, so
/// its memory is at most that of the differences stored in the block.
/// </summary>
internal struct BytesDifference
{
    // Arrays that a large field made grow are let go at the end of the block.
    private const int KeptBytes = 1024;

    private byte[]? _last;
    private int _length;

    /// <summary>The last one; valid until the next.</summary>
    public readonly ReadOnlySpan<byte> Last => _last.AsSpan(0, _length);

    /// <summary>Forgets the last one: the next is stored whole.</summary>
    public void Reset()
    {
        _length = 0;
        if (_last?.Length > KeptBytes)
        {
            _last = null;
        }
    }

    /// <summary>Writes the difference; returns the bytes stored.</summary>
    public int Write(ReadOnlySpan<byte> current, ByteBuffer lengths, ByteBuffer bytes)
    {
        var last = Last;
        var prefix = current.CommonPrefixLength(last);
        if (prefix == current.Length && prefix == last.Length)
        {
            lengths.WriteByte(0);
            return 0;
        }

        var suffix = CommonSuffix(current[prefix..], last[prefix..]);
        var middle = current[prefix..^suffix];
        lengths.WriteVarInt((ulong)prefix + 1);
        lengths.WriteVarInt((ulong)suffix);
        lengths.WriteVarInt((ulong)middle.Length);
        bytes.Write(middle);

        EnsureCapacity(current.Length);
        (current.Length == _length ? middle : current[prefix..]).CopyTo(_last.AsSpan(prefix));
        _length = current.Length;
        return middle.Length;
    }

    /// <summary>Reads the next difference; <see cref="Last"/> is the field then.</summary>
    public void Read(ref PayloadReader lengths, ref PayloadReader bytes)
    {
        var head = lengths.ReadVarInt();
        if (head == 0)
        {
            return;
        }

        var prefix = head - 1;
        var suffix = lengths.ReadVarInt();
        var middle = bytes.ReadBytes(ToLength(lengths.ReadVarInt()));
        if (prefix > (ulong)_length || suffix > (ulong)_length - prefix)
        {
            PayloadReader.Malformed();
        }

        var length = (int)prefix + middle.Length + (int)suffix;
        EnsureCapacity(length);
        var last = _last.AsSpan();
        last.Slice(_length - (int)suffix, (int)suffix).CopyTo(last[(length - (int)suffix)..]);
        middle.CopyTo(last[(int)prefix..]);
        _length = length;
    }

    private static int ToLength(ulong value) => value <= int.MaxValue ? (int)value : -1;

    private static int CommonSuffix(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var max = Math.Min(a.Length, b.Length);
        var n = 0;
        for (; n + 8 <= max; n += 8)
        {
            var difference = BinaryPrimitives.ReadUInt64LittleEndian(a[(a.Length - n - 8)..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(b[(b.Length - n - 8)..]);
            if (difference != 0)
            {
                return n + (BitOperations.LeadingZeroCount(difference) / 8);
            }
        }

        while (n < max && a[a.Length - n - 1] == b[b.Length - n - 1])
        {
            n++;
        }

        return n;
    }

    private void EnsureCapacity(int length)
    {
        if (_last is null || _last.Length < length)
        {
            Array.Resize(ref _last, Math.Max(length + (length / 4), 64));
        }
    }
}
