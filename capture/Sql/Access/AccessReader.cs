using System.Text;

namespace Replay.Sql;

/// <summary>
/// Reads a text and says what it touches: tables, the keys that equalities name, transaction control. What it does not understand it calls
/// unknown. Any bytes, linear time, never an exception. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// The answer speaks of literals by number, so that it holds for all texts with the same <see cref="TextTemplate"/> and is worth keeping. README.md
/// beside this folder says what is read and what is not.
/// </remarks>
public sealed partial class AccessReader
{
    /// <summary>The most tokens of a text; a longer one is unknown.</summary>
    public const int MaxTokens = 1 << 18;

    /// <summary>The deepest parentheses; a deeper text is unknown.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most statements of a text; a longer list is unknown.</summary>
    public const int MaxStatements = 256;

    /// <summary>The most tables that a statement names; one that names more is unknown.</summary>
    public const int MaxTables = 64;

    /// <summary>The most functions and CTEs of a statement; one with more is unknown.</summary>
    public const int MaxNames = 64;

    /// <summary>The most rows of VALUES, and the most values of IN, that are told one by one; beyond them any row may be meant.</summary>
    public const int MaxRows = 1000;

    private readonly SqlDialect _dialect;
    private readonly int[] _open = new int[MaxDepth];
    private readonly List<string> _ctes = [];
    private AccessToken[] _tokens = new AccessToken[256];
    private StatementAccess _statement = new();
    private int _count;

    /// <summary>A reader of one dialect.</summary>
    public AccessReader(SqlDialect dialect) => _dialect = dialect;

    private bool IsMySql => _dialect == SqlDialect.MySql;

    /// <summary>What <paramref name="sql"/> touches.</summary>
    public TextAccess Read(ReadOnlySpan<byte> sql, LexerOptions options = LexerOptions.None)
    {
        var tokenizer = new AccessTokenizer(sql, _dialect, options);
        var statements = new List<StatementAccess>();
        if (!Tokenize(ref tokenizer) || tokenizer.IsConditional)
        {
            statements.Add(new StatementAccess());
        }
        else
        {
            Split(sql, statements);
        }

        return new TextAccess
        {
            Statements = statements,
            Literals = tokenizer.Literals,
            Parameters = tokenizer.Parameters,
            HoldsSeveralTransactions = statements.Count > 1 && HoldsSeveral(statements),
        };
    }

    // Tokens with their parentheses matched; false if the text is too long or too deep, or they do not match.
    private bool Tokenize(ref AccessTokenizer tokenizer)
    {
        _count = 0;
        var depth = 0;
        while (tokenizer.Next(out var token))
        {
            if (_count == MaxTokens || (token.Kind == AccessTokenKind.Open && depth == MaxDepth) || (token.Kind == AccessTokenKind.Close && depth == 0))
            {
                return false;
            }

            if (_count == _tokens.Length)
            {
                Array.Resize(ref _tokens, _tokens.Length * 2);
            }

            if (token.Kind == AccessTokenKind.Open)
            {
                _open[depth++] = _count;
            }
            else if (token.Kind == AccessTokenKind.Close)
            {
                _tokens[_open[--depth]].Index = _count;
            }

            _tokens[_count++] = token;
        }

        return depth == 0;
    }

    private void Split(ReadOnlySpan<byte> sql, List<StatementAccess> statements)
    {
        for (var from = 0; from < _count;)
        {
            var to = StatementEnd(from);
            if (to > from)
            {
                if (statements.Count == MaxStatements)
                {
                    statements.Clear();
                    statements.Add(new StatementAccess());
                    return;
                }

                statements.Add(One(sql, from, to));
            }

            from = to + 1;
        }
    }

    // Routines hold semicolons of their own: what makes one is the last statement that is read.
    private int StatementEnd(int from)
    {
        var makes = Word(from) is AccessWord.Create or AccessWord.Alter;
        var isBlock = Word(from) == AccessWord.Begin && Word(from + 1) == AccessWord.Not;
        for (var i = from; i < _count; i++)
        {
            if (isBlock || (makes && i < from + 12 && Word(i) is AccessWord.Procedure or AccessWord.Function or AccessWord.Trigger or AccessWord.Event or AccessWord.Package))
            {
                return _count;
            }

            if (_tokens[i].Kind == AccessTokenKind.Open)
            {
                i = _tokens[i].Index;
            }
            else if (_tokens[i].Kind == AccessTokenKind.Semicolon)
            {
                return i;
            }
        }

        return _count;
    }

    private StatementAccess One(ReadOnlySpan<byte> sql, int from, int to)
    {
        _statement = new StatementAccess();
        _ctes.Clear();
        if (!Statement(sql, from, to, isTop: true))
        {
            _statement.Verb = AccessVerb.Unknown;
        }

        return _statement;
    }

    private static bool HoldsSeveral(List<StatementAccess> statements)
    {
        var worked = false;
        for (var i = 0; i < statements.Count; i++)
        {
            var ends = statements[i].Control is TransactionControl.Commit or TransactionControl.Rollback or TransactionControl.TwoPhase;
            if (statements[i].IsUnknown || (ends && i < statements.Count - 1) || (worked && statements[i].Control == TransactionControl.Begin))
            {
                return true;
            }

            worked |= statements[i].Verb != AccessVerb.Session;
        }

        return false;
    }

    private AccessTokenKind Kind(int i) => (uint)i < (uint)_count ? _tokens[i].Kind : AccessTokenKind.Semicolon;

    private AccessWord Word(int i) => (uint)i < (uint)_count ? _tokens[i].Word : AccessWord.None;

    private bool IsName(int i) => Kind(i) is AccessTokenKind.QuotedName or AccessTokenKind.Word;

    private bool Is(ReadOnlySpan<byte> sql, int i, ReadOnlySpan<byte> text) =>
        (uint)i < (uint)_count && Ascii.EqualsIgnoreCase(sql.Slice(_tokens[i].Start, _tokens[i].Length), text);

    // The last token of the group that begins at i, or i itself.
    private int Skip(int i) => Kind(i) == AccessTokenKind.Open ? _tokens[i].Index : i;

    private string Name(ReadOnlySpan<byte> sql, int i, bool isColumn)
    {
        ref readonly var token = ref _tokens[i];
        var bytes = sql.Slice(token.Start, token.Length);
        if (token.Kind != AccessTokenKind.QuotedName)
        {
            var plain = Encoding.UTF8.GetString(bytes);
            return IsMySql && !isColumn ? plain : Fold(plain);
        }

        var quote = (char)bytes[0];
        var closed = bytes.Length > 1 && bytes[^1] == bytes[0];
        var name = Encoding.UTF8.GetString(closed ? bytes[1..^1] : bytes[1..]).Replace(new string(quote, 2), new string(quote, 1), StringComparison.Ordinal);
        return IsMySql && isColumn ? Fold(name) : name;
    }

    // Only ASCII: how a server folds other letters depends on its encoding and locale.
    private static string Fold(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        }
    });
}
