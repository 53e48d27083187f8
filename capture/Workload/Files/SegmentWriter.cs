using Microsoft.Win32.SafeHandles;

namespace Replay.Workload;

/// <summary>
/// Appends blocks to numbered segment files. Blocks that are added together are written by one call, so that what refers to a table comes with
/// it or not at all. Not for several threads at once.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly string _folder;
    private readonly SegmentContent _content;
    private readonly int _formatVersion;
    private readonly Guid _owner;
    private readonly long _segmentBytes;
    private readonly ZstdCompressor _compressor;
    private readonly ByteBuffer _pending = new();
    private readonly ByteBuffer _index = new();
    private SafeFileHandle? _file;
    private string _path = "";
    private long _length;
    private int _indexed;
    private WorkloadException? _failure;

    /// <summary>A writer; <paramref name="segments"/> are there already and are left as they are.</summary>
    public SegmentWriter(string folder, SegmentContent content, int formatVersion, Guid owner, long segmentBytes, int compressionLevel, int segments = 0)
    {
        Segments = segments;
        _folder = folder;
        _content = content;
        _formatVersion = formatVersion;
        _owner = owner;
        _segmentBytes = segmentBytes;
        _compressor = new ZstdCompressor(compressionLevel);
    }

    /// <summary>Number of segment files begun.</summary>
    public int Segments { get; private set; }

    /// <summary>Bytes written to all of them.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Adds a block; its header's sizes and checksum are filled in. It is on disk after <see cref="Commit"/>.</summary>
    public void Add(ref BlockHeader header, ReadOnlySpan<byte> payload)
    {
        ThrowIfFailed();
        if (payload.Length > BlockHeader.MaxPayloadBytes)
        {
            throw new WorkloadException($"a block of {payload.Length:N0} bytes is over the format's bound of {BlockHeader.MaxPayloadBytes:N0}");
        }

        var at = _pending.Length;
        var room = _pending.Reserve(BlockHeader.SizeBytes + Zstd.CompressBound(payload.Length));
        var body = room[BlockHeader.SizeBytes..];
        var size = _compressor.Compress(payload, body);
        header.Compressed = size < payload.Length;
        if (!header.Compressed)
        {
            payload.CopyTo(body);
            size = payload.Length;
        }

        header.StoredBytes = size;
        header.RawBytes = payload.Length;
        header.PayloadCrc = Crc32C.Compute(body[..size]);
        header.Write(room);
        _pending.Advance(BlockHeader.SizeBytes + size);

        _index.WriteUInt64((ulong)at);
        _index.Write(room[..BlockHeader.SizeBytes]);
    }

    /// <summary>Writes the blocks added since the last call.</summary>
    public void Commit()
    {
        ThrowIfFailed();
        if (_pending.Length == 0)
        {
            return;
        }

        if (_file is null)
        {
            Begin();
        }

        // Offsets in the index were relative to the group until it was known where the group goes.
        const int entryBytes = SegmentIndex.EntryBytes;
        for (; _indexed < _index.Length; _indexed += entryBytes)
        {
            SegmentIndex.Move(_index.Slice(_indexed, entryBytes), _length);
        }

        Append(_pending.Written);
        _pending.Clear();
        if (_length >= _segmentBytes)
        {
            End();
        }
    }

    /// <summary>Writes what is pending and closes the segment with its index.</summary>
    public void Complete()
    {
        Commit();
        if (_file is not null)
        {
            End();
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _compressor.Dispose();
    }

    private void Begin()
    {
        Segments++;
        _path = Path.Combine(_folder, SegmentFormat.FileName(Segments));
        _length = 0;
        try
        {
            using var stream = new FileStream(_path, PrivateFiles.NewFile());
            Span<byte> head = stackalloc byte[SegmentFormat.HeadBytes];
            SegmentFormat.WriteHead(head, _content, _formatVersion, Segments, _owner);
            stream.Write(head);
            _length = head.Length;
            BytesWritten += head.Length;
            _file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fail(e);
        }
    }

    private void End()
    {
        var header = new BlockHeader { Kind = BlockKind.Index, Count = _index.Length / SegmentIndex.EntryBytes, Skippable = true };
        var indexOffset = _length;
        Add(ref header, _index.Written);
        Span<byte> trailer = stackalloc byte[SegmentFormat.TrailerBytes];
        SegmentFormat.WriteTrailer(trailer, indexOffset);
        _pending.Write(trailer);
        Append(_pending.Written);
        _pending.Clear();
        _index.Clear();
        _indexed = 0;
        _file!.Dispose();
        _file = null;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file!, bytes, _length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack();
            throw Fail(e);
        }

        _length += bytes.Length;
        BytesWritten += bytes.Length;
    }

    // A part of the group may have been written before the disk was full; without it the segment ends with a whole block.
    private void CutBack()
    {
        try
        {
            RandomAccess.SetLength(_file!, _length);
        }
        catch (IOException)
        {
            // Readers cut a torn tail off themselves; the first error is the one to report.
            return;
        }
    }

    private WorkloadException Fail(Exception e) => _failure = PrivateFiles.CannotWrite(_path, e);

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new WorkloadException(_failure.Message, _failure);
        }
    }
}
