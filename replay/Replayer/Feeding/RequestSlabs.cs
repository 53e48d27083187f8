using System.Collections.Concurrent;

namespace Replay.Replayer;

/// <summary>The feeder's memory for requests. Append is for one thread, <see cref="RequestSlab.Release"/> for any.</summary>
public sealed class RequestSlabs
{
    /// <summary>Size of a slab; requests longer than a quarter of it get memory of their own.</summary>
    public const int SlabBytes = 1 << 20;

    private readonly ConcurrentBag<RequestSlab> _free = [];
    private RequestSlab? _current;
    private long _bytes;

    /// <summary>Bytes of all slabs in use, for the feeder's bound.</summary>
    public long BytesInUse => Volatile.Read(ref _bytes);

    /// <summary>
    /// Copies a request and behind it the types of its parameters and values of its response; the slab's <see cref="RequestSlab.Release"/> is due when they are not needed any more.
    /// </summary>
    public RequestSlab Append(ReadOnlySpan<byte> request, ReadOnlySpan<byte> types, out int offset, ReadOnlySpan<byte> values = default)
    {
        var length = request.Length + types.Length + values.Length;
        if (length > SlabBytes / 4)
        {
            var own = new RequestSlab(this, length, isPooled: false);
            Interlocked.Add(ref _bytes, own.Bytes.Length);
            offset = own.Append(request, types, values);
            own.Release();
            return own;
        }

        if (_current is null || _current.Free < length)
        {
            _current?.Release();
            if (_free.TryTake(out var free))
            {
                free.Reuse();
                _current = free;
            }
            else
            {
                _current = new RequestSlab(this, SlabBytes, isPooled: true);
            }

            Interlocked.Add(ref _bytes, SlabBytes);
        }

        offset = _current.Append(request, types, values);
        return _current;
    }

    internal void Return(RequestSlab slab)
    {
        Interlocked.Add(ref _bytes, -slab.Bytes.Length);
        if (slab.IsPooled)
        {
            _free.Add(slab);
        }
    }
}
