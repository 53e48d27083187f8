namespace Replay.Comparator;

/// <summary>In what two results differ first.</summary>
public enum ResultLevel
{
    /// <summary>Number of rows, or of rows changed.</summary>
    Count,

    /// <summary>The values, with equal counts.</summary>
    Value,

    /// <summary>Only the order of the rows.</summary>
    Order,

    /// <summary>Only how equal values are written.</summary>
    Form,
}

/// <summary>A shape's results, compared exchange by exchange. All sums and minima: merging does not depend on the order.</summary>
internal sealed class ResultTally
{
    /// <summary>Number of levels.</summary>
    public const int Levels = 4;

    /// <summary>Exchanges compared at the level of counts.</summary>
    public long Compared { get; set; }

    /// <summary>Exchanges whose values could be compared too (hashed in all runs).</summary>
    public long ComparedByValue { get; set; }

    /// <summary>By level: all runs of each side agree, and the sides differ.</summary>
    public long[] Consistent { get; } = new long[Levels];

    /// <summary>By level: runs of one side differ among themselves.</summary>
    public long[] SelfDifferent { get; } = new long[Levels];

    /// <summary>Sides differ consistently, but the candidate answers what production answered.</summary>
    public long[] CandidateIsProduction { get; } = new long[Levels];

    /// <summary>By level: where the first consistent differences are.</summary>
    public FirstPositions[] First { get; } = [new(), new(), new(), new()];

    /// <summary>Exchanges that could be compared with what production answered.</summary>
    public long ProductionCompared { get; set; }

    /// <summary>Of those, exchanges that the old server's first run answered otherwise: the replay does not reproduce them.</summary>
    public long BaselineIsNotProduction { get; set; }

    /// <summary>The same of the new server's first run.</summary>
    public long CandidateIsNotProduction { get; set; }

    public void Add(ResultTally other)
    {
        Compared += other.Compared;
        ComparedByValue += other.ComparedByValue;
        for (var level = 0; level < Levels; level++)
        {
            Consistent[level] += other.Consistent[level];
            SelfDifferent[level] += other.SelfDifferent[level];
            CandidateIsProduction[level] += other.CandidateIsProduction[level];
            First[level].Add(other.First[level]);
        }

        ProductionCompared += other.ProductionCompared;
        BaselineIsNotProduction += other.BaselineIsNotProduction;
        CandidateIsNotProduction += other.CandidateIsNotProduction;
    }
}
