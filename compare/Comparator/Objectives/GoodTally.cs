using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Good and bad executions of one objective, by time block of the workload, run measured and run measured against.</summary>
internal sealed class GoodTally
{
    private readonly long[][] _bad;
    private readonly long[][] _judged;

    public GoodTally(Objective objective, int runs, int blocks)
    {
        Objective = objective;
        _bad = [.. Enumerable.Range(0, runs).Select(_ => new long[blocks])];
        _judged = [.. Enumerable.Range(0, runs).Select(_ => new long[blocks])];
    }

    public Objective Objective { get; }

    /// <summary>Exchanges of its shapes.</summary>
    public long Exchanges { get; private set; }

    /// <summary>Of those, by reason for judging them or not.</summary>
    public long[] ByEligibility { get; } = new long[EligibilityRule.Reasons];

    /// <summary>Counts an exchange that is not judged.</summary>
    public void Exclude(Eligibility reason)
    {
        Exchanges++;
        ByEligibility[(int)reason]++;
    }

    /// <summary>Counts an exchange: each run of the new side against each of the old that answered, and those of the old side against each other.</summary>
    /// <param name="outcomes">Of all runs, baseline first.</param>
    /// <param name="baselineRuns">How many are the baseline's.</param>
    /// <param name="ordinary">What the shape's slow executions take on the old side, microseconds.</param>
    /// <param name="block">Time block.</param>
    public void Add(ReadOnlySpan<RunOutcome> outcomes, int baselineRuns, double ordinary, int block)
    {
        Exchanges++;
        ByEligibility[(int)Eligibility.Compared]++;
        var least = Math.Max(Objective.FloorMicroseconds, ordinary);
        for (var reference = 0; reference < baselineRuns; reference++)
        {
            if (!IsAnswer(outcomes[reference]))
            {
                continue;
            }

            var limit = Math.Max(least, Objective.AtMost * outcomes[reference].LatencyMicroseconds);
            for (var run = 0; run < outcomes.Length; run++)
            {
                if (run == reference)
                {
                    continue;
                }

                _judged[run][block]++;
                _bad[run][block] += !IsAnswer(outcomes[run]) || outcomes[run].LatencyMicroseconds > limit ? 1 : 0;
            }
        }
    }

    /// <summary>The counts of a run.</summary>
    public ShareCounts Counts(int run) => new(_bad[run], _judged[run]);

    public static bool IsAnswer(in RunOutcome outcome) => outcome is { Status: RunStatus.Replayed, ErrorCode: 0 };
}
