using System.Text;

namespace Replay.Replayer;

/// <summary>Puts parameters into a MySQL text in place of its question marks, for EXPLAIN, which takes no parameters.</summary>
public static class MySqlParameterText
{
    /// <summary>
    /// The text with literals; null if it has not as many question marks as there are parameters. Values are quoted, which MySQL
    /// folds to the column's type, except after LIMIT and OFFSET, where it wants numbers.
    /// </summary>
    public static string? Substitute(string sql, IReadOnlyList<string?> parameters)
    {
        var text = new StringBuilder(sql.Length + 64);
        var used = 0;
        var lastWord = "";
        for (var i = 0; i < sql.Length;)
        {
            var end = TokenEnd(sql, i);
            if (sql[i] != '?')
            {
                text.Append(sql, i, end - i);
                lastWord = char.IsAsciiLetter(sql[i]) ? sql[i..end] : lastWord;
                i = end;
                continue;
            }

            if (used == parameters.Count)
            {
                return null;
            }

            var value = parameters[used++];
            var wantsNumber = lastWord.Equals("limit", StringComparison.OrdinalIgnoreCase) || lastWord.Equals("offset", StringComparison.OrdinalIgnoreCase);
            text.Append(value is null ? "NULL" : wantsNumber && ulong.TryParse(value, out _) ? value : MySqlNames.Literal(value));
            i++;
        }

        return used == parameters.Count ? text.ToString() : null;
    }

    // A quoted string, a comment or a word is one token, anything else one character.
    private static int TokenEnd(string sql, int start)
    {
        var c = sql[start];
        if (c is '\'' or '"' or '`')
        {
            return QuotedEnd(sql, start);
        }

        if (c == '#' || (c == '-' && start + 2 < sql.Length && sql[start + 1] == '-' && char.IsWhiteSpace(sql[start + 2])))
        {
            var line = sql.IndexOf('\n', start);
            return line < 0 ? sql.Length : line;
        }

        if (c == '/' && start + 1 < sql.Length && sql[start + 1] == '*')
        {
            var close = sql.IndexOf("*/", start + 2, StringComparison.Ordinal);
            return close < 0 ? sql.Length : close + 2;
        }

        var end = start + 1;
        while (char.IsAsciiLetter(c) && end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] == '_'))
        {
            end++;
        }

        return end;
    }

    private static int QuotedEnd(string sql, int start)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (sql[i] == '\\' && sql[start] != '`')
            {
                i++;
            }
            else if (sql[i] == sql[start])
            {
                return i + 1;
            }
        }

        return sql.Length;
    }
}
