namespace Replay.Workload;

/// <summary>A zstd frame that stands alone, for protocols that compress by it. One decompressor a thread.</summary>
public static class ZstdFrame
{
    [ThreadStatic]
    private static ZstdDecompressor? s_decompressor;

    /// <summary>
    /// Decompresses; false if <paramref name="source"/> is damaged or does not yield exactly <paramref name="destination"/>'s length. A
    /// <see cref="WorkloadException"/> if the library is missing, which no program gets past its start without.
    /// </summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        (s_decompressor ??= new ZstdDecompressor()).TryDecompress(source, destination);
}
