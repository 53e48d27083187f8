namespace Replay.Sql;

/// <summary>Where a value in a statement comes from.</summary>
public enum SqlValueKind : byte
{
    /// <summary>An expression, or a literal that needs more than its bytes: what it is cannot be told from the text.</summary>
    Unknown,

    /// <summary>A number or string in the text; <see cref="SqlValue.Index"/> counts the literals of the whole text from 0.</summary>
    Literal,

    /// <summary>The same with a minus before it.</summary>
    NegativeLiteral,

    /// <summary>A parameter; <see cref="SqlValue.Index"/> counts from 0.</summary>
    Parameter,

    /// <summary>NULL.</summary>
    Null,

    /// <summary>DEFAULT: the column's default, which the catalogue or the server knows.</summary>
    Default,
}

/// <summary>A value of a key column as the text names it; not the value itself, so that it holds for every text with the same template.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Index">Number of the literal or parameter, from 0.</param>
public readonly record struct SqlValue(SqlValueKind Kind, int Index = 0);

/// <summary>That a column has one of some values: <c>c = 1</c>, <c>c IN (1, $2)</c>, <c>SET c = 1</c>.</summary>
/// <param name="Column">The column's name: PostgreSQL folded as the server folds it, MySQL in lower case.</param>
/// <param name="Values">The values, at least one.</param>
public sealed record ColumnValues(string Column, IReadOnlyList<SqlValue> Values)
{
    /// <summary>SET c = c + 1: what is added; null for anything else.</summary>
    public ColumnStep? Step { get; init; }
}

/// <summary>What a statement adds to the value that a column has.</summary>
/// <param name="By">A literal or a parameter.</param>
/// <param name="IsSubtracted">Whether it is taken off instead.</param>
public sealed record ColumnStep(SqlValue By, bool IsSubtracted);
