namespace Replay.Workload;

/// <summary>Collects records of a run, each with the position of its exchange, as the payload of a block.</summary>
internal sealed class RecordBlock(BlockKind kind)
{
    private readonly ByteBuffer _payload = new();
    private long _low = long.MaxValue;
    private long _high = long.MinValue;
    private long _last;

    public int Count { get; private set; }

    public int Bytes => _payload.Length;

    /// <summary>Begins a record; the caller appends its fields.</summary>
    public ByteBuffer Begin(long position)
    {
        _payload.WriteSigned(position - _last);
        _last = position;
        _low = Math.Min(_low, position);
        _high = Math.Max(_high, position);
        Count++;
        return _payload;
    }

    /// <summary>Adds the block, if there are records, and begins anew.</summary>
    public void Write(SegmentWriter segments)
    {
        if (Count == 0)
        {
            return;
        }

        var header = new BlockHeader { Kind = kind, Count = Count, First = _low, High = _high };
        segments.Add(ref header, _payload.Written);
        _payload.Clear();
        _low = long.MaxValue;
        _high = long.MinValue;
        _last = 0;
        Count = 0;
    }
}
