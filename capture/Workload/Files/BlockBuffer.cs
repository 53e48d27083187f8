using System.Buffers;

namespace Replay.Workload;

/// <summary>Holds one block's payload, checked and decompressed; reused from block to block. Not for several threads at once.</summary>
internal sealed class BlockBuffer : IDisposable
{
    private ZstdDecompressor? _decompressor;
    private byte[] _payload = [];
    private int _length;

    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    /// <summary>The array that begins with <see cref="Payload"/>.</summary>
    public byte[] Bytes => _payload;

    public int Length => _length;

    /// <summary>Loads a block; a <see cref="WorkloadException"/> names it if it is damaged.</summary>
    public void Load(SegmentFile segment, in LocatedBlock block)
    {
        if (!TryLoad(segment, block))
        {
            throw Damaged(segment, block);
        }
    }

    /// <summary>Loads a block; false if its checksum or its compression is wrong.</summary>
    public bool TryLoad(SegmentFile segment, in LocatedBlock block)
    {
        var header = block.Header;
        _length = 0;
        var stored = ArrayPool<byte>.Shared.Rent(header.StoredBytes);
        try
        {
            var bytes = stored.AsSpan(0, header.StoredBytes);
            if (segment.Read(bytes, block.Offset + BlockHeader.SizeBytes) < bytes.Length || Crc32C.Compute(bytes) != header.PayloadCrc)
            {
                return false;
            }

            EnsureCapacity(header.RawBytes);
            if (header.Compressed)
            {
                _decompressor ??= new ZstdDecompressor();
                if (!_decompressor.TryDecompress(bytes, _payload.AsSpan(0, header.RawBytes)))
                {
                    return false;
                }
            }
            else if (header.RawBytes != bytes.Length)
            {
                return false;
            }
            else
            {
                bytes.CopyTo(_payload);
            }

            _length = header.RawBytes;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    public static WorkloadException Damaged(SegmentFile segment, in LocatedBlock block) => new(
        $"{segment.Path} is damaged at byte {block.Offset:N0} ({What(block.Header)}): its checksum or inside is wrong; copy it anew from where it came");

    public void Dispose()
    {
        _decompressor?.Dispose();
        if (_payload.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_payload);
            _payload = [];
        }

        _length = 0;
    }

    private static string What(in BlockHeader header) => header.Kind switch
    {
        BlockKind.Exchanges => $"exchanges {header.First:N0} to {header.First + header.Count - 1:N0}",
        BlockKind.Sessions => $"sessions {header.MinSession:N0} to {header.MaxSession:N0}",
        BlockKind.Shapes => "shapes",
        BlockKind.Texts => "statement texts",
        BlockKind.Gaps => "gaps",
        BlockKind.RunErrors => "errors",
        BlockKind.RunValues => "values",
        BlockKind.RunDocument => "a document",
        BlockKind.RunErrorCodes => "error codes",
        _ => $"a block of kind {(byte)header.Kind}",
    };

    private void EnsureCapacity(int bytes)
    {
        if (_payload.Length < bytes)
        {
            if (_payload.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_payload);
            }

            _payload = ArrayPool<byte>.Shared.Rent(bytes);
        }
    }
}
