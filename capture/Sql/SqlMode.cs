using System.Text;

namespace Replay.Sql;

/// <summary>A MySQL or MariaDB server's default <c>sql_mode</c>, which SET GLOBAL changes for sessions to come.</summary>
public sealed class ServerSqlMode(LexerOptions? options = LexerOptions.None)
{
    /// <summary>What it does to how texts are cut into tokens; null if that is not known any more.</summary>
    public LexerOptions? Options { get; internal set; } = options;
}

/// <summary>
/// What the <c>sql_mode</c> of one MySQL or MariaDB session does to how its texts are cut into tokens, followed from its SET statements: ANSI_QUOTES and
/// NO_BACKSLASH_ESCAPES, as names, in combined modes, in CONCAT and REPLACE of what was before, by way of a user variable. What is set to anything else is not known
/// until it is set again.
/// </summary>
/// <remarks>See https://dev.mysql.com/doc/refman/en/sql-mode.html and https://mariadb.com/kb/en/sql-mode/ .</remarks>
public sealed class SqlMode(ServerSqlMode server)
{
    private const int MaxVariables = 16; // dumps need one

    private static readonly AccessTokenKind[] Assigns = [AccessTokenKind.Equals, AccessTokenKind.Operator];
    private static readonly string[] Telling = ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI", "DB2", "MAXDB", "MSSQL", "POSTGRESQL", "ORACLE"];

    private readonly Dictionary<string, LexerOptions?> _variables = new(StringComparer.OrdinalIgnoreCase);

    private enum Scope
    {
        Session,
        Server,
    }

    /// <summary>What holds now; null if that is not known.</summary>
    public LexerOptions? Options { get; private set; } = server.Options;

    /// <summary>Whether a text says the word; one that does not need not be followed.</summary>
    public static bool IsNamedIn(ReadOnlySpan<byte> sql)
    {
        for (var i = 3; i < sql.Length - 4; i++)
        {
            var next = sql[i..^4].IndexOf((byte)'_');
            if (next < 0)
            {
                return false;
            }

            i += next;
            if (Ascii.EqualsIgnoreCase(sql.Slice(i - 3, 8), "sql_mode"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text is cut into the same tokens whatever the mode.</summary>
    public static bool IsSameInAll(ReadOnlySpan<byte> sql) => !sql.ContainsAny((byte)'"', (byte)'\\');

    /// <summary>The session has been given back the server's defaults: COM_RESET_CONNECTION, COM_CHANGE_USER.</summary>
    public void Reset()
    {
        Options = server.Options;
        _variables.Clear();
    }

    /// <summary>A text in which <see cref="IsNamedIn"/> found the word was run. If it failed, statements of it may have been run.</summary>
    public void Follow(ReadOnlySpan<byte> sql, bool failed = false)
    {
        var tokens = Tokens(sql);
        var isOne = !tokens.Exists(static t => t.Kind == AccessTokenKind.Semicolon);
        if (failed && isOne)
        {
            return;
        }

        for (var from = 0; from < tokens.Count;)
        {
            var to = tokens.FindIndex(from, static t => t.Kind == AccessTokenKind.Semicolon);
            to = to < 0 ? tokens.Count : to;
            Statement(sql, tokens[from..to]);
            from = to + 1;
        }

        if (failed)
        {
            Options = null;
            _variables.Clear();
        }
    }

    private List<AccessToken> Tokens(ReadOnlySpan<byte> sql)
    {
        // Where quotes are not known to be names or strings, either is the same here: SET takes both for a mode.
        var tokenizer = new AccessTokenizer(sql, SqlDialect.MySql, (Options ?? LexerOptions.None) & ~LexerOptions.AnsiQuotes);
        var tokens = new List<AccessToken>();
        while (tokenizer.Next(out var token))
        {
            tokens.Add(token);
        }

        return tokens;
    }

    private void Statement(ReadOnlySpan<byte> sql, List<AccessToken> tokens)
    {
        if (tokens is not [{ Word: AccessWord.Set }, ..])
        {
            // PREPARE s FROM 'SET sql_mode = ...': when it is executed nobody sees what it says.
            Options = tokens is [{ Word: AccessWord.Prepare }, ..] ? null : Options;
            return;
        }

        if (tokens.Count > 1 && Text(sql, tokens[1]).Equals("statement", StringComparison.OrdinalIgnoreCase))
        {
            return; // MariaDB's SET STATEMENT ... FOR: until its end
        }

        var scope = Scope.Session;
        for (int from = 1, depth = 0, i = 1; i <= tokens.Count; i++)
        {
            var kind = i < tokens.Count ? tokens[i].Kind : AccessTokenKind.Comma;
            depth += kind == AccessTokenKind.Open ? 1 : kind == AccessTokenKind.Close ? -1 : 0;
            if (kind == AccessTokenKind.Comma && depth == 0)
            {
                Assignment(sql, tokens[from..i], ref scope);
                from = i + 1;
            }
        }
    }

    // GLOBAL and SESSION hold for what follows them too, until the next such word.
    private void Assignment(ReadOnlySpan<byte> sql, List<AccessToken> tokens, ref Scope scope)
    {
        var equals = tokens.FindIndex(static t => Assigns.Contains(t.Kind));
        if (equals < 1)
        {
            return;
        }

        var of = scope;
        var name = Text(sql, tokens[equals - 1]);
        if (tokens[0].Kind == AccessTokenKind.Variable)
        {
            of = IsServer(Text(sql, tokens[0])) ? Scope.Server : Scope.Session;
        }
        else if (equals > 1 && tokens[0].Kind == AccessTokenKind.Word)
        {
            of = scope = IsServer(Text(sql, tokens[0])) ? Scope.Server : Scope.Session;
        }

        if (tokens[0].Kind == AccessTokenKind.Variable && !name.StartsWith("@@", StringComparison.Ordinal) && equals == 1)
        {
            if (_variables.Count < MaxVariables || _variables.ContainsKey(name))
            {
                _variables[name] = Value(sql, tokens[(equals + 1)..]);
            }
        }
        else if (name.TrimStart('@').Equals("sql_mode", StringComparison.OrdinalIgnoreCase))
        {
            var value = Value(sql, tokens[(equals + 1)..]);
            if (of == Scope.Server)
            {
                server.Options = value;
            }
            else
            {
                Options = value;
            }
        }
    }

    private LexerOptions? Value(ReadOnlySpan<byte> sql, List<AccessToken> tokens)
    {
        switch (tokens)
        {
            case [{ Word: AccessWord.Default }]:
                return server.Options;
            case [{ Kind: AccessTokenKind.Literal or AccessTokenKind.QuotedName or AccessTokenKind.Word } one]:
                return Names(sql, one) is { } names ? OfNames(names) : null;
            case [{ Kind: AccessTokenKind.Variable } variable]:
                var name = Text(sql, variable);
                return name.Equals("@@sql_mode", StringComparison.OrdinalIgnoreCase) ? Options : _variables.GetValueOrDefault(name);
            case [{ Kind: AccessTokenKind.Variable } scope, { Kind: AccessTokenKind.Dot }, { Kind: AccessTokenKind.Word } mode]
                when Text(sql, mode).Equals("sql_mode", StringComparison.OrdinalIgnoreCase):
                return IsServer(Text(sql, scope)) ? server.Options : Options;
            case [{ Kind: AccessTokenKind.Word } function, { Kind: AccessTokenKind.Open }, .. var inner, { Kind: AccessTokenKind.Close }]:
                return Function(sql, Text(sql, function), Arguments(inner));
            default:
                return null;
        }
    }

    private LexerOptions? Function(ReadOnlySpan<byte> sql, string name, List<List<AccessToken>> arguments)
    {
        if (name.Equals("replace", StringComparison.OrdinalIgnoreCase) && arguments is [var whole, [var old], [var by]])
        {
            return Names(sql, old) is { } gone && Names(sql, by) is { } instead && !Array.Exists(Telling, t => Overlap(t, gone.Trim(',', ' '))) && OfNames(instead) == LexerOptions.None
                ? Value(sql, whole)
                : null;
        }

        if (!name.Equals("concat", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Names must not grow together where two parts meet.
        LexerOptions? sum = LexerOptions.None;
        var isApart = true;
        foreach (var argument in arguments)
        {
            var literal = argument is [{ Kind: AccessTokenKind.Literal } token] ? Names(sql, token) : null;
            sum = isApart || literal?.StartsWith(',') == true ? sum | Value(sql, argument) : null;
            isApart = literal?.EndsWith(',') == true;
        }

        return sum;
    }

    private static List<List<AccessToken>> Arguments(List<AccessToken> tokens)
    {
        var arguments = new List<List<AccessToken>>();
        var from = 0;
        var depth = 0;
        for (var i = 0; i <= tokens.Count; i++)
        {
            var kind = i < tokens.Count ? tokens[i].Kind : AccessTokenKind.Comma;
            depth += kind == AccessTokenKind.Open ? 1 : kind == AccessTokenKind.Close ? -1 : 0;
            if (kind == AccessTokenKind.Comma && depth == 0)
            {
                arguments.Add(tokens[from..i]);
                from = i + 1;
            }
        }

        return arguments;
    }

    private static LexerOptions? OfNames(string names)
    {
        LexerOptions? options = LexerOptions.None;
        foreach (var name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            options |= name.ToUpperInvariant() switch
            {
                "ANSI_QUOTES" or "ANSI" or "DB2" or "MAXDB" or "MSSQL" or "POSTGRESQL" => LexerOptions.AnsiQuotes,
                "NO_BACKSLASH_ESCAPES" => LexerOptions.NoBackslashEscapes,
                "0" => LexerOptions.None,
                "ORACLE" => null, // with ANSI_QUOTES in some versions
                _ when char.IsAsciiDigit(name[0]) => null, // a number: bits that versions count differently
                _ => LexerOptions.None,
            };
        }

        return options;
    }

    // What stands in quotes, or the word itself; null for what is spelt with escapes.
    private static string? Names(ReadOnlySpan<byte> sql, AccessToken token)
    {
        var bytes = sql.Slice(token.Start, token.Length);
        return token.Kind == AccessTokenKind.Word ? Text(sql, token)
            : token.Kind == AccessTokenKind.QuotedName ? Encoding.UTF8.GetString(bytes.Trim((byte)'`'))
            : LiteralReader.TryValue(bytes, backslashEscapes: true, out var value, out _) ? Encoding.UTF8.GetString(value)
            : null;
    }

    private static bool Overlap(string a, string b) => a.Contains(b, StringComparison.OrdinalIgnoreCase) || b.Contains(a, StringComparison.OrdinalIgnoreCase);

    private static bool IsServer(string scope) => scope.TrimStart('@').ToUpperInvariant() is "GLOBAL" or "PERSIST" or "PERSIST_ONLY";

    private static string Text(ReadOnlySpan<byte> sql, AccessToken token) => Encoding.UTF8.GetString(sql.Slice(token.Start, token.Length));
}
