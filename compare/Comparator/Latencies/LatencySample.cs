namespace Replay.Comparator;

/// <summary>One execution of the sample.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Stretch">Its stretch of the workload's clock.</param>
/// <param name="Rows">Rows that production returned or changed; below 0 if that is not known.</param>
internal readonly record struct LatencyPoint(int Session, int Stretch, long Rows);

/// <summary>A shape's executions: all if they are few, else an even sample (reservoir, Vitter 1985's algorithm R).</summary>
internal sealed class LatencySample(int seed, int runs)
{
    /// <summary>Executions that are kept: 1,000, some 40 KB of four runs.</summary>
    public const int MostExecutions = 1000;

    private readonly Random _random = new(seed);
    private readonly List<float> _latencies = []; // of all runs, execution by execution
    private long _all;

    /// <summary>Those that are kept.</summary>
    public List<LatencyPoint> Points { get; } = [];

    /// <summary>Takes an execution, or not.</summary>
    /// <param name="point">What is known of it.</param>
    /// <param name="latenciesMicroseconds">Its latency in each run.</param>
    public void Add(in LatencyPoint point, ReadOnlySpan<float> latenciesMicroseconds)
    {
        var number = _all++;
        if (number < MostExecutions)
        {
            Points.Add(point);
            _latencies.AddRange(latenciesMicroseconds);
            return;
        }

        var place = _random.NextInt64(number + 1);
        if (place < MostExecutions)
        {
            Points[(int)place] = point;
            for (var k = 0; k < runs; k++)
            {
                _latencies[((int)place * runs) + k] = latenciesMicroseconds[k];
            }
        }
    }

    /// <summary>The latencies of some executions in some runs.</summary>
    public LatencyQuantiles Of(IReadOnlyList<int> executions, Range someRuns)
    {
        var (first, count) = someRuns.GetOffsetAndLength(runs);
        var latencies = new List<float>(executions.Count * count);
        foreach (var execution in executions)
        {
            for (var k = first; k < first + count; k++)
            {
                latencies.Add(_latencies[(execution * runs) + k]);
            }
        }

        return LatencyQuantiles.Of(latencies);
    }
}
