namespace Replay.Statistics;

/// <summary>
/// The slow end of one shape's exchanges, slow by their fastest latency over all runs: an exchange that is slow in each of them has a slow parameter, one that is slow in a single run had bad luck.
/// Steps of 6 % below the slowest exchange there is; per step the sums that <see cref="ShapeCells"/> has per block.
/// </summary>
/// <remarks>
/// Whole numbers, and an exchange is dropped only if it lies more steps below the slowest one seen so far than are kept, so below the slowest of all: the result does not depend on the order.
/// The runs of an exchange are alike if nothing changed, so which of them is the fastest favours none.
/// </remarks>
internal sealed class SlowCells(int runs)
{
    /// <summary>Steps that are kept: down to a 50th of the slowest exchange.</summary>
    public const int Steps = 64;

    // 2^-4 in the logarithm.
    private const int StepShift = FixedLog.FractionBits - 4;

    // Squares of 25 bits, 10^8 of them from 64 runs: 10 bits less and they fit.
    private const int SquareShift = 10;

    private readonly int _width = runs + 2;
    private readonly long[] _sums = new long[Steps * (runs + 2)];
    private int _top = -1;

    /// <summary>Exchanges in a step, 0 being the slowest.</summary>
    public long Count(int step) => _sums[Place(_top - step)];

    /// <summary>Sum of their squared deviations from their side's mean, over all runs; in squares of one.</summary>
    public double Squares(int step) => _sums[Place(_top - step) + 1] / Math.Pow(1 << (FixedLog.FractionBits - SquareShift), 2);

    /// <summary>Sum of their centred, clipped logarithms in a run.</summary>
    public long Clipped(int step, int run) => _sums[Place(_top - step) + 2 + run];

    /// <summary>Adds an exchange.</summary>
    /// <param name="fastest">Logarithm of its fastest latency.</param>
    /// <param name="clipped">Its centred and clipped logarithms per run.</param>
    /// <param name="baselineRuns">How many of them are the baseline's.</param>
    public void Add(int fastest, ReadOnlySpan<int> clipped, int baselineRuns)
    {
        var step = fastest >> StepShift;
        if (step <= _top - Steps)
        {
            return;
        }

        Raise(step);
        var cell = _sums.AsSpan(Place(step), _width);
        cell[0]++;
        cell[1] += Squares(clipped[..baselineRuns]) + Squares(clipped[baselineRuns..]);
        for (var k = 0; k < clipped.Length; k++)
        {
            cell[2 + k] += clipped[k];
        }
    }

    /// <summary>Adds what another holds.</summary>
    public void Add(SlowCells other)
    {
        Raise(other._top);
        for (var step = Math.Max(other._top - Steps, _top - Steps) + 1; step <= other._top; step++)
        {
            for (var i = 0; i < _width; i++)
            {
                _sums[Place(step) + i] += other._sums[Place(step) + i];
            }
        }
    }

    // A ring: a step keeps its place as long as it is kept.
    private int Place(int step) => (step & (Steps - 1)) * _width;

    private void Raise(int step)
    {
        for (var fresh = Math.Max(_top, step - Steps) + 1; fresh <= step; fresh++)
        {
            _sums.AsSpan(Place(fresh), _width).Clear();
        }

        _top = Math.Max(_top, step);
    }

    private static long Squares(ReadOnlySpan<int> side)
    {
        long sum = 0, squares = 0;
        foreach (var value in side)
        {
            sum += value;
        }

        var mean = sum / side.Length;
        foreach (var value in side)
        {
            var deviation = (value - mean) >> SquareShift;
            squares += deviation * deviation;
        }

        return squares;
    }
}
