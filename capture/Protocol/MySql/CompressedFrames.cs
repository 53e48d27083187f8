using System.Buffers;
using System.IO.Compression;
using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>
/// Unpacks one half of a compressed connection: frames of a seven-byte header and zlib or zstd data, each standing alone; what is too short to gain
/// travels as it is.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression_packet.html"/>.
/// </summary>
internal sealed class CompressedFrames
{
    /// <summary>Bytes of a frame's header: three of length, one of sequence number, three of unpacked length (0: not packed).</summary>
    public const int HeaderBytes = 7;

    private const int KeepStorageBytes = 64 << 10;

    /// <summary>Deflate cannot do better than 1,032 to 1.</summary>
    private const int MostDeflateRatio = 1032;

    private readonly ByteStore _held = new();
    private byte[]? _plain;
    private bool _frameInHeld;

    /// <summary>What <see cref="TryNext"/> came to.</summary>
    public enum Result
    {
        /// <summary>The frame does not end here; all was taken.</summary>
        NeedMore,

        /// <summary>A frame was unpacked.</summary>
        Unpacked,

        /// <summary>The data is not what the header says.</summary>
        Damaged,

        /// <summary>Neither zlib nor a method that this build reads.</summary>
        UnknownMethod,
    }

    /// <summary>Bytes of storage in use.</summary>
    public int Capacity => _held.Capacity + (_plain?.Length ?? 0);

    /// <summary>Whether a segment that begins with <paramref name="bytes"/> looks like whole frames, the first of which begins a command.</summary>
    public static bool BeginsCommand(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + 1 || bytes[3] != 0)
        {
            return false;
        }

        var length = Read24(bytes);
        var unpacked = Read24(bytes[4..]);
        if (length + HeaderBytes != bytes.Length)
        {
            return false;
        }

        var inner = bytes[HeaderBytes..];
        return unpacked == 0
            ? inner.Length > MySqlPacket.HeaderBytes && Read24(inner) + MySqlPacket.HeaderBytes == inner.Length && inner[3] == 0
            : unpacked > length && (IsZlib(inner) || IsZstd(inner));
    }

    /// <summary>Takes the next frame from the front of <paramref name="bytes"/>; <paramref name="plain"/> is valid until the next call.</summary>
    public Result TryNext(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (_frameInHeld)
        {
            _held.Clear();
            _frameInHeld = false;
        }

        if (_held.Length == 0 && bytes.Length >= HeaderBytes && bytes.Length >= HeaderBytes + Read24(bytes))
        {
            var total = HeaderBytes + Read24(bytes);
            var frame = bytes[..total];
            bytes = bytes[total..];
            return Unpack(frame, out plain);
        }

        if (!TakeUpTo(HeaderBytes, ref bytes) || !TakeUpTo(HeaderBytes + Read24(_held.Written), ref bytes))
        {
            return Result.NeedMore;
        }

        _frameInHeld = true;
        return Unpack(_held.Written, out plain);
    }

    /// <summary>Gives back what a large frame needed, once its bytes were dealt with.</summary>
    public void Trim()
    {
        if (_plain is { Length: > KeepStorageBytes })
        {
            ReleasePlain();
        }
    }

    /// <summary>Forgets what is held.</summary>
    public void Reset()
    {
        _held.Clear();
        _frameInHeld = false;
        ReleasePlain();
    }

    private static int Read24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    private static bool IsZlib(ReadOnlySpan<byte> data) => data.Length >= 2 && (data[0] & 0x0F) == 8 && ((data[0] << 8) | data[1]) % 31 == 0;

    private static bool IsZstd(ReadOnlySpan<byte> data) => data.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);

    private bool TakeUpTo(int length, ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(Math.Max(length - _held.Length, 0), bytes.Length);
        if (take > 0)
        {
            _held.Append(bytes[..take]);
            bytes = bytes[take..];
        }

        return _held.Length >= length;
    }

    private Result Unpack(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> plain)
    {
        var unpacked = Read24(frame[4..]);
        var data = frame[HeaderBytes..];
        plain = data;
        if (unpacked == 0)
        {
            return Result.Unpacked;
        }

        if (IsZlib(data) && unpacked > (data.Length + 1L) * MostDeflateRatio)
        {
            return Result.Damaged; // before any memory is spent on it
        }

        if (_plain is null || _plain.Length < unpacked)
        {
            ReleasePlain();
            _plain = ArrayPool<byte>.Shared.Rent(unpacked);
        }

        var into = _plain.AsSpan(0, unpacked);
        plain = into;
        if (IsZstd(data))
        {
            return ZstdFrame.TryDecompress(data, into) ? Result.Unpacked : Result.Damaged;
        }

        return IsZlib(data) ? (TryInflate(data, into) ? Result.Unpacked : Result.Damaged) : Result.UnknownMethod;
    }

    private void ReleasePlain()
    {
        if (_plain is { } plain)
        {
            _plain = null;
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <summary>The framework inflates from streams only: the one place where a compressed frame allocates.</summary>
    private static unsafe bool TryInflate(ReadOnlySpan<byte> data, Span<byte> into)
    {
        try
        {
            fixed (byte* pointer = data)
            {
                using var source = new UnmanagedMemoryStream(pointer, data.Length);
                using var inflate = new ZLibStream(source, CompressionMode.Decompress);
                return inflate.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) == into.Length;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
