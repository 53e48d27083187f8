using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// Whether two answers to ORDER BY with LIMIT differ only in which of the rows they took that tie in the last place: the statement leaves that to the server.
/// </summary>
internal static class LimitTie
{
    /// <summary>Null if it cannot be told: rows are missing, or a term of ORDER BY is not in the result under its own name.</summary>
    /// <param name="sql">The normalised statement.</param>
    /// <param name="old">The old server's answer.</param>
    /// <param name="new">The new server's.</param>
    public static bool? IsTie(string sql, KeptResponse old, KeptResponse @new)
    {
        if (!old.IsWhole || !@new.IsWhole || old.Rows.Count != @new.Rows.Count || old.Rows.Count == 0 || !old.Columns.Select(column => column.Name).SequenceEqual(@new.Columns.Select(column => column.Name)))
        {
            return null;
        }

        if (SortColumns(sql, old.Columns) is not { } keys)
        {
            return null;
        }

        var (onlyOld, onlyNew) = KeptResponse.Unmatched(old, @new);
        var last = old.Rows.Count - 1;
        var isInLastPlace = onlyOld.All(row => Ties(old, row, old, last, keys)) && onlyNew.All(row => Ties(@new, row, old, last, keys));
        return isInLastPlace && !HasOneRowTwice(old, onlyOld, @new, onlyNew, keys);
    }

    /// <summary>The places of the columns that the statement's last ORDER BY sorts by; null if it has a term that is none of the result's columns.</summary>
    internal static int[]? SortColumns(string sql, Column[] columns)
    {
        const string orderBy = "order by ", limit = " limit ";
        var from = sql.LastIndexOf(orderBy, StringComparison.OrdinalIgnoreCase);
        var to = from < 0 ? -1 : sql.IndexOf(limit, from, StringComparison.OrdinalIgnoreCase);
        if (to < 0)
        {
            return null;
        }

        var found = new List<int>();
        foreach (var term in sql[(from + orderBy.Length)..to].Split(','))
        {
            var words = term.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var isDirection = words.Skip(1).All(word => word.ToLowerInvariant() is "asc" or "desc" or "nulls" or "first" or "last");
            var name = words.Length == 0 ? "" : words[0][(words[0].LastIndexOf('.') + 1)..].Trim('"', '`');
            var places = Enumerable.Range(0, columns.Length).Where(i => columns[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (!isDirection || places.Length != 1)
            {
                return null;
            }

            found.Add(places[0]);
        }

        return [.. found];
    }

    private static bool Ties(KeptResponse a, int row, KeptResponse b, int other, int[] keys) => keys.All(key => a.HashOf(row, key) == b.HashOf(other, key));

    // A row that is there on both sides, known by a column that tells rows apart, but with other values: no other row was taken, its values changed.
    private static bool HasOneRowTwice(KeptResponse old, List<int> onlyOld, KeptResponse @new, List<int> onlyNew, int[] keys)
    {
        for (var column = 0; column < old.Columns.Length; column++)
        {
            if (!TellsApart(old, @new, column, isKey: keys.Contains(column)))
            {
                continue;
            }

            var before = onlyOld.Select(row => old.HashOf(row, column)).ToHashSet();
            if (onlyNew.Any(row => before.Contains(@new.HashOf(row, column))))
            {
                return true;
            }
        }

        return false;
    }

    // What is sorted by may well be different in all rows that are there: the row that ties is the one that is not.
    private static bool TellsApart(KeptResponse old, KeptResponse @new, int column, bool isKey) =>
        old.Columns[column].Name.Equals("id", StringComparison.OrdinalIgnoreCase) || (!isKey && old.Rows.Count > 2 && IsDistinct(old, column) && IsDistinct(@new, column));

    private static bool IsDistinct(KeptResponse response, int column) => Enumerable.Range(0, response.Rows.Count).Select(row => response.HashOf(row, column)).Distinct().Count() == response.Rows.Count;
}
