using System.Text;

namespace Replay.Sql;

/// <summary>What a statement does to where PostgreSQL looks for names without a schema.</summary>
public enum SearchPathEffect : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It sets <c>search_path</c>.</summary>
    Path,

    /// <summary>It sets the role, of which <c>"$user"</c> in the path is the name.</summary>
    User,

    /// <summary>It gives both back what they began with: DISCARD ALL.</summary>
    Everything,

    /// <summary>It may set the path, to what its text does not tell.</summary>
    Unknown,
}

/// <summary>A change of <c>search_path</c>, or of the role, by one statement of a PostgreSQL text: SET, RESET, DISCARD ALL, set_config().</summary>
/// <param name="Effect">What is changed.</param>
/// <param name="Value">What it is set to, the path as the server spells it; null: what the session began with.</param>
/// <param name="IsLocal">Whether it ends with the transaction.</param>
/// <remarks>See https://www.postgresql.org/docs/current/sql-set.html .</remarks>
public sealed record SearchPathChange(SearchPathEffect Effect, string? Value = null, bool IsLocal = false)
{
    private static readonly SearchPathChange[] None = [new(SearchPathEffect.None)];
    private static readonly SearchPathChange[] Unknown = [new(SearchPathEffect.Unknown)];

    /// <summary>Whether a text may change it: none that does lacks these words.</summary>
    public static bool IsNamedIn(ReadOnlySpan<byte> sql) =>
        Holds(sql, "search_path"u8) || Holds(sql, "set_config"u8) || Holds(sql, "role"u8) || Holds(sql, "authorization"u8) || Holds(sql, "reset"u8) || Holds(sql, "discard"u8) || Holds(sql, "schema"u8);

    /// <summary>What each statement of a text changes, in order; empty statements are left out.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="parameter">A parameter's value by its number from 0; null if it is not known.</param>
    public static IReadOnlyList<IReadOnlyList<SearchPathChange>> Read(ReadOnlySpan<byte> sql, Func<int, string?> parameter)
    {
        var tokenizer = new AccessTokenizer(sql, SqlDialect.PostgreSql, LexerOptions.None);
        var statements = new List<IReadOnlyList<SearchPathChange>>();
        var statement = new List<(AccessToken Token, string Text)>();
        while (tokenizer.Next(out var token))
        {
            if (token.Kind != AccessTokenKind.Semicolon)
            {
                statement.Add((token, Encoding.UTF8.GetString(sql.Slice(token.Start, token.Length))));
            }
            else if (statement.Count > 0)
            {
                statements.Add(Statement(statement, parameter));
                statement.Clear();
            }
        }

        if (statement.Count > 0)
        {
            statements.Add(Statement(statement, parameter));
        }

        return statements;
    }

    private static IReadOnlyList<SearchPathChange> Statement(List<(AccessToken Token, string Text)> tokens, Func<int, string?> parameter)
    {
        switch (Word(tokens, 0))
        {
            case "set":
                return Set(tokens);
            case "reset" when Word(tokens, 1) is "search_path" or "all":
                return [new(SearchPathEffect.Path)];
            case "reset" when Word(tokens, 1) is "role" or "session":
                return [new(SearchPathEffect.User)];
            case "discard" when Word(tokens, 1) == "all":
                return [new(SearchPathEffect.Everything)];
            case "create" or "alter" or "comment":
                return None; // of a function, a role: not the session's
            case "do" or "call" or "execute" or "prepare":
                return tokens.Exists(static t => t.Text.Contains("search_path", StringComparison.OrdinalIgnoreCase) || t.Text.Contains("set_config", StringComparison.OrdinalIgnoreCase)) ? Unknown : None;
            default:
                return Calls(tokens, parameter);
        }
    }

    private static IReadOnlyList<SearchPathChange> Set(List<(AccessToken Token, string Text)> tokens)
    {
        var isLocal = Word(tokens, 1) == "local";
        var at = isLocal || Word(tokens, 1) == "session" ? 2 : 1;
        switch (Word(tokens, at))
        {
            case "authorization" when at == 2:
                return User(tokens, at + 1, isLocal);
            case "session" when Word(tokens, at + 1) == "authorization":
                return User(tokens, at + 2, isLocal);
            case "role":
                return User(tokens, Word(tokens, at + 1) == "to" || Kind(tokens, at + 1) == AccessTokenKind.Equals ? at + 2 : at + 1, isLocal);
            case "schema":
                return Path(tokens, at + 1, isLocal);
            case "search_path" when Word(tokens, at + 1) == "to" || Kind(tokens, at + 1) == AccessTokenKind.Equals:
                return Path(tokens, at + 2, isLocal);
            default:
                return None;
        }
    }

    // Each item is one name, whatever is in its quotes.
    private static IReadOnlyList<SearchPathChange> Path(List<(AccessToken Token, string Text)> tokens, int from, bool isLocal)
    {
        if (tokens.Count == from + 1 && Word(tokens, from) == "default")
        {
            return [new(SearchPathEffect.Path, null, isLocal)];
        }

        var names = new List<string>();
        for (var i = from; i < tokens.Count; i += 2)
        {
            if (Name(tokens[i]) is not { } name || (i + 1 < tokens.Count && tokens[i + 1].Token.Kind != AccessTokenKind.Comma))
            {
                return Unknown;
            }

            names.Add($"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        return names.Count == 0 ? Unknown : [new(SearchPathEffect.Path, string.Join(", ", names), isLocal)];
    }

    private static IReadOnlyList<SearchPathChange> User(List<(AccessToken Token, string Text)> tokens, int at, bool isLocal) =>
        at != tokens.Count - 1 || Name(tokens[at]) is not { } name ? Unknown
            : [new(SearchPathEffect.User, Word(tokens, at) is "none" or "default" || name == "none" ? null : name, isLocal)];

    // set_config(name, value, is_local): once, if the statement is a list of such calls and the like; else nobody knows whether, and how often.
    private static IReadOnlyList<SearchPathChange> Calls(List<(AccessToken Token, string Text)> tokens, Func<int, string?> parameter)
    {
        List<SearchPathChange>? changes = null;
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (Word(tokens, i) != "set_config" || Kind(tokens, i + 1) != AccessTokenKind.Open)
            {
                continue;
            }

            if (Argument(tokens, i + 2, parameter) is not { } setting)
            {
                return Unknown;
            }

            var effect = setting.ToLowerInvariant() switch
            {
                "search_path" => SearchPathEffect.Path,
                "role" or "session_authorization" => SearchPathEffect.User,
                _ => SearchPathEffect.None,
            };
            if (effect == SearchPathEffect.None)
            {
                continue;
            }

            if (Word(tokens, 0) != "select" || tokens.Exists(static t => t.Token.Kind == AccessTokenKind.Word && t.Text.ToLowerInvariant() is "from" or "where" or "case")
                || Kind(tokens, i + 3) != AccessTokenKind.Comma || Argument(tokens, i + 4, parameter) is not { } value
                || Kind(tokens, i + 5) != AccessTokenKind.Comma || IsTrue(tokens, i + 6, parameter) is not { } isLocal || Kind(tokens, i + 7) != AccessTokenKind.Close)
            {
                return Unknown;
            }

            (changes ??= []).Add(new SearchPathChange(effect, effect == SearchPathEffect.User && value is "none" or "" ? null : value, isLocal));
        }

        return changes ?? (IReadOnlyList<SearchPathChange>)None;
    }

    private static string? Argument(List<(AccessToken Token, string Text)> tokens, int at, Func<int, string?> parameter) => Kind(tokens, at) switch
    {
        AccessTokenKind.Literal => Unquoted(tokens[at].Text, '\''),
        AccessTokenKind.Parameter => parameter(tokens[at].Token.Index),
        _ => null,
    };

    private static bool? IsTrue(List<(AccessToken Token, string Text)> tokens, int at, Func<int, string?> parameter) => (Word(tokens, at) ?? Argument(tokens, at, parameter)?.ToLowerInvariant()) switch
    {
        "true" or "t" or "on" or "1" => true,
        "false" or "f" or "off" or "0" => false,
        _ => null,
    };

    private static string? Name((AccessToken Token, string Text) token) => token.Token.Kind switch
    {
        AccessTokenKind.Word => token.Text.ToLowerInvariant(),
        AccessTokenKind.QuotedName => Unquoted(token.Text, '"'),
        AccessTokenKind.Literal => Unquoted(token.Text, '\''),
        _ => null,
    };

    // Null: not that kind of quotes, as E'...'.
    private static string? Unquoted(string text, char quote) =>
        text.Length >= 2 && text[0] == quote && text[^1] == quote ? text[1..^1].Replace(new string(quote, 2), new string(quote, 1), StringComparison.Ordinal) : null;

    private static string? Word(List<(AccessToken Token, string Text)> tokens, int at) => Kind(tokens, at) == AccessTokenKind.Word ? tokens[at].Text.ToLowerInvariant() : null;

    private static AccessTokenKind? Kind(List<(AccessToken Token, string Text)> tokens, int at) => at < tokens.Count ? tokens[at].Token.Kind : null;

    private static bool Holds(ReadOnlySpan<byte> sql, ReadOnlySpan<byte> word)
    {
        for (var i = 0; i + word.Length <= sql.Length; i++)
        {
            var next = sql[i..(sql.Length - word.Length + 1)].IndexOfAny(word[0], (byte)(word[0] - 0x20));
            if (next < 0)
            {
                return false;
            }

            i += next;
            if (Ascii.EqualsIgnoreCase(sql.Slice(i, word.Length), word))
            {
                return true;
            }
        }

        return false;
    }
}
