namespace Replay.Comparator;

/// <summary>How one shape's latencies lie over the workload's clock and by what is known of its executions: the spread of a sample of the executions whose times are compared.</summary>
/// <param name="Sampled">Executions in the sample.</param>
/// <param name="OverTime">By stretches of the workload's clock, those without an execution left out.</param>
/// <param name="Dimensions">By user, database, application, client and rows, as far as there is more than one of them.</param>
public sealed record ShapeLatencies(int Sampled, IReadOnlyList<LatencyStretch> OverTime, IReadOnlyList<LatencyDimension> Dimensions);

/// <summary>A stretch of the workload's clock.</summary>
/// <param name="Number">Its number on the <see cref="TimeGrid"/>.</param>
/// <param name="Executions">Executions of the sample in it.</param>
/// <param name="Baseline">Their latencies in all runs of the old side.</param>
/// <param name="Candidate">The same of the new side.</param>
public sealed record LatencyStretch(int Number, int Executions, LatencyQuantiles Baseline, LatencyQuantiles Candidate);

/// <summary>Latencies by the values of one dimension.</summary>
/// <param name="Name">What it is: <c>user</c>, <c>rows</c>.</param>
/// <param name="Values">The values with the most executions.</param>
public sealed record LatencyDimension(string Name, IReadOnlyList<LatencyByValue> Values);

/// <summary>Latencies of the executions that share a value.</summary>
/// <param name="Value">The value; <see cref="DimensionReader.Others"/> are all that have none of those that are told.</param>
/// <param name="Executions">Executions of the sample.</param>
/// <param name="Baseline">Their latencies in all runs of the old side.</param>
/// <param name="Candidate">The same of the new side.</param>
public sealed record LatencyByValue(string Value, int Executions, LatencyQuantiles Baseline, LatencyQuantiles Candidate);

/// <summary>How latencies are spread: what 5, 25, 50, 75 and 95 % of them are not slower than, by nearest rank.</summary>
public readonly record struct LatencyQuantiles(float P5Microseconds, float P25Microseconds, float P50Microseconds, float P75Microseconds, float P95Microseconds)
{
    /// <summary>Of latencies, which are sorted on the way; there must be one.</summary>
    public static LatencyQuantiles Of(List<float> latencies)
    {
        ArgumentNullException.ThrowIfNull(latencies);
        latencies.Sort();
        return new LatencyQuantiles(At(5), At(25), At(50), At(75), At(95));
        float At(int percent) => latencies[(((latencies.Count * percent) + 99) / 100) - 1];
    }
}
