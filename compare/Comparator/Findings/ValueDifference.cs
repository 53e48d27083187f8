namespace Replay.Comparator;

/// <summary>How two values of one column differ.</summary>
public enum ValueDifference
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>They are other values.</summary>
    Value,

    /// <summary>One of them is NULL.</summary>
    Null,

    /// <summary>The same number, written differently: digits of a float, zeros of a decimal, an exponent.</summary>
    NumberFormat,

    /// <summary>The same moment, written differently.</summary>
    TimeFormat,

    /// <summary>The same JSON, written differently: order of keys, spaces.</summary>
    JsonFormat,

    /// <summary>The same bytes, written differently: hexadecimal or escaped.</summary>
    BytesFormat,

    /// <summary>The same text but for spaces at the end of a CHAR.</summary>
    Padding,
}

/// <summary>Differences in words.</summary>
public static class ValueDifferenceNames
{
    /// <summary>Whether the values are equal in their type's normal form.</summary>
    public static bool IsFormat(this ValueDifference difference) => difference >= ValueDifference.NumberFormat;

    /// <summary>In words.</summary>
    public static string Words(this ValueDifference difference) => difference switch
    {
        ValueDifference.None => "equal",
        ValueDifference.Null => "NULL on one side",
        ValueDifference.NumberFormat => "the same number in another form",
        ValueDifference.TimeFormat => "the same time in another form",
        ValueDifference.JsonFormat => "the same JSON in another form",
        ValueDifference.BytesFormat => "the same bytes in another form",
        ValueDifference.Padding => "the same but for spaces at the end",
        _ => "another value",
    };
}

/// <summary>A column in which an exemplar's sides differ.</summary>
/// <param name="Column">Its name as the client saw it.</param>
/// <param name="Row">The number of the first row in which it does, in the new server's response, from 1; <see cref="UnknownRow"/> if only the columns' hashes tell.</param>
/// <param name="Difference">How they differ.</param>
/// <param name="Baseline">The old server's value; null if it is NULL or values are not to be shown.</param>
/// <param name="Candidate">The new server's value; null likewise.</param>
public sealed record ColumnDifference(string Column, int Row, ValueDifference Difference, string? Baseline, string? Candidate)
{
    /// <summary>The column is known to differ, but no row that was kept does.</summary>
    public const int UnknownRow = 0;
}

/// <summary>One exchange whose results differ between the sides, with the columns that do.</summary>
/// <param name="Example">Which exchange.</param>
/// <param name="Columns">The columns; empty if what was kept of the responses shows none.</param>
/// <param name="BaselineRows">Rows, or rows changed, on the old server; null if there are none.</param>
/// <param name="CandidateRows">The same on the new server.</param>
/// <param name="ProductionRows">The same in production.</param>
public sealed record ResultExemplar(ExchangeExample Example, IReadOnlyList<ColumnDifference> Columns, long? BaselineRows, long? CandidateRows, long? ProductionRows)
{
    /// <summary>Whether the sides only took other rows of those that tie in ORDER BY where LIMIT cuts; null if that cannot be told.</summary>
    public bool? IsLimitTie { get; init; }

    /// <summary>Whether all that was seen to differ is form only.</summary>
    public bool IsFormatOnly => Columns.Count > 0 && Columns.All(column => column.Difference.IsFormat());
}
