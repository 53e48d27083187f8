using System.Buffers;
using System.Diagnostics;

namespace Replay.Protocol.Buffers;

/// <summary>
/// Bytes of one half of a connection that wait for the rest of their message: contiguous, so that readers see spans, and bounded.
/// </summary>
/// <remarks>
/// The storage comes from the shared pool when the first byte is kept. When the last is consumed it goes back, unless it is small: taking and giving back
/// costs more than reading a short message does. So a connection that is quiet costs at most <see cref="KeptBytes"/>, and one whose segments hold
/// whole messages nothing: decode straight from the segment while <see cref="IsEmpty"/>, and <see cref="TryAppend"/> only what is left.
/// </remarks>
public sealed class MessageBuffer
{
    private const int KeptBytes = 512;

    private byte[]? _bytes;
    private int _start;
    private int _end;

    /// <summary>A buffer that takes at most <paramref name="maxBytes"/> at a time.</summary>
    public MessageBuffer(int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        MaxBytes = maxBytes;
    }

    /// <summary>The bound.</summary>
    public int MaxBytes { get; }

    /// <summary>Bytes held.</summary>
    public int Length => _end - _start;

    /// <summary>Whether nothing is held.</summary>
    public bool IsEmpty => _end == _start;

    /// <summary>Bytes of storage in use, for a bound over all connections; what an empty buffer keeps is not counted.</summary>
    public int Capacity => IsEmpty ? 0 : _bytes!.Length;

    /// <summary>What is held; valid until the next call that changes the buffer.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>The same, to be changed in place (masking).</summary>
    public Span<byte> UnreadMutable => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Appends <paramref name="bytes"/>; false, and nothing taken, if the bound would be exceeded.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        if (bytes.Length > MaxBytes - Length)
        {
            return false;
        }

        if (_bytes is null || bytes.Length > _bytes.Length - _end)
        {
            Reserve(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
        return true;
    }

    /// <summary>Drops the first <paramref name="count"/> bytes.</summary>
    public void Consume(int count)
    {
        Debug.Assert((uint)count <= (uint)Length, "more consumed than held");
        _start += count;
        if (_start == _end)
        {
            Empty();
        }
    }

    /// <summary>Takes <paramref name="count"/> bytes out at <paramref name="at"/>; what follows moves up.</summary>
    public void Remove(int at, int count)
    {
        Unread[(at + count)..].CopyTo(UnreadMutable[at..]);
        Truncate(Length - count);
    }

    /// <summary>Keeps only the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Debug.Assert((uint)length <= (uint)Length, "cannot grow by truncation");
        _end = _start + length;
        if (length == 0)
        {
            Empty();
        }
    }

    /// <summary>Drops everything and gives the storage back.</summary>
    public void Clear()
    {
        _start = _end = 0;
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Empty()
    {
        if (_bytes?.Length > KeptBytes)
        {
            Clear();
        }

        _start = _end = 0;
    }

    private void Reserve(int more)
    {
        var length = Length;
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(more, KeptBytes));
            return;
        }

        if (more + length <= _bytes.Length && _start >= length)
        {
            // Moving is paid for by what was consumed before.
            _bytes.AsSpan(_start, length).CopyTo(_bytes);
        }
        else
        {
            var wanted = Math.Max(length + (long)more, Math.Min(2L * _bytes.Length, MaxBytes));
            var larger = ArrayPool<byte>.Shared.Rent((int)wanted);
            _bytes.AsSpan(_start, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        _start = 0;
        _end = length;
    }
}
