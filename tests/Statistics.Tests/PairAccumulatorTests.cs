using FsCheck;
using FsCheck.Fluent;

namespace Replay.Statistics.Tests;

public sealed class PairAccumulatorTests
{
    [Fact]
    public void PairingTakesOutWhatParametersDo()
    {
        // Latencies over four decades, each a quarter slower in the candidate: the mean difference is exactly ln 1.25.
        var sample = Sample(new RunDesign(1, 1), Enumerable.Range(0, 2000).Select(i => (float)Math.Pow(10, 2 + (i % 40 / 10.0))).Select(x => new[] { x, x * 1.25f }));
        Assert.Equal(Math.Log(1.25), sample.Plain[1] - sample.Plain[0], 5);
        Assert.Equal(0, sample.PlainBlockVariance, 10);
    }

    [Fact]
    public void OneOutlierIsClippedInTheTestAndNotInTheReport()
    {
        var rows = Enumerable.Range(0, 100).Select(i => new[] { 10_000f, i == 50 ? 1e8f : 10_000f });
        var sample = Sample(new RunDesign(1, 1), rows);
        Assert.InRange(sample.Typical[1] - sample.Typical[0], 0.029, 0.0301);
        Assert.InRange(sample.Plain[1] - sample.Plain[0], 0.0919, 0.0922);
    }

    [Fact]
    public void TotalsAndCountsAreExact()
    {
        var sample = Sample(new RunDesign(2, 1), [[100.5f, 200, 300], [1, 2, 3], [0, 0, 0]]);
        Assert.Equal(3, sample.Executions);
        Assert.Equal([101.5, 202, 303], sample.TotalMicroseconds);
        Assert.All(sample.Histograms, histogram => Assert.Equal(3, histogram.Count));
    }

    [Fact]
    public void TheSlowEndIsOfExchangesThatAreSlowInEachRun()
    {
        // Ten of 1,000 are slow wherever they run, and twice as slow in the candidate; ten others had bad luck in one run.
        var rows = Enumerable.Range(0, 1000).Select(i => i % 100 == 0 ? new[] { 1e6f, 1e6f, 2e6f, 2e6f } : [1000f, i % 100 == 1 ? 9e6f : 1000, 1000, 1000]);
        var slow = Sample(new RunDesign(2, 2), rows).Slow!;
        Assert.Equal(10, slow.Exchanges);
        Assert.Equal(Math.Log(2), slow.Typical[2] - slow.Typical[0], 4);
        Assert.Equal(0, slow.VarianceOfExecution, 6);
    }

    [Fact]
    public void TheSlowEndOfShardsIsThatOfOnePass() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Size, bool IsLeft)[]>(), exchanges =>
    {
        var design = new RunDesign(2, 1);
        PairAccumulator whole = new(design, 1), left = new(design, 1), right = new(design, 1);
        for (var i = 0; i < 200 + exchanges.Length; i++)
        {
            // Over many more steps than are kept.
            var (size, isLeft) = i < exchanges.Length ? exchanges[i] : (PositiveInt.NewPositiveInt(1 + (i * 7919 % 1000)), i % 3 == 0);
            float[] row = [(float)Math.Pow(size.Get, 2), (float)Math.Pow(size.Get, 2.5), size.Get];
            whole.Add(0, 0, row);
            (isLeft ? left : right).Add(0, 0, row);
        }

        left.Add(right);
        SlowSample one = whole.Samples()[0]!.Slow!, merged = left.Samples()[0]!.Slow!;
        return one.Exchanges == merged.Exchanges && one.Typical.SequenceEqual(merged.Typical) && one.VarianceOfExecution.Equals(merged.VarianceOfExecution);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheSlowEndNeedsRunsAndExecutionsEnough()
    {
        static IEnumerable<float[]> Rows(int executions, int runs) => Enumerable.Range(1, executions).Select(i => Enumerable.Repeat(i * 100f, runs).ToArray());
        Assert.Null(Sample(new RunDesign(1, 1), Rows(1000, 2)).Slow);
        Assert.Null(Sample(new RunDesign(2, 2), Rows(99, 4)).Slow);
        Assert.InRange(Sample(new RunDesign(2, 1), Rows(1000, 3)).Slow!.Exchanges, 5, 64);
    }

    [Fact]
    public void TheVarianceOfSlowExecutionsIsThatWithinSides()
    {
        var random = new Random(1);
        float Noisy(float median) => (float)(median * Math.Exp(0.3 * (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3)));
        var sample = Sample(new RunDesign(2, 2), Enumerable.Range(0, 100_000).Select(_ => new[] { Noisy(1e5f), Noisy(1e5f), Noisy(2e5f), Noisy(2e5f) }));
        Assert.InRange(Math.Sqrt(sample.Slow!.VarianceOfExecution), 0.1, 0.3); // less than in the whole: the fastest of four had to be slow
    }

    [Fact]
    public void BlocksPartTheWorkloadEvenly()
    {
        foreach (var count in new[] { 1L, 47, 48, 1000, 1_000_003 })
        {
            for (var block = 0; block < PairAccumulator.Blocks; block++)
            {
                long from = PairAccumulator.FirstOf(block, count), to = PairAccumulator.FirstOf(block + 1, count);
                if (from < to)
                {
                    Assert.Equal((block, block), (PairAccumulator.BlockOf(from, count), PairAccumulator.BlockOf(to - 1, count)));
                }
            }

            Assert.Equal(count, PairAccumulator.FirstOf(PairAccumulator.Blocks, count));
        }
    }

    [Fact]
    public void MergingShardsEqualsOnePass() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt, PositiveInt)[]>(), ArbMap.Default.ArbFor<(PositiveInt, PositiveInt)[]>(), (left, right) =>
    {
        var design = new RunDesign(1, 1);
        var whole = new PairAccumulator(design, 3);
        PairAccumulator a = new(design, 3), b = new(design, 3);
        Feed(whole, left);
        Feed(whole, right);
        Feed(a, left);
        Feed(b, right);
        b.Add(a);
        return Dump(whole) == Dump(b);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void SwappingTheSidesTurnsTheSign() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt, PositiveInt)[]>(), pairs =>
    {
        PairAccumulator forth = new(new RunDesign(1, 1), 3), back = new(new RunDesign(1, 1), 3);
        Feed(forth, pairs);
        Feed(back, [.. pairs.Select(pair => (pair.Item2, pair.Item1))]);
        return forth.Samples().Zip(back.Samples()).All(two => two.First is null ? two.Second is null
            : two.First.Typical[0] == two.Second!.Typical[1] && two.First.Plain[1] == two.Second.Plain[0] && two.First.LogTotal[0] == two.Second.LogTotal[1]);
    }).QuickCheckThrowOnFailure();

    private static void Feed(PairAccumulator into, (PositiveInt, PositiveInt)[] pairs)
    {
        foreach (var (x, y) in pairs)
        {
            into.Add((x.Get + y.Get) % 3, x.Get % PairAccumulator.Blocks, [x.Get * 37f, y.Get * 37f]);
        }
    }

    private static string Dump(PairAccumulator accumulator) => string.Join('|', accumulator.Samples().Select(sample => sample is null ? "-"
        : $"{sample.Executions} {string.Join(',', sample.Typical.Select(BitConverter.DoubleToInt64Bits))} {string.Join(',', sample.TotalMicroseconds)} {BitConverter.DoubleToInt64Bits(sample.TypicalBlockVariance)}"));

    private static ShapeSample Sample(RunDesign design, IEnumerable<float[]> rows)
    {
        var accumulator = new PairAccumulator(design, 1);
        var all = rows.ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            accumulator.Add(0, PairAccumulator.BlockOf(i, all.Length), all[i]);
        }

        return accumulator.Samples()[0]!;
    }
}
