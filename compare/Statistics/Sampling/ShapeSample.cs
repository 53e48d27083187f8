namespace Replay.Statistics;

/// <summary>What the decision needs to know of one shape. Numbers per run stand baseline first.</summary>
public sealed class ShapeSample
{
    /// <summary>Paired exchanges: those with a latency in every run.</summary>
    public required long Executions { get; init; }

    /// <summary>Mean centred and clipped logarithm of latency + 20 us, per run.</summary>
    public required double[] Typical { get; init; }

    /// <summary>Variance of <see cref="Typical"/> within a run, by a jackknife over time blocks; NaN if there is only one block.</summary>
    public required double TypicalBlockVariance { get; init; }

    /// <summary>Mean centred logarithm of the latency itself, per run: what the reported ratio is made of.</summary>
    public required double[] Plain { get; init; }

    /// <summary>Variance of <see cref="Plain"/> within a run, by the same jackknife.</summary>
    public required double PlainBlockVariance { get; init; }

    /// <summary>Logarithm of the summed latency, per run.</summary>
    public required double[] LogTotal { get; init; }

    /// <summary>Variance of <see cref="LogTotal"/> within a run, by the same jackknife.</summary>
    public required double LogTotalBlockVariance { get; init; }

    /// <summary>Time blocks in which the shape occurs.</summary>
    public required int OccupiedBlocks { get; init; }

    /// <summary>Interleaved: <see cref="Typical"/> without each of the time blocks, null for those in which the shape does not occur; else empty.</summary>
    public IReadOnlyList<double[]?> TypicalWithoutBlock { get; init; } = [];

    /// <summary>Summed latency per run, in microseconds.</summary>
    public required double[] TotalMicroseconds { get; init; }

    /// <summary>Its slowest exchanges; null if it has too few.</summary>
    public SlowSample? Slow { get; init; }

    /// <summary>Latencies per run.</summary>
    public required LogHistogram[] Histograms { get; init; }
}
