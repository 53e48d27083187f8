using BenchmarkDotNet.Attributes;
using Replay.Statistics;

namespace Replay.Benchmarks.Code;

/// <summary>Latencies into a histogram.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private const int Count = 10_000;
    private readonly double[] _microseconds = new double[Count];

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(3);
        for (var i = 0; i < Count; i++)
        {
            _microseconds[i] = Math.Exp(4 + (2 * random.NextDouble()));
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Record()
    {
        var histogram = new LogHistogram();
        foreach (var value in _microseconds)
        {
            histogram.Record(value);
        }

        return histogram.Count;
    }
}
