using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// Takes batches of exchanges with their outcomes in all runs and adds them up, shape by shape: the sums of thousands of shapes do not fit a processor's cache, those of one do. One thread.
/// </summary>
internal sealed class PairWorker
{
    private readonly ComparisonInput _input;
    private readonly ErrorRecorder _errors;
    private readonly RunOutcome[] _ofExchange;
    private readonly float[] _latencies;
    private readonly RunOutcome[][] _outcomes;
    private readonly IReadOnlySet<long> _straddling;
    private readonly bool _mixesHashes;
    private readonly ComparedMoments _moments;
    private readonly Eligibility[] _exclusions; // by the shape's number
    private readonly ShapeOrder _order;

    // The batch, by exchange.
    private CapturedOutcome[] _captured = [];
    private int[] _shapes = [];
    private byte[] _blocks = [];
    private Eligibility[] _byMoment = []; // what the moment says of which it is

    public PairWorker(ComparisonInput input, RunDesign design, IReadOnlySet<long> straddling)
    {
        _straddling = straddling;
        _input = input;
        _mixesHashes = input.MixesHashes;
        _moments = new ComparedMoments(input);
        Totals = new ScanTotals(design, input.Shapes.Count);
        _errors = new ErrorRecorder(input, Totals);
        _ofExchange = new RunOutcome[design.Runs];
        _latencies = new float[design.Runs];
        _outcomes = new RunOutcome[design.Runs][];
        _order = new ShapeOrder(input.Shapes.Count);
        _exclusions = [.. Enumerable.Range(0, input.Shapes.Count).Select(input.Shapes.Exclusion)];
        for (var k = 0; k < design.Runs; k++)
        {
            _outcomes[k] = [];
        }
    }

    public ScanTotals Totals { get; }

    public void Process(ExchangeCursor cursor, long from, int count)
    {
        Read(cursor, from, count);
        foreach (var i in _order.Of(_shapes.AsSpan(0, count)))
        {
            for (var k = 0; k < _ofExchange.Length; k++)
            {
                _ofExchange[k] = _outcomes[k][i];
            }

            Add(from + i, _captured[i], _shapes[i], _blocks[i], _byMoment[i]);
        }
    }

    private void Read(ExchangeCursor cursor, long from, int count)
    {
        if (_captured.Length < count)
        {
            _captured = new CapturedOutcome[count];
            _shapes = new int[count];
            _blocks = new byte[count];
            _byMoment = new Eligibility[count];
            for (var k = 0; k < _outcomes.Length; k++)
            {
                _outcomes[k] = new RunOutcome[count];
            }
        }

        for (var k = 0; k < _outcomes.Length; k++)
        {
            _input.Runs[k].Read(from, _outcomes[k].AsSpan(0, count));
        }

        var block = -1;
        var blockEnds = from;
        for (var i = 0; i < count; i++)
        {
            _input.Advance(cursor, from + i);
            if (from + i >= blockEnds)
            {
                block = PairAccumulator.BlockOf(from + i, _input.Count);
                blockEnds = PairAccumulator.FirstOf(block + 1, _input.Count);
            }

            var exchange = cursor.Current;
            ref var captured = ref _captured[i];
            captured = CapturedOutcome.Of(exchange, _input.Codes);
            _shapes[i] = _input.Shapes.NumberOf(captured.Shape, captured.Command);
            _blocks[i] = (byte)(_moments.Slices?.BlockOf(exchange.RequestedAtMicroseconds) ?? block);
            _byMoment[i] = _moments.Of(in exchange);
        }
    }

    private void Add(long position, in CapturedOutcome captured, int shape, int block, Eligibility byMoment)
    {
        var timed = ShapeCatalog.IsPreparation(captured.Command) ? _input.Shapes.TimedNumberOf(captured.Shape, captured.Command) : shape;
        var tally = Totals.ShapeOrNew(shape);
        var timedTally = timed == shape ? tally : Totals.ShapeOrNew(timed);
        timedTally.Captured++;

        int errors = captured.ErrorCode;
        var isReplayed = true;
        foreach (ref readonly var outcome in _ofExchange.AsSpan())
        {
            errors |= outcome.ErrorCode;
            isReplayed &= outcome.Status == RunStatus.Replayed;
        }

        if (errors == 0 && isReplayed)
        {
            // Nearly all exchanges: answered everywhere, without error.
            Totals.AnsweredEverywhere++;
            timedTally.AnsweredEverywhere++;
            if (_exclusions[shape] == Eligibility.Compared)
            {
                ResultRecorder.Record(position, captured, _ofExchange, _input.BaselineRuns, _mixesHashes, tally.Results);
            }
        }
        else
        {
            CountTrouble(position, captured, shape, tally, timedTally);
        }

        AddTime(position, captured, timed, timedTally, block, byMoment);
    }

    private void CountTrouble(long position, in CapturedOutcome captured, int shape, ShapeTally tally, ShapeTally timedTally)
    {
        var hasTrouble = captured.ErrorCode != 0;
        tally.FailedInProduction += captured.ErrorCode != 0 ? 1 : 0;
        Totals.FailedInProduction += captured.ErrorCode != 0 ? 1 : 0;
        for (var k = 0; k < _ofExchange.Length; k++)
        {
            ref readonly var outcome = ref _ofExchange[k];
            Totals.Accounts[k].Count(outcome);
            hasTrouble |= outcome.ErrorCode != 0 || outcome.Status == RunStatus.Failed;
            tally.Errors[k] += outcome.ErrorCode != 0 ? 1 : 0;
            timedTally.Replayed[k] += outcome.Status == RunStatus.Replayed ? 1 : 0;
            timedTally.Failed[k] += outcome.Status == RunStatus.Failed ? 1 : 0;
            timedTally.Skipped[k] += outcome.Status is RunStatus.Skipped or RunStatus.NotReached ? 1 : 0;
        }

        if (hasTrouble)
        {
            _errors.Record(position, shape, captured, _ofExchange);
        }
    }

    private void AddTime(long position, in CapturedOutcome captured, int timed, ShapeTally tally, int block, Eligibility byMoment)
    {
        var eligibility = _exclusions[timed] == Eligibility.Compared ? EligibilityRule.Of(captured, _ofExchange) : _exclusions[timed];
        eligibility = eligibility == Eligibility.Compared && _straddling.Count > 0 && _straddling.Contains(position) ? Eligibility.Straddling : eligibility;
        eligibility = eligibility == Eligibility.Compared ? byMoment : eligibility;
        tally.ByEligibility[(int)eligibility]++;
        if (eligibility == Eligibility.Compared)
        {
            for (var k = 0; k < _latencies.Length; k++)
            {
                _latencies[k] = _ofExchange[k].LatencyMicroseconds;
            }

            Totals.Times.Add(timed, block, _latencies);
            return;
        }

        if (captured.ErrorCode != 0 || eligibility == Eligibility.WarmUp)
        {
            return;
        }

        for (var k = 0; k < _ofExchange.Length; k++)
        {
            ref readonly var outcome = ref _ofExchange[k];
            if (outcome is { Status: RunStatus.Replayed, ErrorCode: 0 } && (outcome.Flags & RunFlags.Retried) == 0 && !float.IsNaN(outcome.LatencyMicroseconds))
            {
                tally.AddUnpaired(k, outcome.LatencyMicroseconds);
            }
        }
    }
}
