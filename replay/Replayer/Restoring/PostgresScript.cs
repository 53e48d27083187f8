using System.Text;

namespace Replay.Replayer;

/// <summary>Scripts as pg_dumpall and pg_restore write them, where no statement holds a dollar quote: cut into statements.</summary>
internal static class PostgresScript
{
    /// <summary>The statements, without the semicolon; comments and psql's own commands are left out.</summary>
    public static IEnumerable<string> Split(IEnumerable<string> lines)
    {
        var statement = new StringBuilder();
        var quote = '\0';
        foreach (var line in lines)
        {
            if (statement.Length == 0 && (line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal) || line[0] == '\\'))
            {
                continue;
            }

            foreach (var c in line)
            {
                // A doubled quote ends it and begins it again.
                quote = quote == '\0' ? (c is '\'' or '"' ? c : quote) : quote == c ? '\0' : quote;
            }

            statement.Append(statement.Length > 0 ? "\n" : "").Append(line);
            if (quote == '\0' && line.EndsWith(';'))
            {
                yield return statement.ToString(0, statement.Length - 1);
                statement.Clear();
            }
        }
    }

    /// <summary>The identifier at the start of a text, unquoted, and what follows it.</summary>
    public static (string Name, string Remainder) Identifier(string text)
    {
        if (!text.StartsWith('"'))
        {
            var end = text.IndexOf(' ', StringComparison.Ordinal);
            return end < 0 ? (text, "") : (text[..end], text[(end + 1)..]);
        }

        var close = 1;
        while (close < text.Length && (text[close] != '"' || (close + 1 < text.Length && text[close + 1] == '"')))
        {
            close += text[close] == '"' ? 2 : 1;
        }

        return (text[1..Math.Min(close, text.Length)].Replace("\"\"", "\"", StringComparison.Ordinal), text[Math.Min(close + 1, text.Length)..].TrimStart());
    }
}
