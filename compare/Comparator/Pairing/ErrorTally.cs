namespace Replay.Comparator;

/// <summary>A shape and an error code.</summary>
/// <param name="Shape">The shape's number in the catalogue.</param>
/// <param name="Code">The code's number in the table.</param>
internal readonly record struct ErrorKey(int Shape, int Code);

/// <summary>How often a shape gave an error, and how often in a way that is new. All sums and minima: merging does not depend on the order.</summary>
internal sealed class ErrorTally(int runs)
{
    /// <summary>Exchanges with the error, per run.</summary>
    public long[] PerRun { get; } = new long[runs];

    /// <summary>Exchanges with the error in production.</summary>
    public long Production { get; set; }

    /// <summary>Exchanges with the error in a candidate run and with no error of its class in any baseline run, nor in production; per run.</summary>
    public long[] NewPerRun { get; } = new long[runs];

    /// <summary>Such exchanges that depended on something that had diverged before; they are counted in <see cref="NewPerRun"/> too.</summary>
    public long NewTainted { get; set; }

    /// <summary>Exchanges that had the error in some runs of a side and not in others: chance, as equal runs show it.</summary>
    public long SelfDifferent { get; set; }

    /// <summary>Exchanges that had the error in all baseline runs and none in any candidate run.</summary>
    public long Gone { get; set; }

    /// <summary>Position of the first new one; <see cref="long.MaxValue"/> if there is none. Untainted ones come first.</summary>
    public long FirstNew { get; set; } = long.MaxValue;

    /// <summary>Position of the first tainted new one.</summary>
    public long FirstNewTainted { get; set; } = long.MaxValue;

    /// <summary>Position of the first one at all, in any run.</summary>
    public long First { get; set; } = long.MaxValue;

    public void Add(ErrorTally other)
    {
        for (var k = 0; k < PerRun.Length; k++)
        {
            PerRun[k] += other.PerRun[k];
            NewPerRun[k] += other.NewPerRun[k];
        }

        Production += other.Production;
        NewTainted += other.NewTainted;
        SelfDifferent += other.SelfDifferent;
        Gone += other.Gone;
        FirstNew = Math.Min(FirstNew, other.FirstNew);
        FirstNewTainted = Math.Min(FirstNewTainted, other.FirstNewTainted);
        First = Math.Min(First, other.First);
    }
}
