namespace Replay.Statistics;

/// <summary>By how much a share on the new side exceeds what equal runs show, with its one-sided bounds at 95 %.</summary>
/// <param name="Share">The share among the new side's executions, measured against the old side's runs.</param>
/// <param name="Noise">The same of the old side's runs measured against each other; NaN if there is one.</param>
/// <param name="Low">The excess is not below.</param>
/// <param name="High">The excess is not above.</param>
public readonly record struct ExcessShare(double Share, double Noise, double Low, double High)
{
    private const double Confidence = 0.95;

    /// <summary>Share less noise; the share itself where noise is not known.</summary>
    public double Excess => double.IsNaN(Noise) ? Share : Share - Noise;

    /// <summary>
    /// Estimates it from counts per time block. The error is the larger of what a delete-one-block jackknife finds (Quenouille 1956; Tukey 1958) and what runs of a side differ by, the latter with as few degrees
    /// of freedom as runs give.
    /// </summary>
    /// <param name="candidates">Per run of the new side, counts per block.</param>
    /// <param name="baselines">Per run of the old side, measured against the others; empty if there is one only.</param>
    public static ExcessShare Estimate(IReadOnlyList<ShareCounts> candidates, IReadOnlyList<ShareCounts> baselines)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(baselines);
        var share = Mean(candidates, leftOut: -1);
        var noise = baselines.Count == 0 ? double.NaN : Mean(baselines, leftOut: -1);
        var excess = baselines.Count == 0 ? share : share - noise;
        var blocks = Enumerable.Range(0, candidates[0].Of.Count).Where(block => candidates.Any(run => run.Of[block] > 0)).ToArray();
        var without = blocks.Select(block => Mean(candidates, block) - (baselines.Count == 0 ? 0 : Mean(baselines, block))).Where(double.IsFinite).ToArray();
        var within = without.Length < 2 ? 0 : (without.Length - 1) * SquaresAround(without) / without.Length;
        var (between, freedom) = Between(candidates, baselines);
        var error = between > within ? Math.Sqrt(between) * StudentT.Quantile(Confidence, freedom) : Math.Sqrt(within) * StudentT.Quantile(Confidence, Math.Max(1, blocks.Length - 1));
        return new ExcessShare(share, noise, excess - error, excess + error);
    }

    private static double Mean(IReadOnlyList<ShareCounts> runs, int leftOut) => runs.Average(run => run.Share(leftOut));

    private static double SquaresAround(double[] values)
    {
        var mean = values.DefaultIfEmpty().Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }

    // Variance of the difference of the sides' means by what runs of a side differ; none where no side has two.
    private static (double Variance, int Freedom) Between(IReadOnlyList<ShareCounts> candidates, IReadOnlyList<ShareCounts> baselines)
    {
        double[][] sides = [[.. candidates.Select(run => run.Share())], [.. baselines.Select(run => run.Share())]];
        var freedom = sides.Sum(side => Math.Max(0, side.Length - 1));
        return freedom == 0 ? (0, 1) : (sides.Sum(SquaresAround) / freedom * sides.Where(side => side.Length > 0).Sum(side => 1.0 / side.Length), freedom);
    }
}

/// <summary>Counts per time block: executions that are so, of how many.</summary>
/// <param name="Such">That are so.</param>
/// <param name="Of">Of how many.</param>
public sealed record ShareCounts(IReadOnlyList<long> Such, IReadOnlyList<long> Of)
{
    /// <summary>The share over all blocks, or without one; NaN where nothing is left.</summary>
    public double Share(int leftOut = -1) =>
        (double)(Such.Sum() - (leftOut < 0 ? 0 : Such[leftOut])) / (Of.Sum() - (leftOut < 0 ? 0 : Of[leftOut]));
}
