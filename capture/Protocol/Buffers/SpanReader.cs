using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Replay.Protocol.Buffers;

/// <summary>
/// Reads fields from a message's bytes, front to back, and never throws: a field that goes beyond the end reads as zero or empty and sets
/// <see cref="IsBroken"/> for good. So a parser reads all its fields in a row and asks once at the end.
/// </summary>
public ref struct SpanReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>A reader at the beginning of <paramref name="bytes"/>.</summary>
    public SpanReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether a field went beyond the end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not read.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Whether all was read.</summary>
    public readonly bool IsAtEnd => _position == _bytes.Length;

    /// <summary>What was not read, without reading it.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    /// <summary>The next byte without reading it; -1 at the end.</summary>
    public readonly int Peek() => _position < _bytes.Length ? _bytes[_position] : -1;

    /// <summary>One byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte() => TryTake(1, out var at) ? _bytes[at] : (byte)0;

    /// <summary>16 bits, big-endian (PostgreSQL).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public short ReadInt16() => TryTake(2, out var at) ? BinaryPrimitives.ReadInt16BigEndian(_bytes[at..]) : (short)0;

    /// <summary>32 bits, big-endian (PostgreSQL).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() => TryTake(4, out var at) ? BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]) : 0;

    /// <summary>64 bits, big-endian (PostgreSQL).</summary>
    public long ReadInt64() => TryTake(8, out var at) ? BinaryPrimitives.ReadInt64BigEndian(_bytes[at..]) : 0;

    /// <summary><paramref name="width"/> bytes (1 to 8), unsigned, little-endian (MySQL).</summary>
    public ulong ReadUIntLittleEndian(int width)
    {
        if (!TryTake(width, out var at))
        {
            return 0;
        }

        ulong value = 0;
        for (var i = width - 1; i >= 0; i--)
        {
            value = (value << 8) | _bytes[at + i];
        }

        return value;
    }

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes(int count) => TryTake(count, out var at) ? _bytes.Slice(at, count) : default;

    /// <summary>Bytes up to a zero byte, which is read too and is not in the result.</summary>
    public ReadOnlySpan<byte> ReadZeroTerminated()
    {
        if (_position < _bytes.Length && _bytes[_position] == 0)
        {
            // The unnamed statement, the unnamed portal: most names.
            _position++;
            return default;
        }

        var length = _bytes[_position..].IndexOf((byte)0);
        if (length < 0)
        {
            Break();
            return default;
        }

        var text = _bytes.Slice(_position, length);
        _position += length + 1;
        return text;
    }

    /// <summary>Everything that is left.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        var rest = _bytes[_position..];
        _position = _bytes.Length;
        return rest;
    }

    /// <summary>Leaves out <paramref name="count"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => TryTake(count, out _);

    /// <summary>Marks the message as broken for a reason that the reader cannot see.</summary>
    public void Break()
    {
        IsBroken = true;
        _position = _bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(int count, out int at)
    {
        at = _position;
        if ((uint)count > (uint)(_bytes.Length - _position))
        {
            Break();
            return false;
        }

        _position += count;
        return true;
    }
}
