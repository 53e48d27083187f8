using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// A pass over the workload, or over evenly spread blocks of a large one, for what charts show beside the distribution: latencies over time and by dimension. It takes the same time and memory however large the workload is.
/// </summary>
internal sealed class LatencyScan
{
    /// <summary>Shapes that are looked at: as many as have their details in the page.</summary>
    public const int MostShapes = 1000;

    /// <summary>Exchanges that are read, about: a second or two.</summary>
    public const long MostExchanges = 1_000_000;

    private readonly ComparisonInput _input;
    private readonly TimeGrid _grid;
    private readonly LatencySample?[] _samples; // by the shape's number
    private readonly ComparedMoments _moments;
    private readonly IReadOnlySet<long> _straddling;
    private readonly float[] _latencies;

    private LatencyScan(ComparisonInput input, TimeGrid grid, IEnumerable<int> shapes, IReadOnlySet<long> straddling)
    {
        _straddling = straddling;
        _input = input;
        _grid = grid;
        _samples = new LatencySample?[input.Shapes.Count];
        foreach (var shape in shapes)
        {
            _samples[shape] = new LatencySample(shape, input.Runs.Count);
        }

        _moments = new ComparedMoments(input);
        _latencies = new float[input.Runs.Count];
    }

    /// <summary>The grid of a workload.</summary>
    public static TimeGrid GridOf(ComparisonInput input)
    {
        var blocks = input.Workload.Blocks;
        return blocks.Count == 0 ? new TimeGrid(0, 1, 1) : TimeGrid.Of(blocks.Min(block => block.MinStartedAtMicroseconds), blocks.Max(block => block.MaxEndedAtMicroseconds));
    }

    /// <summary>Scans; what was found of each of the shapes, by number. Shapes that the sample does not hold are not in it.</summary>
    public static Dictionary<int, ShapeLatencies> Run(ComparisonInput input, TimeGrid grid, IReadOnlyList<int> shapes, IReadOnlySet<long> straddling, CancellationToken cancellation)
    {
        var asked = shapes.Take(MostShapes).ToArray();
        var scan = new LatencyScan(input, grid, asked, straddling);
        var stride = (int)Math.Max(1, (input.Count + MostExchanges - 1) / MostExchanges);
        var blocks = input.Workload.Blocks.Where((_, i) => i % stride == 0).Select(block => (block.FirstPosition, (long)block.Count));
        OutcomeScan.Run(input, ExchangeParts.WithoutRequest, blocks, scan.Take, cancellation);
        var found = new Dictionary<int, ShapeLatencies>();
        foreach (var shape in asked)
        {
            if (scan._samples[shape] is { Points.Count: > 0 } sample)
            {
                found[shape] = new ShapeLatencies(sample.Points.Count, scan.OverTime(sample), DimensionReader.Of(sample, input.BaselineRuns, input.Workload.Sessions.Find));
            }
        }

        return found;
    }

    // What times are compared of, in shapes that are not judged too.
    private void Take(long position, in Exchange exchange, RunOutcome[] outcomes)
    {
        if (_samples[_input.Shapes.TimedNumberOf(exchange.Shape, exchange.Command)] is not { } sample || EligibilityRule.Of(CapturedOutcome.Of(exchange, _input.Codes), outcomes) != Eligibility.Compared
            || _moments.Of(in exchange) != Eligibility.Compared || _straddling.Contains(position))
        {
            return;
        }

        for (var k = 0; k < outcomes.Length; k++)
        {
            _latencies[k] = outcomes[k].LatencyMicroseconds;
        }

        sample.Add(new LatencyPoint(exchange.Session, _grid.Of(exchange.RequestedAtMicroseconds), exchange.Rows >= 0 ? exchange.Rows : exchange.Affected), _latencies);
    }

    private IReadOnlyList<LatencyStretch> OverTime(LatencySample sample) =>
    [
        .. Enumerable.Range(0, sample.Points.Count).GroupBy(i => sample.Points[i].Stretch).OrderBy(stretch => stretch.Key)
            .Select(stretch => (Number: stretch.Key, Executions: stretch.ToArray()))
            .Select(stretch => new LatencyStretch(stretch.Number, stretch.Executions.Length, sample.Of(stretch.Executions, .._input.BaselineRuns), sample.Of(stretch.Executions, _input.BaselineRuns..))),
    ];
}
