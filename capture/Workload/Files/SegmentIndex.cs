using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>A block and where it is.</summary>
internal readonly record struct LocatedBlock(int Segment, long Offset, BlockHeader Header);

/// <summary>The payload of a segment's index block: for each block its offset (8 bytes) and a copy of its header.</summary>
internal static class SegmentIndex
{
    public const int EntryBytes = 8 + BlockHeader.SizeBytes;

    /// <summary>Adds <paramref name="by"/> to the offset of an entry.</summary>
    public static void Move(Span<byte> entry, long by) =>
        BinaryPrimitives.WriteInt64LittleEndian(entry, BinaryPrimitives.ReadInt64LittleEndian(entry) + by);

    /// <summary>Reads all entries; false if one of them cannot be.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, int segment, long before, List<LocatedBlock> blocks)
    {
        var start = blocks.Count;
        for (; payload.Length >= EntryBytes; payload = payload[EntryBytes..])
        {
            var offset = BinaryPrimitives.ReadInt64LittleEndian(payload);
            if (!BlockHeader.TryRead(payload[8..], out var header) || offset < SegmentFormat.HeadBytes || offset + BlockHeader.SizeBytes + header.StoredBytes > before)
            {
                blocks.RemoveRange(start, blocks.Count - start);
                return false;
            }

            blocks.Add(new LocatedBlock(segment, offset, header));
        }

        return payload.IsEmpty;
    }
}
