namespace Replay.Sql;

/// <content>What an update adds to a column, and what it gives back.</content>
public sealed partial class AccessReader
{
    // c + 1, t.c - $1: the column itself and one plain value.
    private ColumnStep? Step(ReadOnlySpan<byte> sql, int from, int to, string column)
    {
        var at = Kind(from + 1) == AccessTokenKind.Dot ? from + 2 : from;
        var isSubtracted = Kind(at + 1) == AccessTokenKind.Minus;
        return at + 3 == to && IsName(at) && Name(sql, at, isColumn: true) == column && (isSubtracted || Is(sql, at + 1, "+"u8))
            && Kind(at + 2) is AccessTokenKind.Literal or AccessTokenKind.Parameter && Value(at + 2, to, out var by)
            ? new ColumnStep(by, isSubtracted)
            : null;
    }

    // What stands behind RETURNING, if there is one: c, t.c or *.
    private List<string?> Returned(ReadOnlySpan<byte> sql, int i, int to, TableAccess target)
    {
        var returned = new List<string?>();
        while (i < to && Word(i) != AccessWord.Returning)
        {
            i = Skip(i) + 1;
        }

        for (var from = ++i; i <= to; i = Skip(i) + 1)
        {
            if (i < to && Kind(i) != AccessTokenKind.Comma)
            {
                continue;
            }

            var isOwn = i == from + 3 && Kind(from + 1) == AccessTokenKind.Dot && IsName(from) && Name(sql, from, isColumn: true) is var of
                && (of == target.Name || of == target.Alias);
            var at = isOwn ? from + 2 : from;
            returned.Add(at + 1 != i ? null : IsName(at) ? Name(sql, at, isColumn: true) : Is(sql, at, "*"u8) ? "*" : null);
            from = i + 1;
        }

        return returned;
    }
}
