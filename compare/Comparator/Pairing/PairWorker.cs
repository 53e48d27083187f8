using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Takes batches of exchanges with their outcomes in all runs and adds them up. One thread.</summary>
internal sealed class PairWorker
{
    private readonly ComparisonInput _input;
    private readonly ErrorRecorder _errors;
    private readonly RunOutcome[] _ofExchange;
    private readonly float[] _latencies;
    private readonly RunOutcome[][] _outcomes;

    public PairWorker(ComparisonInput input, RunDesign design)
    {
        _input = input;
        Totals = new ScanTotals(design, input.Shapes.Count);
        _errors = new ErrorRecorder(input, Totals);
        _ofExchange = new RunOutcome[design.Runs];
        _latencies = new float[design.Runs];
        _outcomes = new RunOutcome[design.Runs][];
        for (var k = 0; k < design.Runs; k++)
        {
            _outcomes[k] = [];
        }
    }

    public ScanTotals Totals { get; }

    public void Process(ExchangeCursor cursor, long from, int count, int block)
    {
        for (var k = 0; k < _outcomes.Length; k++)
        {
            if (_outcomes[k].Length < count)
            {
                _outcomes[k] = new RunOutcome[count];
            }

            _input.Runs[k].Read(from, _outcomes[k].AsSpan(0, count));
        }

        for (var i = 0; i < count; i++)
        {
            if (!cursor.MoveNext())
            {
                throw new WorkloadException($"{_input.Workload.Folder} ends at exchange {from + i:N0}, before its own count of {_input.Count:N0}: the file was changed; capture or copy it again");
            }

            var captured = CapturedOutcome.Of(cursor.Current, _input.Codes);
            for (var k = 0; k < _ofExchange.Length; k++)
            {
                _ofExchange[k] = _outcomes[k][i];
            }

            Add(from + i, captured, block);
        }
    }

    private void Add(long position, in CapturedOutcome captured, int block)
    {
        var shape = _input.Shapes.NumberOf(captured.Shape, captured.Command);
        var tally = Totals.ShapeOrNew(shape);
        var hasTrouble = captured.ErrorCode != 0;
        for (var k = 0; k < _ofExchange.Length; k++)
        {
            ref readonly var outcome = ref _ofExchange[k];
            Totals.Accounts[k].Count(outcome);
            hasTrouble |= outcome.ErrorCode != 0 || outcome.Status == RunStatus.Failed;
            tally.Errors[k] += outcome.ErrorCode != 0 ? 1 : 0;
        }

        tally.FailedInProduction += captured.ErrorCode != 0 ? 1 : 0;
        if (hasTrouble)
        {
            Totals.FailedInProduction += captured.ErrorCode != 0 ? 1 : 0;
            _errors.Record(position, shape, captured, _ofExchange);
        }

        AddExecution(captured, shape, block);
        if (!hasTrouble && Array.TrueForAll(_ofExchange, outcome => outcome.Status == RunStatus.Replayed))
        {
            ResultRecorder.Record(position, captured, _ofExchange, _input.BaselineRuns, tally.Results);
        }
    }

    /// <summary>Counts and times go to the shape, or to the command's own row if the exchange only prepares.</summary>
    private void AddExecution(in CapturedOutcome captured, int shape, int block)
    {
        shape = ShapeCatalog.IsPreparation(captured.Command) ? _input.Shapes.TimedNumberOf(captured.Shape, captured.Command) : shape;
        var tally = Totals.ShapeOrNew(shape);
        tally.Captured++;
        for (var k = 0; k < _ofExchange.Length; k++)
        {
            var status = _ofExchange[k].Status;
            tally.Replayed[k] += status == RunStatus.Replayed ? 1 : 0;
            tally.Failed[k] += status == RunStatus.Failed ? 1 : 0;
            tally.Skipped[k] += status is RunStatus.Skipped or RunStatus.NotReached ? 1 : 0;
        }

        var eligibility = EligibilityRule.Of(captured, _ofExchange);
        tally.ByEligibility[(int)eligibility]++;
        if (eligibility == Eligibility.Compared)
        {
            for (var k = 0; k < _latencies.Length; k++)
            {
                _latencies[k] = _ofExchange[k].LatencyMicroseconds;
            }

            Totals.Times.Add(shape, block, _latencies);
            return;
        }

        if (captured.ErrorCode != 0)
        {
            return;
        }

        for (var k = 0; k < _ofExchange.Length; k++)
        {
            ref readonly var outcome = ref _ofExchange[k];
            if (outcome is { Status: RunStatus.Replayed, ErrorCode: 0 } && !float.IsNaN(outcome.LatencyMicroseconds))
            {
                tally.AddUnpaired(k, outcome.LatencyMicroseconds);
            }
        }
    }
}
