namespace Replay.Statistics;

/// <summary>Turns a shape's integer cells into the means, totals and jackknife variances of a <see cref="ShapeSample"/>.</summary>
internal static class SampleMaker
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static ShapeSample Make(RunDesign design, ShapeCells cells)
    {
        var blocks = Enumerable.Range(0, PairAccumulator.Blocks).Where(block => cells.Count(block) > 0).ToArray();
        long n = 0;
        foreach (var block in blocks)
        {
            n += cells.Count(block);
        }

        var runs = design.Runs;
        double[] typical = new double[runs], plain = new double[runs], logTotal = new double[runs], total = new double[runs];
        double[][] typicalWithout = NewTable(blocks.Length, runs), plainWithout = NewTable(blocks.Length, runs), totalWithout = NewTable(blocks.Length, runs);
        for (var k = 0; k < runs; k++)
        {
            long clippedSum = 0, plainSum = 0, nanoseconds = 0;
            foreach (var block in blocks)
            {
                clippedSum += cells.Clipped(block, k);
                plainSum += cells.Unclipped(block, k);
                nanoseconds += cells.Nanoseconds(block, k);
            }

            typical[k] = FixedLog.ToDouble(clippedSum) / n;
            plain[k] = FixedLog.ToDouble(plainSum) / n;
            total[k] = nanoseconds / NanosecondsPerMicrosecond;
            logTotal[k] = LogOfTotal(nanoseconds);
            for (var i = 0; i < blocks.Length && blocks.Length > 1; i++)
            {
                var rest = n - cells.Count(blocks[i]);
                typicalWithout[i][k] = FixedLog.ToDouble(clippedSum - cells.Clipped(blocks[i], k)) / rest;
                plainWithout[i][k] = FixedLog.ToDouble(plainSum - cells.Unclipped(blocks[i], k)) / rest;
                totalWithout[i][k] = LogOfTotal(nanoseconds - cells.Nanoseconds(blocks[i], k));
            }
        }

        return new ShapeSample
        {
            Executions = n,
            TypicalWithoutBlock = design.IsInterleaved && blocks.Length > 1 ? ByBlock(blocks, typicalWithout) : [],
            Typical = typical,
            TypicalBlockVariance = Jackknife.VarianceOfRun(design, typicalWithout),
            Plain = plain,
            PlainBlockVariance = Jackknife.VarianceOfRun(design, plainWithout),
            LogTotal = logTotal,
            LogTotalBlockVariance = Jackknife.VarianceOfRunWithContrast(design, totalWithout),
            OccupiedBlocks = blocks.Length,
            TotalMicroseconds = total,
            Histograms = cells.Histograms,
            Slow = SlowSample.Of(runs, n, cells.Slow),
        };
    }

    private static double[]?[] ByBlock(int[] blocks, double[][] values)
    {
        var byBlock = new double[]?[PairAccumulator.Blocks];
        for (var i = 0; i < blocks.Length; i++)
        {
            byBlock[blocks[i]] = values[i];
        }

        return byBlock;
    }

    // A total of nothing (all latencies below a nanosecond) counts as a nanosecond.
    private static double LogOfTotal(long nanoseconds) => Math.Log(Math.Max(nanoseconds, 1));

    private static double[][] NewTable(int rows, int columns)
    {
        var table = new double[rows][];
        for (var i = 0; i < rows; i++)
        {
            table[i] = new double[columns];
        }

        return table;
    }
}
