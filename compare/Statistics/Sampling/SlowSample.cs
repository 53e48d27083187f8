namespace Replay.Statistics;

/// <summary>What a shape's slowest exchanges say: those that are slow in each run.</summary>
/// <param name="Exchanges">How many they are: one in 100, but some at least.</param>
/// <param name="Typical">Mean centred and clipped logarithm of their latency + 20 us, per run.</param>
/// <param name="VarianceOfExecution">Variance of one execution around its side's mean.</param>
public sealed record SlowSample(long Exchanges, double[] Typical, double VarianceOfExecution)
{
    /// <summary>Share of the exchanges that are looked at.</summary>
    public const double Share = 0.01;

    /// <summary>Fewer exchanges say nothing.</summary>
    public const int LeastExchanges = 4;

    /// <summary>Fewer exchanges of a shape have no slow end.</summary>
    public const int LeastExecutions = 100;

    /// <summary>The sample; null if there are too few exchanges, or no two runs of a side to tell their variance.</summary>
    /// <param name="runs">Number of runs.</param>
    /// <param name="executions">Exchanges of the shape.</param>
    /// <param name="cells">Its slow end.</param>
    internal static SlowSample? Of(int runs, long executions, SlowCells cells)
    {
        if (executions < LeastExecutions || runs <= 2)
        {
            return null;
        }

        var wanted = Math.Max(LeastExchanges, (long)(Share * executions));
        var sums = new long[runs];
        long count = 0;
        double squares = 0;
        for (var step = 0; step < SlowCells.Steps && count < wanted; step++)
        {
            count += cells.Count(step);
            squares += cells.Squares(step);
            for (var k = 0; k < runs; k++)
            {
                sums[k] += cells.Clipped(step, k);
            }
        }

        return count < LeastExchanges ? null : new SlowSample(count, [.. sums.Select(sum => FixedLog.ToDouble(sum) / count)], squares / count / (runs - 2));
    }
}
