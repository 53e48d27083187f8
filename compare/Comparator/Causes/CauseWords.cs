using System.Globalization;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Values of dimensions that are no values of their own, in words.</summary>
internal static class CauseWords
{
    /// <summary>What stands for a tag that a text does not have.</summary>
    public const string NoTag = "(none)";

    /// <summary>What stands for a parameter without a value.</summary>
    public const string Null = "NULL";

    public static string Hour(long microseconds)
    {
        var at = DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{at:MM-dd} {at.Hour:00}:00 to {(at.Hour + 1) % 24:00}:00 UTC");
    }

    public static string? Rows(long rows) => RowRange(rows) is { } range ? $"executions with {range} {(rows == 1 ? "row" : "rows")}" : null;

    /// <summary>A number of rows by its power of ten: <c>0</c>, <c>1</c>, <c>2 to 9</c>, <c>10 to 99</c>; null if it is not known.</summary>
    public static string? RowRange(long rows)
    {
        if (rows < 2)
        {
            return rows < 0 ? null : rows.ToString(CultureInfo.InvariantCulture);
        }

        long from = 1;
        while (from * 10 <= rows)
        {
            from *= 10;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(2, from):N0} to {(from * 10) - 1:N0}");
    }

    public static string Position(int before, TransactionState after) => before == 0
        ? after == TransactionState.Idle ? "executions outside of transactions" : "executions that begin a transaction"
        : before < 4 ? "executions early in a transaction" : before < 10 ? "executions after 4 to 9 others in their transaction" : "executions after 10 or more others in their transaction";

    public static string Parameter(int number) => $"parameter {number + 1}";

    public static string Concurrency(double from, double to) => double.IsInfinity(to)
        ? string.Create(CultureInfo.InvariantCulture, $"moments with over {from:0.#} exchanges on the wire in production")
        : string.Create(CultureInfo.InvariantCulture, $"moments with {from:0.#} to {to:0.#} exchanges on the wire in production");
}
