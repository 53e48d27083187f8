using SqlLiterals = Replay.Sql.Literals;

namespace Replay.Sql;

/// <summary>
/// Cuts a text into tokens as <see cref="ShapeReader"/> does, but keeps literals apart and leaves comments and optimizer hints out. The
/// inside of MySQL's executed comments counts as text.
/// </summary>
internal ref struct AccessTokenizer(ReadOnlySpan<byte> sql, SqlDialect dialect, LexerOptions options)
{
    // Comments for a later version than this run on some servers only.
    private const int NewestCommonVersion = 50_700;

    private readonly ReadOnlySpan<byte> _sql = sql;
    private readonly bool _isMySql = dialect == SqlDialect.MySql;
    private readonly bool _backslash = dialect == SqlDialect.MySql
        ? (options & LexerOptions.NoBackslashEscapes) == LexerOptions.None
        : (options & LexerOptions.BackslashEscapes) != LexerOptions.None;

    private int _i;
    private bool _inExecuted;
    private AccessTokenKind _previous = AccessTokenKind.Semicolon;
    private bool _previousIsKeyword;

    /// <summary>Literals so far.</summary>
    public int Literals { get; private set; }

    /// <summary>Parameters so far: one more than the highest number.</summary>
    public int Parameters { get; private set; }

    /// <summary>Whether part of the text is executed by some servers only.</summary>
    public bool IsConditional { get; private set; }

    /// <summary>The next token; false at the end.</summary>
    public bool Next(out AccessToken token)
    {
        token = default;
        while (_i < _sql.Length)
        {
            var start = _i;
            var kind = Kind(ref token);
            if (kind is { } found)
            {
                token.Kind = found;
                token.Start = start;
                token.Length = _i - start;
                _previous = found;
                _previousIsKeyword = token.Word != AccessWord.None;
                return true;
            }
        }

        return false;
    }

    private readonly bool AfterOperand =>
        _previous is AccessTokenKind.QuotedName or AccessTokenKind.Variable or AccessTokenKind.Literal or AccessTokenKind.OpaqueLiteral
            or AccessTokenKind.Parameter or AccessTokenKind.Close or AccessTokenKind.CloseBracket
        || (_previous == AccessTokenKind.Word && !_previousIsKeyword);

    // Moves behind the token at _i; null for what is no token.
    private AccessTokenKind? Kind(ref AccessToken token)
    {
        switch (ByteClasses.Of[_sql[_i]])
        {
            case ByteClass.Space:
                _i++;
                return null;
            case ByteClass.Word:
                return Word(ref token);
            case ByteClass.Digit:
                return Digit(ref token);
            case ByteClass.Quote:
                return String(ref token, _i, _backslash, isPlain: true);
            case ByteClass.DoubleQuote when _isMySql && (options & LexerOptions.AnsiQuotes) == LexerOptions.None:
                return String(ref token, _i, _backslash, isPlain: true);
            case ByteClass.DoubleQuote:
            case ByteClass.Backtick when _isMySql:
                _i = QuotedEnd(_i);
                return AccessTokenKind.QuotedName;
            case ByteClass.Dollar:
                return Dollar(ref token);
            case ByteClass.At when _isMySql:
                while (At(_i) == '@')
                {
                    _i++;
                }

                SkipName();
                return AccessTokenKind.Variable;
            case ByteClass.Hash when _isMySql:
                _i = SqlLiterals.SkipLine(_sql, _i);
                return null;
            case ByteClass.Question when _isMySql || !AfterOperand:
                return !_isMySql && IsOperator(At(_i + 1)) ? Operator() : Parameter(ref token, Parameters, _i + 1);
            case ByteClass.Colon:
                return Colon();
            case ByteClass.Dot:
                return !AfterOperand && char.IsAsciiDigit((char)At(_i + 1)) ? Number(ref token) : Single(AccessTokenKind.Dot);
            case ByteClass.Comma:
                return Single(AccessTokenKind.Comma);
            case ByteClass.Open:
                return Single(AccessTokenKind.Open);
            case ByteClass.Close:
                return Single(AccessTokenKind.Close);
            case ByteClass.OpenBracket:
                return Single(AccessTokenKind.OpenBracket);
            case ByteClass.CloseBracket:
                return Single(AccessTokenKind.CloseBracket);
            case ByteClass.Semicolon:
                return Single(AccessTokenKind.Semicolon);
            case ByteClass.Operator or ByteClass.At or ByteClass.Hash or ByteClass.Question or ByteClass.Backtick:
                return Operator();
            default:
                return Single(AccessTokenKind.Operator);
        }
    }

    private AccessTokenKind Single(AccessTokenKind kind)
    {
        _i++;
        return kind;
    }

    private AccessTokenKind Word(ref AccessToken token)
    {
        var first = _sql[_i] | 0x20;
        switch (At(_i + 1))
        {
            case (byte)'\'' when first is 'x' or 'b':
                return String(ref token, _i + 1, backslash: false, isPlain: false);
            case (byte)'\'' when first == 'n':
                return String(ref token, _i + 1, _backslash, isPlain: true);
            case (byte)'\'' when first == 'e' && !_isMySql:
                return String(ref token, _i + 1, backslash: true, isPlain: true);
            case (byte)'&' when first == 'u' && !_isMySql && At(_i + 2) == '\'':
                return String(ref token, _i + 2, backslash: false, isPlain: false);
            case (byte)'&' when first == 'u' && !_isMySql && At(_i + 2) == '"':
                _i = QuotedEnd(_i + 2);
                return AccessTokenKind.OpaqueLiteral; // a name in escapes: nobody's table is found by it
        }

        var start = _i;
        SkipName();
        token.Word = _previous == AccessTokenKind.Dot ? AccessWord.None : AccessWords.Find(_sql[start.._i]);
        return AccessTokenKind.Word;
    }

    private void SkipName()
    {
        while (_i < _sql.Length && ByteClasses.NameByte[_sql[_i]] != 0)
        {
            _i++;
        }
    }

    private readonly int QuotedEnd(int quote) => StringEnd(quote, backslash: false);

    private readonly int StringEnd(int quote, bool backslash) => SqlLiterals.SkipQuoted(_sql, quote, backslash);

    private AccessTokenKind String(ref AccessToken token, int quote, bool backslash, bool isPlain)
    {
        _i = StringEnd(quote, backslash);
        token.Index = Literals++;
        return isPlain ? AccessTokenKind.Literal : AccessTokenKind.OpaqueLiteral;
    }

    private AccessTokenKind Number(ref AccessToken token)
    {
        _i = SqlLiterals.SkipNumber(_sql, _i);
        token.Index = Literals++;
        return AccessTokenKind.Literal;
    }

    private AccessTokenKind Digit(ref AccessToken token)
    {
        var end = SqlLiterals.SkipNumber(_sql, _i);
        if (_isMySql && (_previous == AccessTokenKind.Dot || (ByteClasses.NameByte[At(end)] != 0 && !_sql[_i..end].Contains((byte)'.'))))
        {
            SkipName();
            return AccessTokenKind.Word;
        }

        return Number(ref token);
    }

    private AccessTokenKind Dollar(ref AccessToken token)
    {
        var i = _i + 1;
        var number = 0;
        while (char.IsAsciiDigit((char)At(i)))
        {
            number = Math.Min((number * 10) + (At(i) - '0'), ushort.MaxValue + 1);
            i++;
        }

        if (_isMySql)
        {
            SkipName();
            return AccessTokenKind.Word;
        }

        if (i > _i + 1)
        {
            return Parameter(ref token, number is > 0 and <= ushort.MaxValue ? number - 1 : ushort.MaxValue, i);
        }

        var end = SqlLiterals.SkipDollarQuoted(_sql, _i);
        if (end == _i)
        {
            return Single(AccessTokenKind.Operator);
        }

        _i = end;
        token.Index = Literals++;
        return AccessTokenKind.OpaqueLiteral;
    }

    private AccessTokenKind Parameter(ref AccessToken token, int index, int end)
    {
        _i = end;
        token.Index = index;
        Parameters = Math.Max(Parameters, index + 1);
        return AccessTokenKind.Parameter;
    }

    private AccessTokenKind Colon()
    {
        _i += At(_i + 1) is (byte)':' or (byte)'=' ? 2 : 1;
        return At(_i - 1) == ':' && At(_i - 2) == ':' ? AccessTokenKind.Cast : AccessTokenKind.Operator;
    }

    private AccessTokenKind? Operator()
    {
        var next = At(_i + 1);
        switch (_sql[_i])
        {
            case (byte)'-' when next == '-' && (!_isMySql || At(_i + 2) <= ' '):
                _i = SqlLiterals.SkipLine(_sql, _i);
                return null;
            case (byte)'/' when next == '*':
                Comment();
                return null;
            case (byte)'*' when next == '/' && _inExecuted:
                _inExecuted = false;
                _i += 2;
                return null;
        }

        var start = _i++;
        while (_i < _sql.Length && IsOperator(_sql[_i]) && _sql[_i] != '?' && !BeginsComment(_i) && _sql[_i] is not ((byte)'-' or (byte)'+')
            && !(_isMySql && _sql[_i] is (byte)'@' or (byte)'`' or (byte)'#') && !(_inExecuted && _sql[_i] == '*' && At(_i + 1) == '/'))
        {
            _i++;
        }

        return _i - start > 1 ? AccessTokenKind.Operator
            : _sql[start] == '=' ? AccessTokenKind.Equals
            : _sql[start] == '-' ? AccessTokenKind.Minus
            : AccessTokenKind.Operator;
    }

    private void Comment()
    {
        var mark = _isMySql && At(_i + 2) == 'M' ? 3 : 2;
        if (!_isMySql || At(_i + mark) != '!')
        {
            _i = SqlLiterals.SkipBlock(_sql, _i, nested: !_isMySql);
            return;
        }

        _i += mark + 1;
        var version = 0;
        for (var digits = 0; digits < 6 && char.IsAsciiDigit((char)At(_i)); digits++)
        {
            version = (version * 10) + (At(_i++) - '0');
        }

        IsConditional |= version > NewestCommonVersion || mark == 3;
        _inExecuted = true;
    }

    private readonly bool BeginsComment(int i) => (_sql[i] == '/' && At(i + 1) == '*') || (_sql[i] == '-' && At(i + 1) == '-');

    private static bool IsOperator(byte b) =>
        ByteClasses.Of[b] is ByteClass.Operator or ByteClass.At or ByteClass.Hash or ByteClass.Question or ByteClass.Backtick;

    private readonly byte At(int i) => (uint)i < (uint)_sql.Length ? _sql[i] : (byte)0;
}
