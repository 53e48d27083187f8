using Replay.Workload;

namespace Replay.Comparator;

/// <summary>The workload's time in equal blocks.</summary>
/// <param name="FromMicroseconds">Its begin on the capture's clock.</param>
/// <param name="LengthMicroseconds">Of a block.</param>
/// <param name="Count">How many.</param>
public readonly record struct TimeBlocks(long FromMicroseconds, long LengthMicroseconds, int Count)
{
    /// <summary>The blocks of a workload.</summary>
    public static TimeBlocks Of(WorkloadManifest workload, int count)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var from = workload.FirstAtMicroseconds ?? 0;
        return new TimeBlocks(from, Math.Max(1, (((workload.LastAtMicroseconds ?? from) - from) / count) + 1), count);
    }

    /// <summary>The block of a moment; what lies outside is in the first or the last.</summary>
    public int Of(long microseconds) => (int)Math.Clamp((microseconds - FromMicroseconds) / LengthMicroseconds, 0, Count - 1);

    /// <summary>When a block begins.</summary>
    public long BeginOf(int block) => FromMicroseconds + (block * LengthMicroseconds);
}
