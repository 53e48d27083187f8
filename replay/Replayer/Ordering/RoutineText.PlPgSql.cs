using System.Text.RegularExpressions;

namespace Replay.Replayer;

/// <content>What PL/pgSQL has of its own. <see href="https://www.postgresql.org/docs/current/plpgsql.html"/></content>
internal sealed partial class RoutineText
{
    private bool PgSimple(string text)
    {
        if (WholeRow().IsMatch(text))
        {
            return false; // NEW as a whole: which columns it sets is not told
        }

        if (PgExpression().Match(text) is { Success: true } expression)
        {
            return Expression(expression.Groups["e"].Value);
        }

        if (Assignment().Match(text) is { Success: true } assignment)
        {
            if (assignment.Groups["c"] is { Success: true } column)
            {
                Assigned.Add(column.Value);
            }

            return Expression(text[assignment.Length..]);
        }

        if (ReturnQuery().Match(text) is { Success: true } query)
        {
            return Query(text[query.Length..]);
        }

        foreach (Match target in NewsColumn().Matches(Into().Match(text).Value))
        {
            Assigned.Add(target.Groups["c"].Value);
        }

        return Query(Into().Replace(text, " ", 1));
    }

    private bool Declaration(string text) => text.Length == 0
        || (PgCursor().Match(text) is { Success: true } cursor ? Query(text[cursor.Length..]) : Variable().Match(text) is { Success: true } variable && Expression(variable.Groups["e"].Value));

    private bool Over(Match loop)
    {
        var over = loop.Groups["e"].Value.Trim();
        return loop.Groups["array"].Success ? Expression(over)
            : over.Contains("..", StringComparison.Ordinal) ? over.Split("..").All(Expression)
            : Query(over);
    }

    [GeneratedRegex(@"^\s*(<<\s*\w+\s*>>\s*)?DECLARE\b", Words)]
    private static partial Regex Declare();

    [GeneratedRegex(@"^\s*BEGIN\b", Words)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(<<\s*\w+\s*>>|BEGIN\b|LOOP\b|ELSE\b|EXCEPTION\b(?=\s+WHEN\b))", Words)]
    private static partial Regex PgLead();

    [GeneratedRegex(@"^FOR(EACH)?\s+[\w\s,.]+?(\s+SLICE\s+\d+)?\s+IN\s+((?<array>ARRAY)\b|REVERSE\b)?(?<e>.*?)\bLOOP\b", Words)]
    private static partial Regex Loop();

    [GeneratedRegex(@"^(PERFORM\b(?<e>.*)|RETURN\s+NEXT\b(?<e>.*)|RETURN\b(?!\s+QUERY\b)(?<e>.*)|(EXIT|CONTINUE)\b(\s+(?!WHEN\b)\w+)?(\s+WHEN\b(?<e>.*))?|RAISE\b(\s+(DEBUG|LOG|INFO|NOTICE|WARNING|EXCEPTION)\b)?(?<e>.*?)(\bUSING\b[^(]*)?|MOVE\b.*)$", Words)]
    private static partial Regex PgExpression();

    [GeneratedRegex(@"^(NEW\s*\.\s*""?(?<c>\w+)""?|[\w.""]+)(\s*\[[^\]]*\])?\s*:?=", Words)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^NEW\s*:?=|\bINTO\s+(STRICT\s+)?NEW\b(?!\s*\.)", Words)]
    private static partial Regex WholeRow();

    [GeneratedRegex(@"^RETURN\s+QUERY\b", Words)]
    private static partial Regex ReturnQuery();

    [GeneratedRegex(@"\bNEW\s*\.\s*""?(?<c>\w+)""?", Words)]
    private static partial Regex NewsColumn();

    // Variables that a query's row goes into; not INSERT INTO.
    [GeneratedRegex(@"(?<!\bINSERT\s+)\bINTO\s+(STRICT\s+)?[\w.""]+(\s*,\s*[\w.""]+)*(?=\s|$)", Words)]
    private static partial Regex Into();

    [GeneratedRegex(@"^\w+\s+(NO\s+SCROLL\s+|SCROLL\s+)?CURSOR\s*(\([^)]*\)\s*)?(FOR|IS)\b", Words)]
    private static partial Regex PgCursor();

    [GeneratedRegex(@"^\w+\s+(CONSTANT\s+)?[\w\s.,()\[\]%""]+?((:=|=|\bDEFAULT\b)(?<e>.*))?$", Words)]
    private static partial Regex Variable();
}
