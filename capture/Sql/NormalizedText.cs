using System.Diagnostics;

namespace Replay.Sql;

/// <summary>What the last token was, as far as spacing and the collapsing of lists must know.</summary>
internal enum TokenKind : byte
{
    Start, Word, Keyword, Quoted, Literal, Operator, Sign, Comma, Open, Close, OpenBracket, CloseBracket, Dot, Cast, Semicolon, Hint,
}

/// <summary>
/// Builds the normalised text: one canonical spelling of the token list. Lists of literals collapse while they are written, by going back over
/// what was written, so nothing is kept but the text itself.
/// </summary>
internal sealed class NormalizedText
{
    /// <summary>The longest text; what follows is dropped. A shape is for reading and grouping: a quarter of a MiB holds any that a person wrote.</summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>The most bytes kept of one name; both engines' own bound is far lower.</summary>
    public const int MaxNameBytes = 1024;

    private const int MaxDepth = 64; // rows nested deeper are not collapsed
    private const int Slack = MaxNameBytes + 64;

    private static readonly uint[] SpaceBefore = MakeSpaceBefore();

    private readonly int[] _openAt = new int[MaxDepth];
    private readonly int[] _rowStart = new int[MaxDepth];
    private readonly int[] _rowEnd = new int[MaxDepth];
    private readonly int[] _valuesEnd = new int[MaxDepth];
    private readonly bool[] _isValueRow = new bool[MaxDepth];
    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _lastTokenAt;
    private int _commaAt;
    private int _signAt;
    private bool _elementBeforeComma;
    private bool _isElement; // the last token is a literal that is a whole element of a list, as far as it was read
    private bool _collapsed; // ... and it stands for the one before it too
    private TokenKind _beforeSign;
    private bool _wasString;

    /// <summary>The last token.</summary>
    public TokenKind Previous { get; private set; }

    /// <summary>Open parentheses.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether tokens were dropped at <see cref="MaxBytes"/>.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Whether what came last can be the left side of an operator, so that a sign after it is not unary.</summary>
    public bool AfterOperand => Previous is TokenKind.Word or TokenKind.Quoted or TokenKind.Literal or TokenKind.Close or TokenKind.CloseBracket;

    /// <summary>The text so far.</summary>
    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, _length);

    /// <summary>Begins anew for a source of <paramref name="sourceLength"/> bytes.</summary>
    public void Reset(int sourceLength)
    {
        // a token of one byte takes two with its space
        var needed = (int)Math.Min((2L * sourceLength) + 8, MaxBytes) + Slack;
        if (_bytes.Length < needed)
        {
            _bytes = new byte[Math.Min(MaxBytes + Slack, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed))];
        }

        _length = 0;
        Previous = TokenKind.Start;
        Depth = 0;
        Truncated = false;
        _rowEnd[0] = _valuesEnd[0] = -1;
    }

    /// <summary>Where a name can be written; <see cref="EndWord"/> says how long it became.</summary>
    public Span<byte> BeginWord(TokenKind kind)
    {
        Separate(kind);
        return _bytes.AsSpan(_length);
    }

    /// <summary>The name of <paramref name="length"/> bytes is there; <paramref name="kind"/> is what it turned out to be.</summary>
    public void EndWord(int length, TokenKind kind, bool isValues)
    {
        _length += length;
        Previous = kind;
        if (isValues && Depth < MaxDepth)
        {
            _valuesEnd[Depth] = _length;
        }
    }

    /// <summary>Drops the name just written and writes a literal in its place: names of cursors and the like.</summary>
    public void ReplaceLastByLiteral()
    {
        _length = _lastTokenAt;
        _bytes[_length++] = (byte)'?';
        Previous = TokenKind.Literal;
        _isElement = _collapsed = false;
    }

    /// <summary>A literal. A sign before it goes, and so does a comma with another literal before that.</summary>
    public void Literal(bool isString)
    {
        if (Previous == TokenKind.Sign)
        {
            _length = _signAt;
            Previous = _beforeSign;
        }

        if (Previous == TokenKind.Comma && _elementBeforeComma && !Truncated)
        {
            _length = _commaAt;
            Previous = TokenKind.Literal;
            _isElement = _collapsed = true;
        }
        else if (!(Previous == TokenKind.Literal && isString && _wasString))
        {
            _isElement = Previous is TokenKind.Start or TokenKind.Open or TokenKind.OpenBracket or TokenKind.Comma or TokenKind.Keyword or TokenKind.Hint;
            _collapsed = false;
            Separate(TokenKind.Literal);
            _bytes[_length++] = (byte)'?';
            Previous = TokenKind.Literal;
        }

        _wasString = isString;
    }

    /// <summary>A sign that may belong to a literal.</summary>
    public void Sign(byte sign)
    {
        if (Previous != TokenKind.Sign)
        {
            _signAt = _length;
            _beforeSign = Previous;
        }

        Separate(TokenKind.Sign);
        _bytes[_length++] = sign;
        Previous = TokenKind.Sign;
    }

    /// <summary>Any other token, as it is.</summary>
    public void Token(ReadOnlySpan<byte> token, TokenKind kind)
    {
        if (Previous == TokenKind.Literal && _collapsed && kind is TokenKind.Operator or TokenKind.Cast)
        {
            // 1, 2 + 3: the last literal was no element, only the beginning of one
            ", ?"u8.CopyTo(_bytes.AsSpan(_length));
            _length += 3;
        }

        Separate(kind);
        token = token[..Math.Min(token.Length, MaxNameBytes)];
        token.CopyTo(_bytes.AsSpan(_length));
        _length += token.Length;
        Previous = kind;
    }

    /// <summary>A comma.</summary>
    public void Comma()
    {
        _elementBeforeComma = Previous == TokenKind.Literal && _isElement;
        _commaAt = _length;
        Separate(TokenKind.Comma);
        _bytes[_length++] = (byte)',';
        Previous = TokenKind.Comma;
    }

    /// <summary>An opening parenthesis.</summary>
    public void Open()
    {
        Separate(TokenKind.Open);
        if (Depth < MaxDepth)
        {
            _openAt[Depth] = _length;
        }

        _bytes[_length++] = (byte)'(';
        Previous = TokenKind.Open;
        Depth++;
        if (Depth < MaxDepth)
        {
            _rowEnd[Depth] = _valuesEnd[Depth] = -1;
        }
    }

    /// <summary>A closing parenthesis. A group that repeats the one before it goes, if both are literals or rows of VALUES.</summary>
    public void Close()
    {
        Separate(TokenKind.Close);
        _bytes[_length++] = (byte)')';
        Previous = TokenKind.Close;
        if (Depth == 0)
        {
            return;
        }

        Depth--;
        if (Depth >= MaxDepth || Truncated)
        {
            return;
        }

        int start = _openAt[Depth], before = _rowEnd[Depth];
        var group = _bytes.AsSpan(start, _length - start);
        var follows = before >= 0 && start == before + 2 && _bytes[before] == ',';
        _isValueRow[Depth] = follows ? _isValueRow[Depth] : start == _valuesEnd[Depth] + 1;
        if (follows && (_isValueRow[Depth] || group.SequenceEqual("(?)"u8)) && group.SequenceEqual(_bytes.AsSpan(_rowStart[Depth], before - _rowStart[Depth])))
        {
            _length = before;
            return;
        }

        _rowStart[Depth] = start;
        _rowEnd[Depth] = _length;
    }

    /// <summary>The end of a statement; what is empty has none.</summary>
    public void Semicolon()
    {
        if (Previous is not (TokenKind.Start or TokenKind.Semicolon))
        {
            Separate(TokenKind.Semicolon);
            _bytes[_length++] = (byte)';';
            Previous = TokenKind.Semicolon;
        }
    }

    /// <summary>Takes the last semicolon away.</summary>
    public void Finish()
    {
        if (Previous == TokenKind.Semicolon)
        {
            _length--;
        }

        if (_length > MaxBytes)
        {
            Truncated = true;
            _length = MaxBytes;
        }
    }

    private void Separate(TokenKind next)
    {
        if (_length > MaxBytes)
        {
            Truncated = true;
            _length = MaxBytes; // the rest is written over and over: it is read for its flags alone
        }

        Debug.Assert(_length + Slack <= _bytes.Length, "the buffer has room for a token");
        if (NeedsSpace(Previous, next))
        {
            _bytes[_length++] = (byte)' ';
        }

        _lastTokenAt = _length;
    }

    private static bool NeedsSpace(TokenKind previous, TokenKind next) => (SpaceBefore[(int)next] >> (int)previous & 1) != 0;

    // for each kind a bit for each kind before it
    private static uint[] MakeSpaceBefore()
    {
        TokenKind[] noneAfter = [TokenKind.Start, TokenKind.Open, TokenKind.OpenBracket, TokenKind.Dot, TokenKind.Cast];
        TokenKind[] noneBefore =
            [TokenKind.Comma, TokenKind.Close, TokenKind.OpenBracket, TokenKind.CloseBracket, TokenKind.Dot, TokenKind.Cast, TokenKind.Semicolon];
        var kinds = Enum.GetValues<TokenKind>();
        var table = new uint[kinds.Length];
        foreach (var next in kinds.Except(noneBefore))
        {
            foreach (var previous in kinds.Except(noneAfter))
            {
                if (next != TokenKind.Open || previous is not (TokenKind.Word or TokenKind.Quoted))
                {
                    table[(int)next] |= 1u << (int)previous;
                }
            }
        }

        return table;
    }
}
