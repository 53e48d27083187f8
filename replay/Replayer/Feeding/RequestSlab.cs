namespace Replay.Replayer;

/// <summary>
/// A piece of memory that holds the requests of many exchanges, filled by the feeder and given back when the last of them has been sent:
/// so requests cost no allocation however long they wait.
/// </summary>
public sealed class RequestSlab
{
    private readonly RequestSlabs? _owner;
    private int _references = 1;
    private int _used;

    internal RequestSlab(RequestSlabs? owner, int length, bool isPooled)
    {
        _owner = owner;
        Bytes = GC.AllocateUninitializedArray<byte>(length);
        IsPooled = isPooled;
    }

    internal byte[] Bytes { get; }

    internal bool IsPooled { get; }

    internal int Free => Bytes.Length - _used;

    /// <summary>One more lives off a request that is here.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>One request fewer lives here.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _owner?.Return(this);
        }
    }

    internal int Append(ReadOnlySpan<byte> request, ReadOnlySpan<byte> types, ReadOnlySpan<byte> values)
    {
        var offset = _used;
        request.CopyTo(Bytes.AsSpan(offset));
        types.CopyTo(Bytes.AsSpan(offset + request.Length));
        values.CopyTo(Bytes.AsSpan(offset + request.Length + types.Length));
        _used += request.Length + types.Length + values.Length;
        Interlocked.Increment(ref _references);
        return offset;
    }

    internal void Reuse()
    {
        _used = 0;
        _references = 1;
    }

    // What another has, at the same places.
    internal void Take(RequestSlab other)
    {
        other.Bytes.AsSpan(0, other._used).CopyTo(Bytes);
        _used = other._used;
    }
}
