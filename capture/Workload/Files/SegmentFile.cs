using Microsoft.Win32.SafeHandles;

namespace Replay.Workload;

/// <summary>A segment file that is open for reading, and the blocks in it. Reading is safe for several threads.</summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private SegmentFile(string path, int number, SafeFileHandle file)
    {
        Path = path;
        Number = number;
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    public string Path { get; }

    public int Number { get; }

    public long Length { get; }

    /// <summary>The blocks of all kinds but the index, in order.</summary>
    public List<LocatedBlock> Blocks { get; } = [];

    /// <summary>Whether the segment was closed with its index; else it is the last one of a writer that goes on or was cut off.</summary>
    public bool Closed { get; private set; }

    /// <summary>Bytes at the end that do not make a whole block; 0 if all do.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Where the first block header lies that is damaged and has good blocks after it; 0 if there is none.</summary>
    public long DamagedAt { get; private set; }

    /// <summary>Opens a segment and finds its blocks: by the index, or by walking over the headers.</summary>
    public static SegmentFile Open(string path, int number, SegmentContent content, int maxFormatVersion, Guid owner)
    {
        SegmentFile? segment = null;
        try
        {
            segment = new SegmentFile(path, number, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            segment.CheckHead(content, maxFormatVersion, owner);
            if (!segment.TryReadIndex())
            {
                segment.Scan();
            }

            return segment;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            segment?.Dispose();
            throw PrivateFiles.CannotRead(path, e);
        }
        catch (WorkloadException)
        {
            segment?.Dispose();
            throw;
        }
    }

    public int Read(Span<byte> destination, long offset)
    {
        try
        {
            return RandomAccess.Read(_file, destination, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PrivateFiles.CannotRead(Path, e);
        }
    }

    public void Dispose() => _file.Dispose();

    private void CheckHead(SegmentContent content, int maxFormatVersion, Guid owner)
    {
        Span<byte> head = stackalloc byte[SegmentFormat.HeadBytes];
        var read = Read(head, 0);

        // Killed between the file's creation and its first write.
        if (read < head.Length)
        {
            return;
        }

        if (!SegmentFormat.TryReadHead(head, out var found, out var version, out var number, out var foundOwner))
        {
            throw new WorkloadException($"{Path} is damaged: its first {SegmentFormat.HeadBytes} bytes are not those of a segment; copy it anew from where it came");
        }

        if (version > maxFormatVersion)
        {
            throw new WorkloadException($"{Path} has format {version}, this program reads up to {maxFormatVersion}: use a newer version of the program");
        }

        if (found != content || number != Number || foundOwner != owner)
        {
            throw new WorkloadException($"{Path} belongs to another folder: put the segment of this one back");
        }
    }

    private bool TryReadIndex()
    {
        Span<byte> trailer = stackalloc byte[SegmentFormat.TrailerBytes];
        if (Length < SegmentFormat.HeadBytes + SegmentFormat.TrailerBytes
            || Read(trailer, Length - trailer.Length) < trailer.Length
            || !SegmentFormat.TryReadTrailer(trailer, out var offset)
            || !TryReadHeader(offset, out var header)
            || header.Kind != BlockKind.Index)
        {
            return false;
        }

        using var block = new BlockBuffer();
        Closed = block.TryLoad(this, new LocatedBlock(Number, offset, header)) && SegmentIndex.TryRead(block.Payload, Number, offset, Blocks);
        return Closed;
    }

    private bool TryReadHeader(long offset, out BlockHeader header)
    {
        header = default;
        Span<byte> bytes = stackalloc byte[BlockHeader.SizeBytes];
        return offset >= SegmentFormat.HeadBytes
            && offset + BlockHeader.SizeBytes <= Length
            && Read(bytes, offset) == bytes.Length
            && BlockHeader.TryRead(bytes, out header)
            && offset + BlockHeader.SizeBytes + header.StoredBytes <= Length;
    }

    private void Scan()
    {
        var offset = (long)Math.Min(SegmentFormat.HeadBytes, Length);
        while (offset < Length)
        {
            if (!TryReadHeader(offset, out var header))
            {
                var next = FindHeader(offset + 1);
                if (next < 0)
                {
                    break;
                }

                // Damage in the middle: the blocks after it are good.
                DamagedAt = DamagedAt == 0 ? offset : DamagedAt;
                offset = next;
                continue;
            }

            // The index of a segment whose trailer is damaged.
            if (header.Kind == BlockKind.Index)
            {
                offset = Length;
                break;
            }

            Blocks.Add(new LocatedBlock(Number, offset, header));
            offset += BlockHeader.SizeBytes + header.StoredBytes;
        }

        CutBadTail(ref offset);
        TornBytes = Length - offset;
    }

    // After a power failure the last blocks' headers may be there and their payloads not.
    private void CutBadTail(ref long offset)
    {
        using var buffer = new BlockBuffer();
        while (Blocks.Count > 0 && !buffer.TryLoad(this, Blocks[^1]))
        {
            offset = Blocks[^1].Offset;
            Blocks.RemoveAt(Blocks.Count - 1);
        }
    }

    private long FindHeader(long from)
    {
        const int chunk = 1 << 16;
        var bytes = new byte[chunk];
        for (; from + BlockHeader.SizeBytes <= Length; from += chunk - 3)
        {
            var part = bytes.AsSpan(0, Read(bytes, from));
            for (var at = 0; at + 4 <= part.Length; at++)
            {
                var found = part[at..].IndexOf("RBLK"u8);
                if (found < 0)
                {
                    break;
                }

                at += found;
                if (TryReadHeader(from + at, out _))
                {
                    return from + at;
                }
            }
        }

        return -1;
    }
}
