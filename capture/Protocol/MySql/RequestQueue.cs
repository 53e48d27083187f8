using System.Diagnostics;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>Requests that wait for their responses, with their bytes in one log. In a session without pipelines it holds one, and the log begins anew each time.</summary>
internal sealed class RequestQueue
{
    private const int KeepStorageBytes = 64 << 10;

    private readonly ByteStore _log = new();
    private PendingRequest[] _ring = new PendingRequest[4];
    private int _head;
    private long _logStart;

    /// <summary>Requests in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of storage in use.</summary>
    public long Capacity => _log.Capacity;

    /// <summary>The oldest.</summary>
    public ref PendingRequest Head => ref At(0);

    /// <summary>The newest.</summary>
    public ref PendingRequest Tail => ref At(Count - 1);

    /// <summary>The request behind <paramref name="index"/> older ones.</summary>
    public ref PendingRequest this[int index] => ref At(index);

    /// <summary>The request's bytes; valid until the queue changes.</summary>
    public ReadOnlySpan<byte> Bytes(scoped in PendingRequest request) => _log.Written.Slice((int)(request.Start - _logStart), request.Length);

    /// <summary>The same, to be masked in place.</summary>
    public Span<byte> MutableBytes(scoped in PendingRequest request) => _log.WrittenMutable.Slice((int)(request.Start - _logStart), request.Length);

    /// <summary>Appends a request and its bytes.</summary>
    public ref PendingRequest Add(ReadOnlySpan<byte> bytes)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        var start = _logStart + _log.Length;
        _log.Append(bytes);
        Count++;
        ref var tail = ref Tail;
        tail = new PendingRequest { Start = start, Length = bytes.Length, TextOffset = -1 };
        return ref tail;
    }

    /// <summary>Appends data to the newest request, which has to be the last in the log.</summary>
    public void AppendToTail(ReadOnlySpan<byte> bytes)
    {
        _log.Append(bytes);
        Tail.Length += bytes.Length;
    }

    /// <summary>Drops the oldest.</summary>
    public void RemoveHead()
    {
        Debug.Assert(Count > 0, "nothing to remove");
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        if (Count == 0)
        {
            _logStart += _log.Length;
            _log.Reset(KeepStorageBytes);
        }
        else if (Head.Start - _logStart > KeepStorageBytes && Head.Start - _logStart > _log.Length / 2)
        {
            // A pipeline that never runs dry: what was answered is the larger part by now, so moving the rest is paid for.
            var drop = (int)(Head.Start - _logStart);
            var rest = _log.Length - drop;
            _log.WrittenMutable[drop..].CopyTo(_log.WrittenMutable);
            _log.Truncate(rest);
            _logStart += drop;
        }
    }

    private ref PendingRequest At(int index) => ref _ring[(_head + index) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new PendingRequest[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = At(i);
        }

        _ring = larger;
        _head = 0;
    }
}
