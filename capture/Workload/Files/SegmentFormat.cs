using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>Which kind of folder a segment belongs to.</summary>
internal enum SegmentContent : ushort
{
    Workload = 1,
    Run = 2,
}

/// <summary>The head and the trailer of a segment file, and its name; FORMAT.md has the layout.</summary>
internal static class SegmentFormat
{
    public const int HeadBytes = 40;
    public const int TrailerBytes = 24;
    public const string Pattern = "segment-*.blocks";

    // "RPLYSEGM" and "RPLYSEND" in little-endian order.
    private const ulong HeadMagic = 0x4D474553594C5052;
    private const ulong TrailerMagic = 0x444E4553594C5052;

    public static string FileName(int segment) => $"segment-{segment:d6}.blocks";

    public static void WriteHead(Span<byte> destination, SegmentContent content, int formatVersion, int segment, Guid owner)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, HeadMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], (ushort)formatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], (ushort)content);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], segment);
        owner.TryWriteBytes(destination[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], Crc32C.Compute(destination[..36]));
    }

    /// <summary>Reads a head; false if there is none that is whole.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> source, out SegmentContent content, out int formatVersion, out int segment, out Guid owner)
    {
        content = default;
        formatVersion = 0;
        segment = 0;
        owner = default;
        if (source.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(source) != HeadMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) != Crc32C.Compute(source[..36]))
        {
            return false;
        }

        formatVersion = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        content = (SegmentContent)BinaryPrimitives.ReadUInt16LittleEndian(source[10..]);
        segment = BinaryPrimitives.ReadInt32LittleEndian(source[12..]);
        owner = new Guid(source.Slice(16, 16));
        return true;
    }

    public static void WriteTrailer(Span<byte> destination, long indexOffset)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, TrailerMagic);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], indexOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], Crc32C.Compute(destination[..20]));
    }

    /// <summary>Reads a trailer; false if the segment was not closed.</summary>
    public static bool TryReadTrailer(ReadOnlySpan<byte> source, out long indexOffset)
    {
        indexOffset = 0;
        if (source.Length < TrailerBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(source) != TrailerMagic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[20..]) != Crc32C.Compute(source[..20]))
        {
            return false;
        }

        indexOffset = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        return true;
    }
}
