using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>A decompression context. Not for several threads at once.</summary>
internal sealed class ZstdDecompressor : SafeHandle
{
    public ZstdDecompressor()
        : base(0, ownsHandle: true)
    {
        Zstd.Require();
        SetHandle(Zstd.ZSTD_createDCtx());
        if (IsInvalid)
        {
            throw new WorkloadException("no memory for a decompressor: leave the program more memory");
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Decompresses; false if <paramref name="source"/> does not yield exactly <paramref name="destination"/>'s length.</summary>
    public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var size = Zstd.ZSTD_decompressDCtx(handle, to, (nuint)destination.Length, from, (nuint)source.Length);
            return !Zstd.IsError(size) && (int)size == destination.Length;
        }
    }

    protected override bool ReleaseHandle() => Zstd.ZSTD_freeDCtx(handle) == 0;
}
