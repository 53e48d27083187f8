namespace Replay.Workload;

/// <summary>Bounds and knobs of a <see cref="WorkloadWriter"/>.</summary>
public sealed record WorkloadWriterOptions
{
    /// <summary>Size at which a segment file is closed and the next one begun. 256 MiB by default.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of encoded exchanges at which a block is closed. 1 MiB by default: the reader's unit of memory.</summary>
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>Number of exchanges at which a block is closed. 65,536 by default: the most to decode before a position is reached.</summary>
    public int BlockExchanges { get; init; } = 1 << 16;

    /// <summary>
    /// Age at which <see cref="WorkloadWriter.Flush"/> closes a block. 0.75 s by default: with an owner that calls it four times a second,
    /// nothing older than 1 s is lost by SIGKILL.
    /// </summary>
    public TimeSpan FlushAfter { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary>The most texts (statements, column lists, parameter types) that are stored once; further ones are stored where they occur. 131,072 by default.</summary>
    public int MaxInternedTexts { get; init; } = 1 << 17;

    /// <summary>The most bytes of such texts; the reader holds them too. 32 MiB by default.</summary>
    public int MaxInternedBytes { get; init; } = 32 << 20;

    /// <summary>The most shapes; statements beyond them have none (-1), counted in the manifest. 131,072 by default.</summary>
    public int MaxShapes { get; init; } = 1 << 17;

    /// <summary>zstd's level. 1 by default: production's processor comes before the disk.</summary>
    public int CompressionLevel { get; init; } = 1;

    /// <summary>The clock that <see cref="FlushAfter"/> is read from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
