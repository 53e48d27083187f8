namespace Replay.Workload;

/// <summary>Gaps as the payload of a block.</summary>
internal sealed class GapBlocks
{
    /// <summary>Number of waiting gaps at which they are written out.</summary>
    public const int MaxPending = 65_536;

    private readonly ByteBuffer _payload = new();
    private long _lastAt;

    public int PendingCount { get; private set; }

    public long Count { get; private set; }

    public void Add(in Gap gap)
    {
        _payload.WriteSigned(gap.Session);
        _payload.WriteByte(gap.IsRequest ? (byte)1 : (byte)0);
        _payload.WriteSigned(unchecked(gap.AtMicroseconds - _lastAt));
        _payload.WriteSigned(gap.Bytes);
        _lastAt = gap.AtMicroseconds;
        PendingCount++;
        Count++;
    }

    public void Write(SegmentWriter segments)
    {
        var header = new BlockHeader { Kind = BlockKind.Gaps, Count = PendingCount, First = Count - PendingCount };
        segments.Add(ref header, _payload.Written);
        _payload.Clear();
        PendingCount = 0;
        _lastAt = 0;
    }

    public static List<Gap> Read(BlockBuffer block, in BlockHeader header)
    {
        var reader = new PayloadReader(block.Bytes, 0, block.Length);
        var gaps = new List<Gap>(Math.Min(header.Count, block.Length));
        var at = 0L;
        for (var i = 0; i < header.Count; i++)
        {
            var session = reader.ReadInt32();
            var isRequest = reader.ReadByte() != 0;
            at = unchecked(at + reader.ReadSigned());
            gaps.Add(new Gap(session, isRequest, at, reader.ReadSigned()));
        }

        return gaps;
    }
}
