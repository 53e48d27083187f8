using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>The 72 bytes before each block's payload; FORMAT.md has the layout.</summary>
internal struct BlockHeader
{
    public const int SizeBytes = 72;

    /// <summary>The most bytes of a payload, stored or decompressed: a reader's bound against nonsense.</summary>
    public const int MaxPayloadBytes = 512 << 20;

    /// <summary>"RBLK" in little-endian order.</summary>
    public const uint Magic = 0x4B4C4252;

    private const byte CompressedFlag = 1;
    private const byte SkippableFlag = 2;

    public BlockKind Kind;

    /// <summary>Whether the payload is a zstd frame; else it is stored as it is.</summary>
    public bool Compressed;

    /// <summary>Whether a reader that does not know the kind may go on without it.</summary>
    public bool Skippable;

    /// <summary>Bytes of the payload in the file.</summary>
    public int StoredBytes;

    /// <summary>Bytes of the payload when decompressed.</summary>
    public int RawBytes;

    /// <summary>Checksum of the stored bytes.</summary>
    public uint PayloadCrc;

    /// <summary>Number of items.</summary>
    public int Count;

    /// <summary>Exchanges: position of the first. Tables: number of the first. Runs: the lowest position.</summary>
    public long First;

    /// <summary>Exchanges: microseconds at which the earliest started. Runs: 0.</summary>
    public long Low;

    /// <summary>Exchanges: microseconds at which the latest ended. Runs: the highest position.</summary>
    public long High;

    /// <summary>The lowest session number.</summary>
    public int MinSession;

    /// <summary>The highest session number.</summary>
    public int MaxSession;

    /// <summary>Bit (number modulo 64) for each session.</summary>
    public ulong SessionBits;

    public readonly void Write(Span<byte> destination)
    {
        destination[..SizeBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = (byte)Kind;
        destination[5] = (byte)((Compressed ? CompressedFlag : 0) | (Skippable ? SkippableFlag : 0));
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], StoredBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], RawBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], PayloadCrc);
        BinaryPrimitives.WriteInt32LittleEndian(destination[20..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], First);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], Low);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], High);
        BinaryPrimitives.WriteInt32LittleEndian(destination[48..], MinSession);
        BinaryPrimitives.WriteInt32LittleEndian(destination[52..], MaxSession);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[56..], SessionBits);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[68..], Crc32C.Compute(destination[..68]));
    }

    /// <summary>Reads a header; false if there is none that is whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        header = default;
        if (source.Length < SizeBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[68..]) != Crc32C.Compute(source[..68]))
        {
            return false;
        }

        header = new BlockHeader
        {
            Kind = (BlockKind)source[4],
            Compressed = (source[5] & CompressedFlag) != 0,
            Skippable = (source[5] & SkippableFlag) != 0,
            StoredBytes = BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            RawBytes = BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            PayloadCrc = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
            First = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            Low = BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            High = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            MinSession = BinaryPrimitives.ReadInt32LittleEndian(source[48..]),
            MaxSession = BinaryPrimitives.ReadInt32LittleEndian(source[52..]),
            SessionBits = BinaryPrimitives.ReadUInt64LittleEndian(source[56..]),
        };
        return header.StoredBytes is >= 0 and <= MaxPayloadBytes && header.RawBytes is >= 0 and <= MaxPayloadBytes && header.Count >= 0;
    }
}
