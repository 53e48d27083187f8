using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Replay.Workload;

/// <summary>A growing array of bytes that is reused: after warm-up nothing is allocated.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    /// <summary>A buffer that has grown beyond this gives its memory back when it is cleared.</summary>
    private const int KeptBytes = 8 << 20;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = [];
        }
    }

    /// <summary>At least <paramref name="count"/> writable bytes; <see cref="Advance"/> says how many were used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)Length + count + 256)));
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Reserve(Math.Max(sizeHint, 1));

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public void Truncate(int length) => Length = length;

    public Span<byte> Slice(int offset, int length) => _bytes.AsSpan(offset, length);

    public void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteVarInt(ulong value)
    {
        var bytes = _bytes;
        var at = Length;
        if (value < 0x80 && (uint)at < (uint)bytes.Length)
        {
            bytes[at] = (byte)value;
            Length = at + 1;
            return;
        }

        WriteLongVarInt(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteSigned(long value) => WriteVarInt(VarInt.ZigZag(value));

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        Length += 4;
    }

    /// <summary>Length in UTF-8, then the bytes; read by <see cref="PayloadReader.ReadString"/>.</summary>
    public void WriteString(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        WriteVarInt((ulong)size);
        Length += Encoding.UTF8.GetBytes(text, Reserve(size));
    }

    private void WriteLongVarInt(ulong value) => Length += VarInt.Write(Reserve(VarInt.MaxLength), value);

    /// <summary>Length, then the bytes.</summary>
    public void WriteBlob(ReadOnlySpan<byte> bytes)
    {
        WriteVarInt((ulong)bytes.Length);
        Write(bytes);
    }
}
