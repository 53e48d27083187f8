namespace Replay.Sql;

/// <summary>
/// Reads a text and says its shape: the text with its literals, comments and spelling taken away, and a 128-bit fingerprint of that. One pass, no
/// allocation once its buffers have grown; any bytes in any ASCII-compatible encoding, never an exception. Not safe for use by several threads at once.
/// </summary>
/// <remarks>README.md beside this file has the rules. They are for ever: whoever changes one must raise <see cref="RulesVersion"/>.</remarks>
public sealed partial class ShapeReader
{
    /// <summary>The version of the rules; part of every fingerprint.</summary>
    public const int RulesVersion = 1;

    /// <summary>The most comments whose places are told.</summary>
    public const int MaxComments = 16;

    /// <summary>The most secrets whose places are told apart.</summary>
    public const int MaxSecrets = 32;

    private readonly SqlDialect _dialect;
    private readonly NormalizedText _text = new();
    private readonly TextSpan[] _comments = new TextSpan[MaxComments];
    private readonly TextSpan[] _secrets = new TextSpan[MaxSecrets];
    private StatementAnalysis _analysis;
    private LexerOptions _options;
    private int _commentCount;
    private int _secretCount;
    private bool _inHint;

    /// <summary>A reader of one dialect.</summary>
    public ShapeReader(SqlDialect dialect) => _dialect = dialect;

    private bool IsMySql => _dialect == SqlDialect.MySql;

    /// <summary>The shape of <paramref name="sql"/>; its spans live until the next call.</summary>
    public StatementShape Read(ReadOnlySpan<byte> sql, LexerOptions options = LexerOptions.None)
    {
        _options = options;
        _analysis = new StatementAnalysis(_dialect);
        _text.Reset(sql.Length);
        _commentCount = _secretCount = 0;
        _inHint = false;

        for (var i = 0; i < sql.Length;)
        {
            i = ByteClasses.Of[sql[i]] switch
            {
                ByteClass.Space => i + 1,
                ByteClass.Word => Word(sql, i),
                _ => Token(sql, i),
            };
        }

        EndStatement(atEnd: true);
        _text.Finish();
        var flags = _analysis.Flags
            | (_analysis.Statements > 1 ? StatementFlags.SeveralStatements : StatementFlags.None)
            | (_secretCount > 0 ? StatementFlags.CarriesSecret : StatementFlags.None)
            | (_text.Truncated ? StatementFlags.Truncated : StatementFlags.None);
        return new StatementShape
        {
            Fingerprint = Hash128.Of(_text.Text, (RulesVersion << 8) | (ulong)_dialect),
            Text = _text.Text,
            Class = _analysis.Class,
            Flags = flags,
            Statements = _analysis.Statements,
            Comments = _comments.AsSpan(0, _commentCount),
            Secrets = _secrets.AsSpan(0, _secretCount),
        };
    }

    /// <summary>Reads the token or comment at <paramref name="i"/>; returns where the next one begins.</summary>
    private int Token(ReadOnlySpan<byte> sql, int i)
    {
        switch (ByteClasses.Of[sql[i]])
        {
            case ByteClass.Digit:
                return Digit(sql, i);
            case ByteClass.Quote:
                return String(sql, i, BackslashEscapes);
            case ByteClass.DoubleQuote when IsMySql && (_options & LexerOptions.AnsiQuotes) == LexerOptions.None:
                return String(sql, i, BackslashEscapes);
            case ByteClass.DoubleQuote:
                return QuotedName(sql, i, i);
            case ByteClass.Backtick when IsMySql:
                return QuotedName(sql, i, i);
            case ByteClass.Dollar:
                return Dollar(sql, i);
            case ByteClass.At when IsMySql:
                return Variable(sql, i);
            case ByteClass.Hash when IsMySql:
                return LineComment(sql, i, 1);
            case ByteClass.Question when IsMySql || !_text.AfterOperand:
                return !IsMySql && IsPostgresOperator(At(sql, i + 1)) ? Operator(sql, i) : Literal(i + 1);
            case ByteClass.Colon:
                return Colon(sql, i);
            case ByteClass.Dot:
                return Dot(sql, i);
            case ByteClass.Comma:
                _text.Comma();
                _analysis.Other();
                return i + 1;
            case ByteClass.Open:
                _text.Open();
                _analysis.Open();
                return i + 1;
            case ByteClass.Close:
                _text.Close();
                _analysis.Other();
                return i + 1;
            case ByteClass.OpenBracket:
                return Single(sql, i, TokenKind.OpenBracket);
            case ByteClass.CloseBracket:
                return Single(sql, i, TokenKind.CloseBracket);
            case ByteClass.Semicolon:
                EndStatement(atEnd: false);
                _text.Semicolon();
                return i + 1;
            case ByteClass.Operator or ByteClass.At or ByteClass.Hash or ByteClass.Question or ByteClass.Backtick:
                return Operator(sql, i);
            default:
                return Single(sql, i, TokenKind.Operator);
        }
    }

    private int Single(ReadOnlySpan<byte> sql, int start, TokenKind kind)
    {
        _text.Token(sql.Slice(start, 1), kind);
        _analysis.Other();
        return start + 1;
    }

    private void EndStatement(bool atEnd)
    {
        if (_text.Previous is TokenKind.Word or TokenKind.Quoted && _analysis.EndsInCursorName)
        {
            _text.ReplaceLastByLiteral();
        }

        _analysis.EndStatement(atEnd);
    }

    private static byte At(ReadOnlySpan<byte> sql, int i) => (uint)i < (uint)sql.Length ? sql[i] : (byte)0;
}
