using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Replay.Protocol.Buffers;

/// <summary>
/// Bytes that are gathered for an exchange (its request, its kept values): append only, contiguous, from the shared pool, given back by
/// <see cref="Clear"/>. The bound is the caller's to keep: it looks at <see cref="Length"/> before it appends.
/// </summary>
public sealed class ByteStore : IBufferWriter<byte>
{
    private const int SmallestRentBytes = 256;

    private byte[]? _bytes;

    /// <summary>Bytes gathered.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of storage in use.</summary>
    public int Capacity => _bytes?.Length ?? 0;

    /// <summary>What was gathered; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The same, for asynchronous users; valid until the next change.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>The same, to be changed in place (masking).</summary>
    public Span<byte> WrittenMutable => _bytes.AsSpan(0, Length);

    /// <summary>Appends <paramref name="bytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes is null || bytes.Length > _bytes.Length - Length)
        {
            Reserve(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert((uint)count <= (uint)(Capacity - Length), "advanced beyond the span");
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes is null || Math.Max(sizeHint, 1) > _bytes.Length - Length)
        {
            Reserve(sizeHint);
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Shortens to the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Debug.Assert((uint)length <= (uint)Length, "cannot grow by truncation");
        Length = length;
    }

    /// <summary>Forgets all and keeps the storage for the next use, unless it is larger than <paramref name="keepBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reset(int keepBytes)
    {
        Length = 0;
        if (Capacity > keepBytes)
        {
            Clear();
        }
    }

    /// <summary>Forgets all and gives the storage back.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Reserve(int more)
    {
        more = Math.Max(more, 1);
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(more, SmallestRentBytes));
        }
        else if (more > _bytes.Length - Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(Length + (long)more, 2L * _bytes.Length), Array.MaxLength));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
