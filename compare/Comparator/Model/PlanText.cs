using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Plans name the values that they were made for; reports show shapes, not literals.</summary>
internal static partial class PlanText
{
    /// <summary>The plan with strings and with numbers in its conditions replaced by ?. Costs and row counts (<c>cost=4.31</c>) stay.</summary>
    /// <param name="plan">The plan as the server puts it.</param>
    /// <param name="engine">Whose: a backslash in a string is one of PostgreSQL's characters, and MySQL's escape.</param>
    public static string WithoutLiterals(string plan, Engine engine) => Numbers().Replace((engine == Engine.PostgreSql ? Strings() : MySqlStrings()).Replace(plan, "'?'"), "?");

    [GeneratedRegex("'(?:[^']|'')*'", RegexOptions.NonBacktracking)]
    private static partial Regex Strings();

    [GeneratedRegex(@"'(?:[^'\\]|''|\\.)*'", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex MySqlStrings();

    // A number behind an operator and a space, an opening parenthesis or bracket, a comma, a word of a condition, or MySQL's limit and offset.
    [GeneratedRegex(@"(?<=[=<>+*/%~,&|^#-] |[(\[,]|\b(?:between|and|or|xor|not|in|limit|like|escape|regexp|div|mod|from|interval|when|then|else) |\bLimit: |\bOffset: |\bLimit/Offset: (?:\d+/)?)-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b(?!\.\.)", RegexOptions.IgnoreCase)]
    private static partial Regex Numbers();
}
