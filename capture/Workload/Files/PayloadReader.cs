using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Replay.Workload;

/// <summary>Reads numbers and bytes from a stretch of a block that has passed its checksum. What does not fit is a <see cref="WorkloadException"/>.</summary>
internal struct PayloadReader(byte[] bytes, int start, int length)
{
    private readonly int _end = start + length;
    private int _position = start;

    public readonly bool AtEnd => _position >= _end;

    public byte ReadByte()
    {
        if (_position >= _end)
        {
            Malformed();
        }

        return bytes[_position++];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarInt()
    {
        var at = _position;
        if (at < _end && bytes[at] < 0x80)
        {
            _position = at + 1;
            return bytes[at];
        }

        if (at + 1 < _end && bytes[at + 1] < 0x80)
        {
            _position = at + 2;
            return (bytes[at] & 0x7Fu) | ((uint)bytes[at + 1] << 7);
        }

        return ReadLongVarInt();
    }

    private ulong ReadLongVarInt()
    {
        var rest = new ReadOnlySpan<byte>(bytes, _position, _end - _position);
        var before = rest.Length;
        if (!VarInt.TryRead(ref rest, out var value))
        {
            Malformed();
        }

        _position += before - rest.Length;
        return value;
    }

    public long ReadSigned() => VarInt.UnZigZag(ReadVarInt());

    /// <summary>A number that counts bytes or items still to come, each of at least one byte.</summary>
    public int ReadLength()
    {
        var value = ReadVarInt();
        if (value > (ulong)(_end - _position))
        {
            Malformed();
        }

        return (int)value;
    }

    public int ReadInt32() => unchecked((int)ReadSigned());

    public ulong ReadUInt64()
    {
        return BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));
    }

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _end - _position)
        {
            Malformed();
        }

        var span = new ReadOnlySpan<byte>(bytes, _position, count);
        _position += count;
        return span;
    }

    public ReadOnlySpan<byte> ReadBlob() => ReadBytes(ReadLength());

    /// <summary>Where a blob lies in the array.</summary>
    public (int Offset, int Length) SkipBlob()
    {
        var size = ReadLength();
        var offset = _position;
        _position += size;
        return (offset, size);
    }

    public string ReadString() => Encoding.UTF8.GetString(ReadBlob());

    [DoesNotReturn]
    public static void Malformed() => throw new MalformedBlockException();
}

/// <summary>A block's inside does not fit the format. The reader of the block turns it into a <see cref="WorkloadException"/> that says where.</summary>
internal sealed class MalformedBlockException : Exception;
