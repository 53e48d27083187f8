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
