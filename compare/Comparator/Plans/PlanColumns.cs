using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Names of columns in a condition as servers print it: no literals, no functions, no types.</summary>
internal static partial class PlanColumns
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "is", "null", "true", "false", "any", "all", "in", "like", "between", "case", "when", "then", "else", "end", "exists", "subplan", "initplan", "hashed", "const", "array", "row", "distinct", "from", "cast", "as", "interval", "collate", "cache", "escape", "over", "some",
    };

    /// <summary>Those of conditions of PostgreSQL.</summary>
    public static IReadOnlyList<string> OfPostgres(IEnumerable<string?> conditions) => Of(conditions, Literal());

    /// <summary>Those of conditions of MySQL and MariaDB, in whose strings a backslash escapes a quote.</summary>
    public static IReadOnlyList<string> OfMySql(IEnumerable<string?> conditions) => Of(conditions, MySqlLiteral());

    private static IReadOnlyList<string> Of(IEnumerable<string?> conditions, Regex literal) =>
        [.. conditions.OfType<string>().SelectMany(condition => Names(literal.Replace(condition, "?"))).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(string condition) =>
        Name().Matches(condition).Select(match => match.Groups[1].Value.Replace("\"", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal))
            .Where(name => !Words.Contains(name)).Select(name => name[(name.LastIndexOf('.') + 1)..]).Where(name => name.Length > 0);

    [GeneratedRegex("'(?:[^']|'')*'(?:::[\\w .\"\\[\\]]+)?|::[\\w\"]+(?: \\w+)*(?:\\[\\])?", RegexOptions.NonBacktracking)]
    private static partial Regex Literal();

    [GeneratedRegex(@"'(?:[^'\\]|''|\\.)*'", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex MySqlLiteral();

    // Not what a parenthesis follows: a function.
    [GeneratedRegex("(?<![\\w$?@:])((?:[A-Za-z_][\\w$]*|\"[^\"]+\"|`[^`]+`)(?:\\.(?:[A-Za-z_][\\w$]*|\"[^\"]+\"|`[^`]+`))*)(?!\\s*\\()(?![\\w$])")]
    private static partial Regex Name();
}
