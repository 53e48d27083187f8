using System.Runtime.CompilerServices;

namespace Replay.Statistics;

/// <summary>
/// Takes exchanges that have a latency in every run, one call an exchange, and adds them up by shape and time block. Pairing by exchange
/// takes out what the parameters do to the latency: each exchange's logarithms are centred on the exchange's own middle before they are
/// averaged.
/// </summary>
/// <remarks>
/// One thread an instance; several are merged with <see cref="Add(PairAccumulator)"/>. Memory: for each shape that occurs about
/// 400 bytes * (1 + 3 * runs), 512 bytes * (2 + runs) for its slow end and a histogram a run; nothing grows with the number of exchanges, and nothing is allocated per exchange.
/// </remarks>
public sealed class PairAccumulator
{
    /// <summary>Time blocks of a run: slices of the workload of equally many exchanges, between which a jackknife estimates the noise within runs.</summary>
    public const int Blocks = 48;

    /// <summary>
    /// Added to a latency before its logarithm is tested: below some 20 us differences are those of the clock and of the wake-up, not of the server.
    /// The reported ratio is without it.
    /// </summary>
    public const float ResolutionFloorMicroseconds = 20;

    /// <summary>A centred logarithm counts at most this much in the test (a factor of 4.5), so that single outliers do not carry a verdict. The reported ratio is unclipped.</summary>
    public const double Clip = 1.5;

    private const int ClipUnits = (int)(Clip * FixedLog.One);

    private readonly RunDesign _design;
    private readonly ShapeCells?[] _cells;

    /// <summary>An accumulator for shapes numbered from 0 to <paramref name="shapes"/> - 1.</summary>
    public PairAccumulator(RunDesign design, int shapes)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(design.Runs, RunDesign.MaxRuns, nameof(design));
        _design = design;
        _cells = new ShapeCells?[shapes];
    }

    /// <summary>The runs, and their order in <see cref="Add(int, int, ReadOnlySpan{float})"/>.</summary>
    public RunDesign Design => _design;

    /// <summary>Number of shapes.</summary>
    public int Shapes => _cells.Length;

    /// <summary>The block of an exchange at <paramref name="position"/> in a workload of <paramref name="count"/> exchanges.</summary>
    public static int BlockOf(long position, long count) => (int)(position * (Int128)Blocks / Math.Max(count, 1));

    /// <summary>The first position of a block: the smallest that <see cref="BlockOf"/> puts there; <paramref name="count"/> behind the last.</summary>
    public static long FirstOf(int block, long count) => (long)((((Int128)block * count) + Blocks - 1) / Blocks);

    /// <summary>Adds one exchange.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="block">Its time block, 0 to <see cref="Blocks"/> - 1.</param>
    /// <param name="latencyMicroseconds">Its latency in each run, baseline first; none may be NaN.</param>
    [SkipLocalsInit]
    public void Add(int shape, int block, ReadOnlySpan<float> latencyMicroseconds)
    {
        var cells = _cells[shape] ??= new ShapeCells(_design.Runs);
        var sums = cells.Block(block);
        sums[0]++;

        Span<int> floored = stackalloc int[RunDesign.MaxRuns];
        Span<int> plain = stackalloc int[RunDesign.MaxRuns];
        Span<int> sorted = stackalloc int[RunDesign.MaxRuns];
        for (var k = 0; k < latencyMicroseconds.Length; k++)
        {
            var latency = Math.Clamp(latencyMicroseconds[k], 0f, (float)LogScale.LargestMicroseconds);
            plain[k] = FixedLog.Of(latency);
            floored[k] = FixedLog.Of(latency + ResolutionFloorMicroseconds);
            sums[(3 * k) + 3] += ShapeCells.ToNanoseconds(latency);
            cells.Histograms[k].RecordLog(plain[k]);
        }

        var plainCenter = Center(plain[..latencyMicroseconds.Length], sorted);
        var flooredCenter = Center(floored[..latencyMicroseconds.Length], sorted);
        var fastest = int.MaxValue;
        for (var k = 0; k < latencyMicroseconds.Length; k++)
        {
            fastest = Math.Min(fastest, floored[k]);
            floored[k] = Math.Clamp(floored[k] - flooredCenter, -ClipUnits, ClipUnits);
            sums[(3 * k) + 1] += floored[k];
            sums[(3 * k) + 2] += plain[k] - plainCenter;
        }

        cells.Slow.Add(fastest, floored[..latencyMicroseconds.Length], _design.BaselineRuns);
    }

    /// <summary>Adds what another accumulator of the same design holds; the result does not depend on the order.</summary>
    public void Add(PairAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var shape = 0; shape < _cells.Length; shape++)
        {
            if (other._cells[shape] is { } theirs)
            {
                (_cells[shape] ??= new ShapeCells(_design.Runs)).Add(theirs);
            }
        }
    }

    /// <summary>The samples of all shapes, by number; null for a shape without a paired exchange.</summary>
    public ShapeSample?[] Samples()
    {
        var samples = new ShapeSample?[_cells.Length];
        for (var shape = 0; shape < samples.Length; shape++)
        {
            samples[shape] = _cells[shape] is { } cells ? SampleMaker.Make(_design, cells) : null;
        }

        return samples;
    }

    /// <summary>Halfway between the medians of the two sides, so that it moves equally with either.</summary>
    private int Center(ReadOnlySpan<int> perRun, Span<int> scratch) =>
        (Median(perRun[.._design.BaselineRuns], scratch) + Median(perRun[_design.BaselineRuns..], scratch)) >> 1;

    private static int Median(ReadOnlySpan<int> values, Span<int> scratch)
    {
        switch (values.Length)
        {
            case 1:
                return values[0];
            case 2:
                return (values[0] + values[1]) >> 1;
            default:
                var sorted = scratch[..values.Length];
                values.CopyTo(sorted);
                sorted.Sort();
                var middle = sorted.Length / 2;
                return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) >> 1;
        }
    }
}
