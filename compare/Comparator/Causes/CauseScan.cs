using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// A pass over the workload for the shapes that became slower: a sample of the executions of each, with what is known of them; what was bound to prepared statements is asked for behind it. Memory grows with the number of sessions and these shapes, not with
/// exchanges.
/// </summary>
internal sealed class CauseScan
{
    /// <summary>Shapes that are looked at.</summary>
    public const int MostShapes = 200;

    // Of all these shapes together: some 80 MB.
    private const int MostExecutions = 400_000;

    // What has not enough data may be slower all the same, if it looks like it by so much.
    private const double SuspiciousRatio = 1.5;

    private readonly ComparisonInput _input;
    private readonly IReadOnlySet<long> _straddling;
    private readonly ExecutionSample?[] _samples; // by the shape's number
    private readonly Dictionary<int, Dictionary<int, string>> _columns = [];
    private readonly ExecutionValues _values = new();
    private readonly int[] _inTransaction; // by session: exchanges since it began
    private readonly Dictionary<int, System.Collections.BitArray> _seen; // by shape: sessions that have executed it
    private readonly ComparedMoments _moments;

    private CauseScan(ComparisonInput input, IReadOnlyList<int> shapes, Func<int, IReadOnlyList<(long Position, PlanNode Root)>> explained, IReadOnlySet<long> straddling)
    {
        _input = input;
        _straddling = straddling;
        _samples = new ExecutionSample?[input.Shapes.Count];
        var each = Math.Min(ExecutionSample.MostExecutions, MostExecutions / shapes.Count);
        foreach (var shape in shapes)
        {
            _samples[shape] = new ExecutionSample(shape, each) { Explained = ExplainedParameters.Of(input, explained(shape)) };
        }

        var sessions = input.Workload.Sessions.HighestNumber + 1;
        _inTransaction = new int[sessions];
        _seen = shapes.ToDictionary(shape => shape, _ => new System.Collections.BitArray(sessions));
        _moments = new ComparedMoments(input);
        var manifest = input.Workload.Manifest;
        Timeline = new BusyTimeline(manifest.FirstAtMicroseconds ?? 0, manifest.LastAtMicroseconds ?? 0);
    }

    /// <summary>How busy production was.</summary>
    public BusyTimeline Timeline { get; }

    /// <summary>The shapes to look at: those that regressed, then slower ones, then those that may be but have not enough data; of each those with the most time first.</summary>
    public static IReadOnlyList<int> Asked(IEnumerable<ShapeComparison> shapes) =>
    [
        .. shapes.Where(shape => shape.Exclusion == Eligibility.Compared).Select(shape => (Shape: shape, Rank: Rank(shape.Decision))).Where(one => one.Rank is not null)
            .OrderBy(one => one.Rank).ThenByDescending(one => one.Shape.Decision.TimeShare).Take(MostShapes).Select(one => one.Shape.Number),
    ];

    /// <summary>Scans; what sets the slow executions of each of the shapes apart, by number.</summary>
    /// <param name="input">Runs and workload.</param>
    /// <param name="shapes">The shapes' numbers.</param>
    /// <param name="explained">Of a shape, what the new server explained.</param>
    /// <param name="straddling">Positions that are not compared.</param>
    /// <param name="showLiterals">Whether values of parameters are named.</param>
    /// <param name="warnings">Takes what could not be looked at.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Dictionary<int, ShapeCauses> Run(ComparisonInput input, IReadOnlyList<int> shapes, Func<int, IReadOnlyList<(long Position, PlanNode Root)>> explained, IReadOnlySet<long> straddling, bool showLiterals, List<string> warnings, CancellationToken cancellation)
    {
        if (shapes.Count == 0)
        {
            return [];
        }

        var scan = new CauseScan(input, shapes, explained, straddling);
        OutcomeScan.Run(input, ExchangeParts.All, scan.Visit, cancellation);
        scan.Bind(shapes, warnings, cancellation);
        return shapes.ToDictionary(shape => shape, shape => CauseFinder.Find(scan._samples[shape]!, scan.Timeline, scan._columns.GetValueOrDefault(shape, []), showLiterals));
    }

    private void Bind(IReadOnlyList<int> shapes, List<string> warnings, CancellationToken cancellation)
    {
        var prepared = new Dictionary<(int Session, int Ordinal), (ExecutionSample Sample, int Place)>();
        foreach (var sample in shapes.Select(shape => _samples[shape]!))
        {
            for (var place = 0; place < sample.Kept.Count; place++)
            {
                var execution = sample.Kept[place];
                if (execution.IsPrepared)
                {
                    prepared[(execution.Session, execution.Ordinal)] = (sample, place);
                }
            }
        }

        var explained = shapes.Select(shape => _samples[shape]!.Explained).OfType<ExplainedParameters>().SelectMany(one => one.Prepared.Select(execution => (execution, one))).ToDictionary();
        if (prepared.Count > 0 && BoundParameters.Read(_input.Workload.Folder, prepared.Keys.Union(explained.Keys), Take, cancellation) is { } problem)
        {
            foreach (var shape in shapes)
            {
                _samples[shape]!.ForgetPrepared();
            }

            warnings.Add($"Values that were bound to prepared statements are not among what sets slow executions apart: {problem}");
        }

        void Take(int session, int ordinal, IReadOnlyList<string?> parameters)
        {
            if (prepared.TryGetValue((session, ordinal), out var one))
            {
                one.Sample.Bind(one.Place, parameters);
            }

            explained.GetValueOrDefault((session, ordinal))?.Bind(session, ordinal, parameters);
        }
    }

    private static bool IsPrepared(Command command) => command is Command.Execute or Command.MySqlStatementExecute;

    private static int? Rank(ShapeDecision decision) => decision.Verdict switch
    {
        ShapeVerdict.Regressed => 0,
        ShapeVerdict.Slower => 1,
        ShapeVerdict.NotEnoughData when decision.Effects.Any(effect => effect.Metric is EffectMetric.Typical or EffectMetric.Total && effect.Ratio.Estimate >= SuspiciousRatio) => 2,
        _ => decision.PerhapsSlower is null ? null : 2,
    };

    private void Visit(long position, in Exchange exchange, RunOutcome[] outcomes)
    {
        var shape = _input.Shapes.TimedNumberOf(exchange.Shape, exchange.Command);
        if (_samples[shape] is { } sample)
        {
            Take(position, in exchange, shape, sample, outcomes);
        }

        Timeline.Add(exchange.StartedAtMicroseconds, exchange.EndedAtMicroseconds);
        ref var place = ref _inTransaction[Math.Clamp(exchange.Session, 0, _inTransaction.Length - 1)];
        place = exchange.TransactionState == TransactionState.Idle ? 0 : place + 1;
    }

    private void Take(long position, in Exchange exchange, int shape, ExecutionSample sample, RunOutcome[] outcomes)
    {
        var session = Math.Clamp(exchange.Session, 0, _inTransaction.Length - 1);
        var isFirst = !_seen[shape][session];
        _seen[shape][session] = true;
        var captured = CapturedOutcome.Of(exchange, _input.Codes);
        var isCompared = EligibilityRule.Of(captured, outcomes) == Eligibility.Compared && _moments.Of(exchange) == Eligibility.Compared && !_straddling.Contains(position);
        if (!isCompared)
        {
            return;
        }

        sample.SlowInEachRun.Add(position, outcomes.Min(outcome => outcome.LatencyMicroseconds));
        if (sample.NextPlace() is not (>= 0 and var place))
        {
            return;
        }

        double oldLog = 0, newLog = 0, oldSum = 0, newSum = 0;
        for (var k = 0; k < outcomes.Length; k++)
        {
            double latency = outcomes[k].LatencyMicroseconds;
            ref var log = ref k < _input.BaselineRuns ? ref oldLog : ref newLog;
            log += Math.Log(latency + PairAccumulator.ResolutionFloorMicroseconds);
            ref var sum = ref k < _input.BaselineRuns ? ref oldSum : ref newSum;
            sum += latency;
        }

        int olds = _input.BaselineRuns, news = outcomes.Length - olds;
        var values = Values(in exchange, shape, session, isFirst, sample);
        var key = sample.Explained is null ? (ulong?)null : ExplainedParameters.KeyOf(in exchange, _input.Workload.Sessions.Find(session), _input.Runs[0].Manifest.Engine);
        sample.Put(place, new SampledExecution(session, exchange.Ordinal, ExecutionSample.BlockOf(position, _input.Count), exchange.RequestedAtMicroseconds, (newLog / news) - (oldLog / olds), oldSum / olds, (newSum / news) - (oldSum / olds), IsPrepared(exchange.Command), values, key));
    }

    private int[] Values(in Exchange exchange, int shape, int number, bool isFirst, ExecutionSample sample)
    {
        var values = new List<int>(16);
        var session = _input.Workload.Sessions.Find(number);
        sample.Note(values, CauseDimension.Client, "client", session?.Client.Address.ToString());
        sample.Note(values, CauseDimension.User, "user", session?.User);
        sample.Note(values, CauseDimension.Database, "database", session?.Database);
        sample.Note(values, CauseDimension.Application, "application", session?.Application);
        sample.Note(values, CauseDimension.Hour, "hour", CauseWords.Hour(exchange.RequestedAtMicroseconds));
        sample.Note(values, CauseDimension.Rows, "rows", CauseWords.Rows(exchange.Rows >= 0 ? exchange.Rows : exchange.Affected));
        sample.Note(values, CauseDimension.TransactionPosition, "position", CauseWords.Position(_inTransaction[number], exchange.TransactionState));
        sample.Note(values, CauseDimension.FirstInSession, "first", isFirst ? "the first of its session" : "not the first of its session");
        sample.Note(values, CauseDimension.Command, "sent as", exchange.Command.Name());
        var engine = session?.Engine ?? _input.Runs[0].Manifest.Engine;
        var parameters = ExecutionValues.Parameters(engine, exchange.Text);
        for (var i = 0; i < Math.Min(parameters.Count, ExecutionSample.MostParameters); i++)
        {
            sample.Note(values, CauseDimension.Parameter, CauseWords.Parameter(i), parameters[i]);
        }

        _values.NoteTags(engine, exchange.Text, sample, values);
        if (!_columns.ContainsKey(shape))
        {
            _columns[shape] = _values.Columns(engine, exchange.Text, IsPrepared(exchange.Command));
        }

        return [.. values];
    }
}
