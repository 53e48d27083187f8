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

    private const int Batch = 4096;

    private readonly ComparisonInput _input;
    private readonly TimeGrid _grid;
    private readonly LatencySample?[] _samples; // by the shape's number
    private readonly RunOutcome[][] _outcomes;
    private readonly float[] _latencies;

    private LatencyScan(ComparisonInput input, TimeGrid grid, IEnumerable<int> shapes)
    {
        _input = input;
        _grid = grid;
        _samples = new LatencySample?[input.Shapes.Count];
        foreach (var shape in shapes)
        {
            _samples[shape] = new LatencySample(shape, input.Runs.Count);
        }

        _outcomes = [.. input.Runs.Select(_ => new RunOutcome[Batch])];
        _latencies = new float[input.Runs.Count];
    }

    /// <summary>The grid of a workload.</summary>
    public static TimeGrid GridOf(ComparisonInput input)
    {
        var blocks = input.Workload.Blocks;
        return blocks.Count == 0 ? new TimeGrid(0, 1, 1) : TimeGrid.Of(blocks.Min(block => block.MinStartedAtMicroseconds), blocks.Max(block => block.MaxEndedAtMicroseconds));
    }

    /// <summary>Scans; what was found of each of the shapes, by number. Shapes that the sample does not hold are not in it.</summary>
    public static Dictionary<int, ShapeLatencies> Run(ComparisonInput input, TimeGrid grid, IReadOnlyList<int> shapes, CancellationToken cancellation)
    {
        var asked = shapes.Take(MostShapes).ToArray();
        var scan = new LatencyScan(input, grid, asked);
        var blocks = input.Workload.Blocks;
        var stride = Math.Max(1, (input.Count + MostExchanges - 1) / MostExchanges);
        for (var i = 0L; i < blocks.Count; i += stride)
        {
            cancellation.ThrowIfCancellationRequested();
            scan.Read(blocks[(int)i]);
        }

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

    private void Read(BlockInfo block)
    {
        using var cursor = _input.Workload.Read(block.FirstPosition, ExchangeParts.WithoutRequest);
        for (var from = block.FirstPosition; from < block.FirstPosition + block.Count; from += Batch)
        {
            var count = (int)Math.Min(Batch, block.FirstPosition + block.Count - from);
            for (var k = 0; k < _outcomes.Length; k++)
            {
                _input.Runs[k].Read(from, _outcomes[k].AsSpan(0, count));
            }

            for (var i = 0; i < count && cursor.MoveNext(); i++)
            {
                Take(cursor.Current, i);
            }
        }
    }

    private void Take(in Exchange exchange, int place)
    {
        if (_samples[_input.Shapes.TimedNumberOf(exchange.Shape, exchange.Command)] is not { } sample || exchange.ErrorCode.Length > 0)
        {
            return;
        }

        for (var k = 0; k < _outcomes.Length; k++)
        {
            ref readonly var outcome = ref _outcomes[k][place];
            if (outcome.Status != RunStatus.Replayed || outcome.ErrorCode != 0 || !(outcome.LatencyMicroseconds > 0))
            {
                return;
            }

            _latencies[k] = outcome.LatencyMicroseconds;
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
