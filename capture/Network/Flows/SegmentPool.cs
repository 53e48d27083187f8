namespace Replay.Network.Flows;

/// <summary>Segments for reuse, and the account of what all flows hold together.</summary>
internal sealed class SegmentPool
{
    /// <summary>More than a burst of reordering needs; the rest is left to the garbage collector.</summary>
    private const int MaxSpare = 4_096;

    private readonly Stack<Segment> _spare = new();

    /// <summary>Bytes of memory in use by segments of all flows.</summary>
    public long Footprint { get; private set; }

    public Segment Rent(uint sequence, ReadOnlySpan<byte> bytes, int missingBytes, uint acknowledgement, long atMicroseconds)
    {
        if (!_spare.TryPop(out var segment))
        {
            segment = new Segment();
        }

        segment.Set(sequence, bytes, missingBytes, acknowledgement, atMicroseconds);
        Footprint += segment.Footprint;
        return segment;
    }

    public void Return(Segment segment)
    {
        Footprint -= segment.Footprint;
        segment.Clear();
        if (_spare.Count < MaxSpare)
        {
            _spare.Push(segment);
        }
    }
}
