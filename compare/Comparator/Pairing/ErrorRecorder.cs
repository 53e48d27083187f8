using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Looks at an exchange that had an error somewhere. Not on the fast path: most exchanges have none.</summary>
internal sealed class ErrorRecorder
{
    private readonly ComparisonInput _input;
    private readonly ScanTotals _totals;
    private readonly int[] _codes;
    private readonly Dictionary<int, string> _classes = [];

    public ErrorRecorder(ComparisonInput input, ScanTotals totals)
    {
        _input = input;
        _totals = totals;
        _codes = new int[input.Runs.Count];
    }

    public void Record(long position, int shape, in CapturedOutcome captured, ReadOnlySpan<RunOutcome> outcomes)
    {
        for (var k = 0; k < outcomes.Length; k++)
        {
            ref readonly var outcome = ref outcomes[k];
            _codes[k] = outcome.Status switch
            {
                RunStatus.Replayed => _input.Runs[k].CodeId(outcome.ErrorCode),
                RunStatus.Failed => _input.Codes.IdOf(outcome.Reason),
                _ => 0,
            };
        }

        if (captured.ErrorCode != 0)
        {
            _totals.ErrorOrNew(shape, captured.ErrorCode).Production++;
        }

        for (var k = 0; k < _codes.Length; k++)
        {
            if (_codes[k] != 0)
            {
                RecordRun(position, shape, captured.ErrorCode, k, outcomes);
            }
        }
    }

    private void RecordRun(long position, int shape, int production, int run, ReadOnlySpan<RunOutcome> outcomes)
    {
        var code = _codes[run];
        var tally = _totals.ErrorOrNew(shape, code);
        tally.PerRun[run]++;
        tally.First = Math.Min(tally.First, position);

        // Once per exchange and code, at the first run that has it, for what concerns the exchange as a whole.
        var isFirst = Array.IndexOf(_codes, code) == run;
        var inBaseline = CountOf(code, 0, _input.BaselineRuns);
        var inCandidate = CountOf(code, _input.BaselineRuns, _codes.Length);
        if (isFirst)
        {
            var partly = (inBaseline > 0 && inBaseline < _input.BaselineRuns) || (inCandidate > 0 && inCandidate < _codes.Length - _input.BaselineRuns);
            tally.SelfDifferent += partly ? 1 : 0;
            tally.Gone += inBaseline == _input.BaselineRuns && _codes.AsSpan(_input.BaselineRuns).IndexOfAnyExcept(0) < 0 ? 1 : 0;
        }

        if (run < _input.BaselineRuns || IsKnown(code, production))
        {
            return;
        }

        tally.NewPerRun[run]++;
        var isTainted = (outcomes[run].Flags & RunFlags.Tainted) != 0;
        tally.NewTainted += isTainted ? 1 : 0;
        tally.FirstNew = isTainted ? tally.FirstNew : Math.Min(tally.FirstNew, position);
        tally.FirstNewTainted = isTainted ? Math.Min(tally.FirstNewTainted, position) : tally.FirstNewTainted;
    }

    private int CountOf(int code, int from, int to)
    {
        var count = 0;
        for (var k = from; k < to; k++)
        {
            count += _codes[k] == code ? 1 : 0;
        }

        return count;
    }

    /// <summary>Whether production or a baseline run had an error of the same class here.</summary>
    private bool IsKnown(int code, int production)
    {
        var wanted = ClassOf(code);
        if (production != 0 && ClassOf(production) == wanted)
        {
            return true;
        }

        for (var k = 0; k < _input.BaselineRuns; k++)
        {
            if (_codes[k] != 0 && ClassOf(_codes[k]) == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private string ClassOf(int code)
    {
        if (!_classes.TryGetValue(code, out var known))
        {
            _classes[code] = known = ErrorClasses.ClassOf(_input.Codes.Code(code));
        }

        return known;
    }
}
