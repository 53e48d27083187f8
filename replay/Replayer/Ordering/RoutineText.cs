using System.Text;
using System.Text.RegularExpressions;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>What the body of a trigger, function or view touches by its own statements; what these set off in turn is <see cref="RoutineTouches"/>' to say.</summary>
internal sealed partial class RoutineText
{
    private const RegexOptions Words = RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    // Bodies are the schema's own text, but a list of a thousand statements is no trigger's.
    private const int MaxStatements = 1000;

    private readonly AccessReader _reader;
    private readonly LexerOptions _options;
    private readonly SqlDialect _dialect;

    private bool _declares;

    private RoutineText(SqlDialect dialect, LexerOptions options)
    {
        _dialect = dialect;
        _options = options;
        _reader = new AccessReader(dialect);
    }

    /// <summary>The tables that it names, with whether it writes or locks them.</summary>
    public List<(string? Schema, string Name, bool Writes)> Tables { get; } = [];

    /// <summary>The functions that it calls, last parts of their names.</summary>
    public HashSet<string> Functions { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Columns of NEW that it sets: the row is then not the one that the statement names.</summary>
    public HashSet<string> Assigned { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a body; null if any of it is not understood, so that it may touch everything.</summary>
    public static RoutineText? Read(SqlDialect dialect, string? body, LexerOptions options = LexerOptions.None)
    {
        if (body == null || Cut(body, dialect, options) is not { Count: <= MaxStatements } statements)
        {
            return null;
        }

        var text = new RoutineText(dialect, options);
        return statements.TrueForAll(text.Statement) ? text : null;
    }

    /// <summary>What reads these tables, <c>schema.name</c>, and nothing else.</summary>
    public static RoutineText OfTables(IEnumerable<string> tables)
    {
        var text = new RoutineText(SqlDialect.PostgreSql, LexerOptions.None);
        text.Tables.AddRange(tables.Select(t => t.Split('.', 2)).Select(t => ((string?)t[0], t[1], false)));
        return text;
    }

    private bool Statement(string text)
    {
        // PL/pgSQL declares all up to BEGIN.
        if (_dialect == SqlDialect.PostgreSql && (Declare().Match(text) is { Success: true } || _declares))
        {
            _declares = !Begin().IsMatch(text);
            if (_declares)
            {
                return Declaration(Declare().Replace(text, "").Trim());
            }
        }

        // What stands before a statement: labels, blocks, conditions.
        for (var i = 0; i < 32; i++)
        {
            text = text.Trim();
            if ((_dialect == SqlDialect.PostgreSql ? PgLead() : Lead()).Match(text) is { Success: true } lead)
            {
                text = text[lead.Length..];
            }
            else if (_dialect == SqlDialect.PostgreSql && Loop().Match(text) is { Success: true } loop)
            {
                if (!Over(loop))
                {
                    return false;
                }

                text = text[loop.Length..];
            }
            else if (Condition().Match(text) is { Success: true } condition)
            {
                if (!Expression(condition.Groups["e"].Value))
                {
                    return false;
                }

                text = text[condition.Length..];
            }
            else
            {
                return Simple(text);
            }
        }

        return false;
    }

    private bool Simple(string text)
    {
        if (text.Length == 0 || Nothing().IsMatch(text))
        {
            return true;
        }

        if (_dialect == SqlDialect.PostgreSql)
        {
            return PgSimple(text);
        }

        if (Set().Match(text) is { Success: true } set)
        {
            foreach (Match target in NewColumn().Matches(text))
            {
                Assigned.Add(target.Groups["c"].Value);
            }

            return Expression(text[set.Length..]);
        }

        if (Cursor().Match(text) is { Success: true } cursor)
        {
            return Query(text[cursor.Length..]);
        }

        if (Valued().Match(text) is { Success: true } valued)
        {
            return Expression(text[valued.Length..]);
        }

        return !text.StartsWith("DECLARE", StringComparison.OrdinalIgnoreCase) && Query(text);
    }

    private bool Expression(string text) => text.Trim().Length == 0 || Query($"SELECT {text}");

    private bool Query(string text)
    {
        foreach (var statement in _reader.Read(Encoding.UTF8.GetBytes(text), _options).Statements)
        {
            if (statement.Verb is not (AccessVerb.Select or AccessVerb.Insert or AccessVerb.Update or AccessVerb.Delete) || (statement.Flags & ~AccessFlags.Returning) != 0)
            {
                return false;
            }

            foreach (var table in statement.Tables)
            {
                Tables.Add((table.Schema, table.Name, table.Use != TableUse.Read));
            }

            Functions.UnionWith(statement.Functions);
        }

        return true;
    }

    // Statements without comments; null where a comment is executed or a string does not end.
    private static List<string>? Cut(string body, SqlDialect dialect, LexerOptions options)
    {
        var backslash = dialect == SqlDialect.MySql && (options & LexerOptions.NoBackslashEscapes) == LexerOptions.None;
        var statements = new List<string>();
        var statement = new StringBuilder();
        for (var i = 0; i < body.Length; i++)
        {
            var end = i;
            switch (body[i])
            {
                case '\'' or '"' or '`':
                    end = QuoteEnd(body, i, backslash && body[i] != '`');
                    break;
                case '-' when body.AsSpan(i).StartsWith("--"):
                case '#' when dialect == SqlDialect.MySql:
                    end = body.IndexOf('\n', i);
                    i = end < 0 ? body.Length : end;
                    statement.Append(' ');
                    continue;
                case '/' when body.AsSpan(i).StartsWith("/*"):
                    end = body.IndexOf("*/", i + 2, StringComparison.Ordinal);
                    if (end < 0 || body.AsSpan(i + 2).TrimStart('M').StartsWith("!"))
                    {
                        return null;
                    }

                    i = end + 1;
                    statement.Append(' ');
                    continue;
                case '$' when dialect == SqlDialect.PostgreSql && !char.IsAsciiDigit(i + 1 < body.Length ? body[i + 1] : ' '):
                    return null; // a text in the text
                case ';':
                    statements.Add(statement.ToString());
                    statement.Clear();
                    continue;
            }

            if (end < 0)
            {
                return null;
            }

            statement.Append(body, i, end - i + 1);
            i = end;
        }

        statements.Add(statement.ToString());
        return statements;
    }

    private static int QuoteEnd(string body, int from, bool backslash)
    {
        for (var i = from + 1; i < body.Length; i++)
        {
            if (body[i] == body[from])
            {
                return i; // a doubled one begins the next string at once
            }

            i += backslash && body[i] == '\\' ? 1 : 0;
        }

        return -1;
    }

    [GeneratedRegex(@"^(\w+\s*:(?!=)|BEGIN(\s+NOT\s+ATOMIC)?\b|LOOP\b|REPEAT\b(?!\s*\()|ELSE\b|DECLARE\s+(CONTINUE|EXIT|UNDO)\s+HANDLER\s+FOR\s+((NOT\s+FOUND|SQLEXCEPTION|SQLWARNING|SQLSTATE\s+(VALUE\s+)?'\w+'|\d+)\s*,?\s*)+)", Words)]
    private static partial Regex Lead();

    [GeneratedRegex(@"^((IF|ELSEIF|ELSIF)\b(?<e>.*?)\bTHEN\b|CASE\b(?<e>.*?)(?=\bWHEN\b)|WHEN\b(?<e>.*?)\bTHEN\b|WHILE\b(?<e>.*?)\b(DO|LOOP)\b|UNTIL\b(?<e>.*?)(?=\bEND\b))", Words)]
    private static partial Regex Condition();

    // What touches no table whatever follows.
    [GeneratedRegex(@"^(END(\s+\w+)*$|LEAVE\s|ITERATE\s|SIGNAL\s|RESIGNAL\b|OPEN\s+\w+$|FETCH\s|CLOSE\s+\w+$|GET\s|NULL$|DECLARE\s+\w+\s+CONDITION\s)", Words)]
    private static partial Regex Nothing();

    [GeneratedRegex(@"^SET\s", Words)]
    private static partial Regex Set();

    [GeneratedRegex(@"\bNEW\s*\.\s*[`""]?(?<c>\w+)[`""]?\s*:?=", Words)]
    private static partial Regex NewColumn();

    // What comes behind it is an expression: RETURN, and the variable's type up to its default.
    [GeneratedRegex(@"^(RETURN\b|DECLARE\s+[\w\s,.()`']+?(\bDEFAULT\b|$))", Words)]
    private static partial Regex Valued();

    [GeneratedRegex(@"^DECLARE\s+\w+\s+CURSOR\s+FOR\b", Words)]
    private static partial Regex Cursor();
}
