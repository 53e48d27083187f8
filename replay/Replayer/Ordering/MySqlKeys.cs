using System.Text.RegularExpressions;

namespace Replay.Replayer;

/// <summary>A MySQL table's keys from rows of information_schema.STATISTICS and COLUMNS.</summary>
internal static partial class MySqlKeys
{
    private const StringComparison Names = StringComparison.OrdinalIgnoreCase;

    public static bool IsComputed(string?[] column) =>
        column[7] is { Length: > 0 } || column[6]?.Contains("VIRTUAL", Names) == true || column[6]?.Contains("STORED GENERATED", Names) == true || column[6]?.Contains("PERSISTENT", Names) == true;

    /// <summary>The primary key first, then those that values tell, then those that they do not: prefixes, expressions, computed columns.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IEnumerable<string?[]> parts, IEnumerable<string?[]> columns)
    {
        var all = columns.ToList();
        return [.. parts.GroupBy(p => p[2]!, StringComparer.Ordinal)
            .Select(index => (Name: index.Key, Columns: Key([.. index], all)))
            .OrderBy(k => k.Columns[0] == CatalogTable.Condition ? 2 : k.Name == "PRIMARY" ? 0 : 1)
            .ThenBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => k.Columns)];
    }

    private static IReadOnlyList<string> Key(List<string?[]> parts, List<string?[]> columns)
    {
        var names = new List<string>();
        var isPlain = true;
        foreach (var part in parts)
        {
            isPlain &= part[3] != null && part[4] == null;
            foreach (var name in part[3] is { } column ? [column] : Quoted(part[5]))
            {
                isPlain &= Depend(names, name, columns);
            }
        }

        return isPlain ? names : [CatalogTable.Condition, .. names];
    }

    // Adds a column and what it is computed from; whether it is none that is computed.
    private static bool Depend(List<string> names, string name, List<string?[]> columns)
    {
        if (names.Exists(n => n.Equals(name, Names)))
        {
            return true;
        }

        names.Add(name);
        if (columns.Find(c => name.Equals(c[2], Names)) is not { } column || !IsComputed(column))
        {
            return true;
        }

        foreach (var used in Quoted(column[7]))
        {
            Depend(names, used, columns);
        }

        return false;
    }

    private static IEnumerable<string> Quoted(string? expression) => QuotedName().Matches(expression ?? "").Select(m => m.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedName();
}
