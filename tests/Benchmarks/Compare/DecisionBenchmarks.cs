using BenchmarkDotNet.Attributes;
using Replay.Statistics;

namespace Replay.Benchmarks.Compare;

/// <summary>From a pair to the statistic, and from the statistic to the verdict. An exchange of 2 + 2 runs is two pairs.</summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private const int Exchanges = 100_000;
    private const int Shapes = 200;

    private readonly RunDesign _design = new(2, 2);
    private readonly float[][] _latencies = new float[Exchanges][];
    private PairAccumulator _accumulator = null!;
    private Campaign _campaign = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Exchanges; i++)
        {
            var latency = (float)Math.Exp(4 + (4 * random.NextDouble()));
            _latencies[i] = [latency, latency * 1.1f, latency * 0.95f, latency * 1.02f];
        }

        _accumulator = new PairAccumulator(_design, Shapes);
        _campaign = Campaign.Generate(new CampaignPlan { MostExecutions = 500 }, 1);
    }

    /// <summary>Four latencies of one exchange, per exchange.</summary>
    [Benchmark(OperationsPerInvoke = Exchanges)]
    public void PairToStatistic()
    {
        for (var i = 0; i < Exchanges; i++)
        {
            _accumulator.Add(i % Shapes, PairAccumulator.BlockOf(i, Exchanges), _latencies[i]);
        }
    }

    /// <summary>Samples of 400 shapes to the decision, the A/A audit with it.</summary>
    [Benchmark]
    public Decision Decide() => Decider.Decide(_campaign.Design, _campaign.Samples);
}
