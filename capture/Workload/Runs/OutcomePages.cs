using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>
/// Layout of a run's outcomes file: pages of 4,096 bytes, the first the file's head, each other one a header and 127 outcomes. FORMAT.md
/// has the layout.
/// </summary>
internal static class OutcomePages
{
    public const string FileName = "outcomes.pages";
    public const int PageBytes = 4096;
    public const int HeaderBytes = 32;
    public const int PerPage = (PageBytes - HeaderBytes) / RunOutcome.SizeBytes;

    private const uint Sealed = 1;

    public static long Pages(long outcomes) => (outcomes + PerPage - 1) / PerPage;

    public static long FileBytes(long outcomes) => PageBytes * (1 + Pages(outcomes));

    public static long PageOffset(long page) => PageBytes * (page + 1);

    /// <summary>Where the outcome at a position lies in the file.</summary>
    public static long Offset(long position)
    {
        var page = (long)((ulong)position / PerPage);
        return PageOffset(page) + HeaderBytes + ((position - (page * PerPage)) * RunOutcome.SizeBytes);
    }

    public static void WriteHead(Span<byte> page, int formatVersion, long outcomes, Guid run)
    {
        page[..PageBytes].Clear();
        "RPLYOUTC"u8.CopyTo(page);
        BinaryPrimitives.WriteInt32LittleEndian(page[8..], formatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(page[16..], outcomes);
        run.TryWriteBytes(page[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(page[(PageBytes - 4)..], Crc32C.Compute(page[..(PageBytes - 4)]));
    }

    /// <summary>Reads the file's head; false if there is none that is whole.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> page, out int formatVersion, out long outcomes, out Guid run)
    {
        formatVersion = 0;
        outcomes = 0;
        run = default;
        if (page.Length < PageBytes || !page.StartsWith("RPLYOUTC"u8) || BinaryPrimitives.ReadUInt32LittleEndian(page[(PageBytes - 4)..]) != Crc32C.Compute(page[..(PageBytes - 4)]))
        {
            return false;
        }

        formatVersion = BinaryPrimitives.ReadInt32LittleEndian(page[8..]);
        outcomes = BinaryPrimitives.ReadInt64LittleEndian(page[16..]);
        run = new Guid(page.Slice(24, 16));
        return outcomes >= 0;
    }

    /// <summary>Writes the header of a page whose outcomes will not change any more.</summary>
    public static void Seal(Span<byte> page, long number)
    {
        page[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(page[4..], Sealed);
        BinaryPrimitives.WriteInt64LittleEndian(page[8..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(page, Crc32C.Compute(page[4..PageBytes]));
    }

    /// <summary>Takes the header away: the page's outcomes may change again.</summary>
    public static void Unseal(Span<byte> page)
    {
        // Of a page that was never sealed nothing is touched: it may not even be on disk.
        if (page[..HeaderBytes].IndexOfAnyExcept((byte)0) >= 0)
        {
            page[..HeaderBytes].Clear();
        }
    }

    /// <summary>Whether a page is good; one without a seal is, if <paramref name="sealRequired"/> does not say otherwise.</summary>
    public static bool IsGood(ReadOnlySpan<byte> page, long number, bool sealRequired)
    {
        if (page[..HeaderBytes].IndexOfAnyExcept((byte)0) < 0)
        {
            return !sealRequired;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(page) == Crc32C.Compute(page[4..PageBytes]) && BinaryPrimitives.ReadInt64LittleEndian(page[8..]) == number;
    }
}
