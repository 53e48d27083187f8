using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// A pass over the workload and all runs for objectives on the share of good executions. It comes after the pass that pairs, because an execution is not bad for a latency that every hundredth of its shape
/// has on the old server anyway.
/// </summary>
internal sealed class GoodScan
{
    /// <summary>Time blocks: five minutes of a day.</summary>
    public const int Blocks = 288;

    private const double OrdinaryShare = 0.99;
    private const RunFlags Spoiling = RunFlags.PreRoll | RunFlags.OrderViolated | RunFlags.Tainted | RunFlags.Retried | RunFlags.Disturbed;

    private readonly ComparisonInput _input;
    private readonly GoodTally[] _tallies;
    private readonly int[][] _ofShape; // which tallies a shape counts in
    private readonly double[] _ordinary;
    private readonly Eligibility[] _exclusions;
    private readonly ComparedMoments _moments;
    private readonly IReadOnlySet<long> _straddling;

    private GoodScan(ComparisonInput input, IReadOnlyList<Objective> objectives, IReadOnlyList<ShapeComparison> shapes, IReadOnlySet<long> straddling, TimeBlocks blocks)
    {
        _input = input;
        _straddling = straddling;
        TimeBlocks = blocks;
        _moments = new ComparedMoments(input);
        _tallies = [.. objectives.Select(objective => new GoodTally(objective, input.Runs.Count, Blocks))];
        _ofShape = [.. Enumerable.Repeat(Array.Empty<int>(), input.Shapes.Count)];
        _exclusions = [.. Enumerable.Range(0, input.Shapes.Count).Select(input.Shapes.Exclusion)];
        _ordinary = new double[input.Shapes.Count];
        foreach (var shape in shapes)
        {
            _ofShape[shape.Number] = [.. Enumerable.Range(0, objectives.Count).Where(i => objectives[i].Scope.Holds(shape.Hex, shape.Sql, shape.Class))];
            var ordinary = shape.Baseline.Histogram.Quantile(OrdinaryShare);
            _ordinary[shape.Number] = double.IsNaN(ordinary) ? 0 : ordinary;
        }
    }

    private TimeBlocks TimeBlocks { get; }

    /// <summary>Scans; one tally an objective, in their order.</summary>
    public static IReadOnlyList<GoodTally> Run(
        ComparisonInput input, IReadOnlyList<Objective> objectives, IReadOnlyList<ShapeComparison> shapes, IReadOnlySet<long> straddling, TimeBlocks blocks, CancellationToken cancellation)
    {
        var scan = new GoodScan(input, objectives, shapes, straddling, blocks);
        if (objectives.Count > 0)
        {
            OutcomeScan.Run(input, ExchangeParts.WithoutRequest, scan.Count, cancellation);
        }

        return scan._tallies;
    }

    private void Count(long position, in Exchange exchange, RunOutcome[] outcomes)
    {
        var captured = CapturedOutcome.Of(exchange, _input.Codes);
        var shape = _input.Shapes.TimedNumberOf(captured.Shape, captured.Command);
        if (_ofShape[shape].Length == 0)
        {
            return;
        }

        var byMoment = _moments.Of(in exchange);
        var reason = _exclusions[shape] != Eligibility.Compared ? _exclusions[shape]
            : byMoment != Eligibility.Compared ? byMoment
            : _straddling.Contains(position) ? Eligibility.Straddling
            : Reason(captured, outcomes);
        foreach (var tally in _ofShape[shape])
        {
            if (reason == Eligibility.Compared)
            {
                _tallies[tally].Add(outcomes, _input.BaselineRuns, _ordinary[shape], TimeBlocks.Of(exchange.RequestedAtMicroseconds));
            }
            else
            {
                _tallies[tally].Exclude(reason);
            }
        }
    }

    // As for times, but that an error or no answer on either side is what this is about.
    private Eligibility Reason(in CapturedOutcome captured, RunOutcome[] outcomes)
    {
        if (captured.ErrorCode != 0)
        {
            return Eligibility.FailedInProduction;
        }

        var answers = 0;
        for (var k = 0; k < outcomes.Length; k++)
        {
            ref readonly var outcome = ref outcomes[k];
            if (outcome.Status is RunStatus.NotReached or RunStatus.Skipped)
            {
                return Eligibility.NotReplayedEverywhere;
            }

            if ((outcome.Flags & Spoiling) != RunFlags.None)
            {
                return EligibilityRule.Of(captured, [outcome with { ErrorCode = 0, Status = RunStatus.Replayed }]);
            }

            if (GoodTally.IsAnswer(outcome))
            {
                answers += k < _input.BaselineRuns ? 1 : 0;
                if (float.IsNaN(outcome.LatencyMicroseconds))
                {
                    return Eligibility.NotTimed;
                }
            }
        }

        return answers == 0 ? Eligibility.FailedInRun : Eligibility.Compared;
    }
}
