using Replay.Protocol;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Chooses which executions of a shape are explained besides the first: a plan may depend on the parameters. Only the capture has a say in it, so that all runs of a workload, on any server, explain the same ones.
/// </summary>
internal sealed class ExecutionChooser
{
    /// <summary>Executions of a shape that are explained, the first one included: 4.</summary>
    public const int MostOfAShape = 4;

    /// <summary>Exchanges that are read, about: a second or two. Of a larger workload these are evenly spread blocks.</summary>
    public const long MostExchanges = 1_000_000;

    private readonly WorkloadReader _reader;
    private readonly string _defaultDatabase;
    private readonly Dictionary<int, (long First, HeavyParameters Parameters)> _shapes;

    private ExecutionChooser(WorkloadReader reader, string defaultDatabase, IEnumerable<(int Shape, long First)> shapes)
    {
        _reader = reader;
        _defaultDatabase = defaultDatabase;
        _shapes = shapes.ToDictionary(shape => shape.Shape, shape => (shape.First, new HeavyParameters()));
    }

    /// <summary>
    /// By shape the positions of further executions, with other parameters each (or another user or database, whose settings may make another plan): the first with those that took most of the captured time, the slowest of all, then
    /// the next in captured time. All are behind the shape's first.
    /// </summary>
    /// <param name="reader">The workload.</param>
    /// <param name="defaultDatabase">The database of sessions that name none.</param>
    /// <param name="shapes">Shapes with the position of their first execution, which is explained anyway.</param>
    public static ILookup<int, long> Choose(WorkloadReader reader, string defaultDatabase, IReadOnlyCollection<(int Shape, long First)> shapes)
    {
        var chooser = new ExecutionChooser(reader, defaultDatabase, shapes);
        if (shapes.Count > 0)
        {
            chooser.Read(shapes.Min(shape => shape.First));
        }

        return chooser._shapes.SelectMany(shape => chooser.Further(shape.Value.First, shape.Value.Parameters).Select(position => (shape.Key, Position: position))).ToLookup(one => one.Key, one => one.Position);
    }

    private void Read(long from)
    {
        var stride = (int)Math.Max(1, (_reader.ExchangeCount + MostExchanges - 1) / MostExchanges);
        foreach (var block in _reader.Blocks.Where((_, i) => i % stride == 0).Where(block => block.FirstPosition + block.Count > from))
        {
            using var cursor = _reader.Read(block.FirstPosition);
            for (var i = 0; i < block.Count && cursor.MoveNext(); i++)
            {
                Take(cursor.Position, cursor.Current);
            }
        }
    }

    private void Take(long position, in Exchange exchange)
    {
        // What failed took another way.
        if (_shapes.TryGetValue(exchange.Shape, out var shape) && position > shape.First && exchange is { Failed: false, LatencyMicroseconds: { } latency } && StatementExample.IsExplainable(in exchange, _reader.Shapes[exchange.Shape]))
        {
            shape.Parameters.Add(KeyOf(in exchange), position, latency);
        }
    }

    private List<long> Further(long first, HeavyParameters parameters)
    {
        using var cursor = _reader.Read(first);
        var known = cursor.MoveNext() ? new HashSet<ulong> { KeyOf(cursor.Current) } : [];
        var heaviest = parameters.Heaviest.ToList();
        var slowest = parameters.Slowest is { } one ? [(one.Key, one.Position)] : Array.Empty<(ulong, long)>();
        return [.. heaviest.Take(1).Concat(slowest).Concat(heaviest.Skip(1)).Where(candidate => known.Add(candidate.Item1)).Select(candidate => candidate.Item2).Take(MostOfAShape - 1)];
    }

    private ulong KeyOf(in Exchange exchange)
    {
        var session = _reader.Sessions.Find(exchange.Session);
        var engine = _reader.Shapes[exchange.Shape].Engine;
        var key = ParameterKey.OfText(exchange.Text, engine == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql);
        foreach (var bound in PreparedParameters.Of(engine, in exchange) ?? [])
        {
            key = ParameterKey.With(key, bound);
        }

        return ParameterKey.With(ParameterKey.With(key, session?.Database is { Length: > 0 } name ? name : _defaultDatabase), session?.User);
    }
}
