namespace Replay.Comparator;

/// <summary>What a shape's results say.</summary>
public enum ResultKind
{
    /// <summary>Equal wherever they could be compared.</summary>
    Equal,

    /// <summary>Other rows or another number of changed rows: counts as a failure.</summary>
    CountDifferent,

    /// <summary>Other values: counts as a failure.</summary>
    ValueDifferent,

    /// <summary>The same rows in another order, although the statement has ORDER BY: ties, or another collation.</summary>
    OrderDifferentWithOrderBy,

    /// <summary>The same rows in another order; the statement does not ask for one.</summary>
    OrderDifferent,

    /// <summary>Other rows, but LIMIT without ORDER BY leaves the choice to the server.</summary>
    Arbitrary,

    /// <summary>Equal runs differ in it too, so a difference between the sides says nothing.</summary>
    Unstable,

    /// <summary>Could not be compared.</summary>
    NotCompared,
}

/// <summary>Results of one shape.</summary>
public sealed record ResultFinding
{
    /// <summary>What they say.</summary>
    public required ResultKind Kind { get; init; }

    /// <summary>Exchanges compared.</summary>
    public required long Compared { get; init; }

    /// <summary>Of those, exchanges whose values were compared, not only counts.</summary>
    public required long ComparedByValue { get; init; }

    /// <summary>Exchanges in which the sides differ in the way that <see cref="Kind"/> names.</summary>
    public required long Different { get; init; }

    /// <summary>Exchanges in which runs of one side differ among themselves.</summary>
    public required long SelfDifferent { get; init; }

    /// <summary>Exchanges in which the candidate differs from the baseline but answers what production answered.</summary>
    public required long CandidateIsProduction { get; init; }

    /// <summary>The level down to which results were compared: values only count where equal runs agree in them.</summary>
    public required ResultLevel StableLevel { get; init; }

    /// <summary>The first exchange that differs; null if none does.</summary>
    public ExchangeExample? Example { get; init; }

    /// <summary>Whether it fails the whole.</summary>
    public bool IsFailure => Kind is ResultKind.CountDifferent or ResultKind.ValueDifferent;
}
