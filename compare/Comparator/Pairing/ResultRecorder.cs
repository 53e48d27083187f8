using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares the results of one exchange in all runs: counts, then values, then order, then how they are written.</summary>
internal static class ResultRecorder
{
    private const RunFlags Spoiling = RunFlags.OrderViolated | RunFlags.Tainted;

    /// <summary>Counts the exchange if its results can be compared: answered without error everywhere, and nothing before it diverged.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="captured">What production had.</param>
    /// <param name="outcomes">What the runs had, the baseline's first.</param>
    /// <param name="baselineRuns">How many are the baseline's.</param>
    /// <param name="mixesHashes">Whether some runs have hashes of normal forms and others of bytes on the wire: comparable where these are one.</param>
    /// <param name="tally">Where it is counted.</param>
    public static void Record(long position, in CapturedOutcome captured, ReadOnlySpan<RunOutcome> outcomes, int baselineRuns, bool mixesHashes, ResultTally tally)
    {
        ref readonly var first = ref outcomes[0];
        bool isHashed = true, areEqual = true;
        foreach (ref readonly var outcome in outcomes)
        {
            if ((outcome.Flags & Spoiling) != 0)
            {
                return;
            }

            isHashed &= (outcome.Flags & RunFlags.Hashed) != 0 && !(mixesHashes && outcome.Form != 0);
            areEqual &= outcome.Form == first.Form && outcome.Rows == first.Rows && outcome.Affected == first.Affected && outcome.SetHash == first.SetHash && outcome.SequenceHash == first.SequenceHash;
        }

        tally.Compared++;
        tally.ComparedByValue += isHashed ? 1 : 0;
        CompareWithProduction(captured, first, outcomes[baselineRuns], isHashed, tally);
        if (areEqual)
        {
            return;
        }

        for (var level = ResultLevel.Count; level <= (isHashed ? ResultLevel.Form : ResultLevel.Count); level++)
        {
            if (Differs(outcomes[..baselineRuns], level) || Differs(outcomes[baselineRuns..], level))
            {
                tally.SelfDifferent[(int)level]++;
                return;
            }

            if (!IsEqual(first, outcomes[baselineRuns], level))
            {
                RecordDifference(position, captured, outcomes, baselineRuns, level, tally);
                return;
            }
        }
    }

    private static void RecordDifference(long position, in CapturedOutcome captured, ReadOnlySpan<RunOutcome> outcomes, int baselineRuns, ResultLevel level, ResultTally tally)
    {
        ref readonly var candidate = ref outcomes[baselineRuns];
        var isProduction = captured.Rows == candidate.Rows && captured.Affected == candidate.Affected
            && (level == ResultLevel.Count || (level == ResultLevel.Value && captured.HasRowsOf(candidate) == true) || (level == ResultLevel.Order && captured.HasOrderOf(candidate)));
        if (isProduction)
        {
            tally.CandidateIsProduction[(int)level]++;
            return;
        }

        if (outcomes.Length == 2 && IsUnlikeProduction(captured, outcomes[0], level))
        {
            tally.SelfDifferent[(int)level]++;
            return;
        }

        tally.Consistent[(int)level]++;
        tally.First[(int)level].Add(position);
    }

    /// <summary>Whether the replay had what production had: counts, and values where both were hashed. The order is not asked for: it is the plan's.</summary>
    private static void CompareWithProduction(in CapturedOutcome captured, in RunOutcome baseline, in RunOutcome candidate, bool isHashed, ResultTally tally)
    {
        if (!captured.IsComplete)
        {
            return;
        }

        tally.ProductionCompared++;
        tally.BaselineIsNotProduction += IsProduction(captured, baseline, isHashed) ? 0 : 1;
        tally.CandidateIsNotProduction += IsProduction(captured, candidate, isHashed) ? 0 : 1;
    }

    private static bool IsProduction(in CapturedOutcome captured, in RunOutcome outcome, bool isHashed) =>
        captured.Rows == outcome.Rows && captured.Affected == outcome.Affected && (!isHashed || captured.HasRowsOf(outcome) != false);

    // With one run a side production stands for a second one of the old server: what that answered otherwise differs by itself.
    private static bool IsUnlikeProduction(in CapturedOutcome captured, in RunOutcome baseline, ResultLevel level) => captured.IsComplete && level switch
    {
        ResultLevel.Count => captured.Rows != baseline.Rows || captured.Affected != baseline.Affected,
        ResultLevel.Value => captured.HasRowsOf(baseline) == false,
        _ => false,
    };

    private static bool Differs(ReadOnlySpan<RunOutcome> side, ResultLevel level)
    {
        foreach (ref readonly var outcome in side)
        {
            if (!IsEqual(side[0], outcome, level))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEqual(in RunOutcome a, in RunOutcome b, ResultLevel level) => level switch
    {
        ResultLevel.Count => a.Rows == b.Rows && a.Affected == b.Affected,
        ResultLevel.Value => a.SetHash == b.SetHash,
        ResultLevel.Order => a.SequenceHash == b.SequenceHash,
        _ => a.Form == b.Form,
    };
}
