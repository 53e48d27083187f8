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

    /// <summary>
    /// The same values in another form: all rows are equal in their types' normal form (digits of a float, zeros of a decimal, order of JSON keys) and were written in another way.
    /// Of runs of older builds: in all exemplars that were kept.
    /// </summary>
    FormatDifferent,

    /// <summary>The same rows in another order, although the statement has ORDER BY: ties, or another collation.</summary>
    OrderDifferentWithOrderBy,

    /// <summary>The same rows in another order; the statement does not ask for one.</summary>
    OrderDifferent,

    /// <summary>Other rows, but LIMIT without ORDER BY leaves the choice to the server.</summary>
    Arbitrary,

    /// <summary>ORDER BY with LIMIT: in all exemplars the sides only took other rows of those that tie in the last place.</summary>
    LimitTie,

    /// <summary>The same rows, but the columns are described otherwise: name, type, length, collation.</summary>
    MetadataDifferent,

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

    /// <summary>The first exchanges that differ, with the columns that do; empty if none does.</summary>
    public IReadOnlyList<ResultExemplar> Exemplars { get; init; } = [];

    /// <summary>Exchanges that could be compared with what production answered.</summary>
    public required long ProductionCompared { get; init; }

    /// <summary>Of those, exchanges that the old server answered otherwise than production.</summary>
    public required long BaselineIsNotProduction { get; init; }

    /// <summary>Of those, exchanges that the new server answered otherwise than production.</summary>
    public required long CandidateIsNotProduction { get; init; }

    /// <summary>The first exchange that differs; null if none does.</summary>
    public ExchangeExample? Example => Exemplars.Count == 0 ? null : Exemplars[0].Example;

    /// <summary>The columns that differ in the exemplars, each once, with how.</summary>
    public IReadOnlyList<ColumnDifference> Columns => [.. Exemplars.SelectMany(exemplar => exemplar.Columns).DistinctBy(column => column.Column)];

    /// <summary>Who accepts it and why; null if nobody does.</summary>
    public Waiver? Waiver { get; init; }

    /// <summary>Whether the answer is another one, accepted or not.</summary>
    public bool IsAnother => Kind is ResultKind.CountDifferent or ResultKind.ValueDifferent;

    /// <summary>Whether it fails the whole.</summary>
    public bool IsFailure => IsAnother && Waiver is null;
}
