using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Names of columns in a condition as servers print it: no literals, no functions, no types.</summary>
internal static partial class PlanColumns
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "is", "null", "true", "false", "any", "all", "in", "like", "between", "case", "when", "then", "else", "end", "exists", "subplan", "initplan", "hashed", "const", "array", "row", "distinct", "from", "cast", "as", "interval", "collate", "cache", "escape", "over", "some",
    };

    public static IReadOnlyList<string> Of(IEnumerable<string?> conditions) =>
        [.. conditions.OfType<string>().SelectMany(Names).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(string condition) =>
        Name().Matches(Literal().Replace(condition, "?")).Select(match => match.Groups[1].Value.Replace("\"", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal))
            .Where(name => !Words.Contains(name)).Select(name => name[(name.LastIndexOf('.') + 1)..]).Where(name => name.Length > 0);

    [GeneratedRegex("'(?:[^']|'')*'(?:::[\\w .\"\\[\\]]+)?|::[\\w\"]+(?: \\w+)*(?:\\[\\])?", RegexOptions.NonBacktracking)]
    private static partial Regex Literal();

    // Not what a parenthesis follows: a function.
    [GeneratedRegex("(?<![\\w$?@:])((?:[A-Za-z_][\\w$]*|\"[^\"]+\"|`[^`]+`)(?:\\.(?:[A-Za-z_][\\w$]*|\"[^\"]+\"|`[^`]+`))*)(?!\\s*\\()(?![\\w$])")]
    private static partial Regex Name();
}
