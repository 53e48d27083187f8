using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>A compression context, reused for all blocks of a writer. Not for several threads at once.</summary>
internal sealed class ZstdCompressor : SafeHandle
{
    private readonly int _level;

    public ZstdCompressor(int level)
        : base(0, ownsHandle: true)
    {
        Zstd.Require();
        _level = level;
        SetHandle(Zstd.ZSTD_createCCtx());
        if (IsInvalid)
        {
            throw new WorkloadException("no memory for a compressor: leave the program more memory");
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Compresses into <paramref name="destination"/>, which has at least <see cref="Zstd.CompressBound"/> bytes; returns the size.</summary>
    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var size = Zstd.ZSTD_compressCCtx(handle, to, (nuint)destination.Length, from, (nuint)source.Length, _level);
            return Zstd.IsError(size) ? throw new WorkloadException($"cannot compress a block: {Zstd.ErrorName(size)}") : (int)size;
        }
    }

    protected override bool ReleaseHandle() => Zstd.ZSTD_freeCCtx(handle) == 0;
}
