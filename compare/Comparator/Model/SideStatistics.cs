using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>A shape's latencies on one side, answers without error of all its runs together.</summary>
/// <param name="Histogram">The latencies.</param>
/// <param name="Runs">Number of runs.</param>
/// <param name="TotalMicroseconds">Sum of all latencies of all runs.</param>
public sealed record SideStatistics(LogHistogram Histogram, int Runs, double TotalMicroseconds)
{
    /// <summary>The median; NaN if there is none, as with the others.</summary>
    public double P50Microseconds => Histogram.Quantile(0.50);

    /// <summary>95 % are not slower.</summary>
    public double P95Microseconds => Histogram.Quantile(0.95);

    /// <summary>99 % are not slower.</summary>
    public double P99Microseconds => Histogram.Quantile(0.99);

    /// <summary>The mean.</summary>
    public double MeanMicroseconds => Histogram.Count == 0 ? double.NaN : TotalMicroseconds / Histogram.Count;

    /// <summary>Time of all executions of one run.</summary>
    public double TotalMilliseconds => TotalMicroseconds / Runs / 1000;

    /// <summary>The same in microseconds for readers: NaN if there are no latencies, as what was not measured is not nothing.</summary>
    public double MeasuredTotalMicroseconds => Histogram.Count == 0 ? double.NaN : TotalMicroseconds / Runs;
}
