using System.Globalization;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The slices that interleaved runs played in turn, as the workload's clock has them: the same in all runs.</summary>
internal sealed class SliceGrid
{
    private readonly long _origin;
    private readonly double _length;
    private readonly long _count;

    /// <summary>A grid.</summary>
    /// <param name="originMicroseconds">Where the first slice begins, microseconds since 1970 of the workload's clock.</param>
    /// <param name="lengthMicroseconds">Length of a slice on that clock.</param>
    /// <param name="lastMicroseconds">When the last exchange ended.</param>
    public SliceGrid(long originMicroseconds, double lengthMicroseconds, long lastMicroseconds)
    {
        _origin = originMicroseconds;
        _length = lengthMicroseconds;
        _count = Of(lastMicroseconds) + 1;
    }

    /// <summary>The grid of runs; null if they were played one after the other.</summary>
    public static SliceGrid? Of(ComparisonInput input)
    {
        var manifest = input.Runs[0].Manifest;
        if (!input.IsInterleaved)
        {
            return null;
        }

        var length = manifest.Slices!.LengthMicroseconds * double.Parse(manifest.Speed, CultureInfo.InvariantCulture);
        return new SliceGrid(manifest.WorkloadStartMicroseconds, length, input.Workload.Blocks.Select(block => block.MaxEndedAtMicroseconds).DefaultIfEmpty(0).Max());
    }

    /// <summary>The time block of what was asked at a moment: whole slices, so that what met a slice of one run stays together.</summary>
    public int BlockOf(long requestedAtMicroseconds) =>
        (int)(_count <= PairAccumulator.Blocks ? Of(requestedAtMicroseconds) : Of(requestedAtMicroseconds) * PairAccumulator.Blocks / _count);

    /// <summary>
    /// Whether production had it on the wire at a slice's border: what it waited for may be asked by another session behind the border only, after the other run's turn.
    /// </summary>
    public bool Crosses(long requestedAtMicroseconds, long endedAtMicroseconds) => Of(requestedAtMicroseconds) != Of(endedAtMicroseconds);

    private long Of(long moment) => Math.Max(0, (long)((moment - _origin) / _length));
}
