using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Plans name the values that they were made for; reports show shapes, not literals.</summary>
internal static partial class PlanText
{
    /// <summary>The plan with strings and with numbers in its conditions replaced by ?. Costs and row counts (<c>cost=4.31</c>) stay.</summary>
    public static string WithoutLiterals(string plan) => Numbers().Replace(Strings().Replace(plan, "'?'"), "?");

    [GeneratedRegex("'(?:[^']|'')*'", RegexOptions.NonBacktracking)]
    private static partial Regex Strings();

    // A number behind an operator and a space, an opening parenthesis, a comma, or a word of a condition.
    [GeneratedRegex(@"(?<=[=<>+*/%~,-] |[(,]|\b(?:between|and|in|limit|like) )-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b(?!\.\.)", RegexOptions.IgnoreCase)]
    private static partial Regex Numbers();
}
