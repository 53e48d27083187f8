namespace Replay.Statistics;

/// <summary>
/// What one shape's paired exchanges add up to: per time block and run the sums of centred logarithms and of time, per run a histogram.
/// All whole numbers, so merging cells in any order gives the same bits.
/// </summary>
internal sealed class ShapeCells
{
    private const double NanosecondsPerMicrosecond = 1000;

    private readonly int _runs;
    private readonly long[] _sums;

    public ShapeCells(int runs)
    {
        _runs = runs;
        _sums = new long[PairAccumulator.Blocks * (1 + (3 * runs))];
        Slow = new SlowCells(runs);
        Histograms = new LogHistogram[runs];
        for (var k = 0; k < runs; k++)
        {
            Histograms[k] = new LogHistogram();
        }
    }

    public LogHistogram[] Histograms { get; }

    public SlowCells Slow { get; }

    public long Count(int block) => _sums[block * (1 + (3 * _runs))];

    public long Clipped(int block, int run) => _sums[(block * (1 + (3 * _runs))) + 1 + (3 * run)];

    public long Unclipped(int block, int run) => _sums[(block * (1 + (3 * _runs))) + 2 + (3 * run)];

    public long Nanoseconds(int block, int run) => _sums[(block * (1 + (3 * _runs))) + 3 + (3 * run)];

    public Span<long> Block(int block) => _sums.AsSpan(block * (1 + (3 * _runs)), 1 + (3 * _runs));

    public static long ToNanoseconds(float microseconds) => (long)(microseconds * NanosecondsPerMicrosecond);

    public void Add(ShapeCells other)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] += other._sums[i];
        }

        for (var k = 0; k < _runs; k++)
        {
            Histograms[k].Add(other.Histograms[k]);
        }

        Slow.Add(other.Slow);
    }
}
