using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Replay.Sql;

/// <content>Names, literals and what looks like them.</content>
public sealed partial class ShapeReader
{
    private bool BackslashEscapes => IsMySql
        ? (_options & LexerOptions.NoBackslashEscapes) == LexerOptions.None
        : (_options & LexerOptions.BackslashEscapes) != LexerOptions.None;

    private int Word(ReadOnlySpan<byte> sql, int start)
    {
        var first = sql[start] | 0x20;
        switch (At(sql, start + 1))
        {
            case (byte)'\'' when first is 'n' or 'x' or 'b':
                return String(sql, start, first == 'n' && BackslashEscapes);
            case (byte)'\'' when first == 'e' && !IsMySql:
                return String(sql, start, backslash: true);
            case (byte)'&' when first == 'u' && !IsMySql && At(sql, start + 2) == '\'':
                return String(sql, start, backslash: false);
            case (byte)'&' when first == 'u' && !IsMySql && At(sql, start + 2) == '"':
                return QuotedName(sql, start, start + 2);
        }

        return Name(sql, start, start);
    }

    /// <summary>A name or word from <paramref name="start"/>; its bytes up to <paramref name="from"/> are taken as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Name(ReadOnlySpan<byte> sql, int start, int from)
    {
        var previous = _text.Previous;
        var target = _text.BeginWord(TokenKind.Word);
        sql[start..from].CopyTo(target);
        var length = from - start;
        var i = from;

        var most = Math.Min(sql.Length, start + NormalizedText.MaxNameBytes) - from;
        var folded = Fold(ref Unsafe.Add(ref MemoryMarshal.GetReference(sql), from), ref target[length], most);
        length += folded;
        i += folded;
        while (i < sql.Length && ByteClasses.NameByte[sql[i]] != 0)
        {
            i++;
        }

        var keyword = previous == TokenKind.Dot || from > start ? Keyword.None : Keywords.Find(target, length);
        if ((_options & LexerOptions.FoldNumberedNames) != LexerOptions.None)
        {
            length = WithoutNumber(target[..length]);
        }

        _text.EndWord(length, Keywords.LeadsExpression(keyword) ? TokenKind.Keyword : TokenKind.Word, keyword == Keyword.Values);
        if (_analysis.ExpectsName && _analysis.IsExpectedName(keyword))
        {
            _text.ReplaceLastByLiteral();
            keyword = Keyword.None;
        }

        _analysis.Word(keyword, previous, _text.Depth);
        return i;
    }

    /// <summary>Copies name bytes in lower case. Apart and on references, because it is the hottest loop: the caller has checked both ends.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fold(ref byte source, ref byte destination, int most)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(ByteClasses.NameByte);
        nint i = 0;
        for (; i < most; i++)
        {
            var folded = Unsafe.Add(ref table, (nint)Unsafe.Add(ref source, i));
            if (folded == 0)
            {
                break;
            }

            Unsafe.Add(ref destination, i) = folded;
        }

        return (int)i;
    }

    private static int WithoutNumber(ReadOnlySpan<byte> name)
    {
        var digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit((char)name[digits - 1]))
        {
            digits--;
        }

        return name.Length - digits >= 4 && digits > 1 && name[digits - 1] == '_' ? digits : name.Length;
    }

    private int QuotedName(ReadOnlySpan<byte> sql, int start, int quote)
    {
        var end = Literals.SkipQuoted(sql, quote, backslash: false);
        _text.Token(sql[start..end], TokenKind.Quoted);
        if (_analysis.ExpectsName)
        {
            _text.ReplaceLastByLiteral();
        }

        _analysis.QuotedName();
        return end;
    }

    private int String(ReadOnlySpan<byte> sql, int start, bool backslash)
    {
        var quote = start;
        while (sql[quote] is not ((byte)'\'' or (byte)'"'))
        {
            quote++;
        }

        return StringLiteral(sql, start, Literals.SkipQuoted(sql, quote, backslash));
    }

    private int StringLiteral(ReadOnlySpan<byte> sql, int start, int end)
    {
        if (_analysis.InSecret)
        {
            if (_secretCount < MaxSecrets)
            {
                _secrets[_secretCount++] = new TextSpan(start, end - start);
            }
            else
            {
                var last = _secrets[MaxSecrets - 1].Start;
                _secrets[MaxSecrets - 1] = new TextSpan(last, sql.Length - last);
            }
        }

        _text.Literal(isString: true);
        _analysis.Other();
        return end;
    }

    private int Literal(int end)
    {
        _text.Literal(isString: false);
        _analysis.Other();
        return end;
    }

    private int Digit(ReadOnlySpan<byte> sql, int start)
    {
        var end = Literals.SkipNumber(sql, start);

        // MySQL's names may begin with digits, and follow a dot with them
        return IsMySql && (_text.Previous == TokenKind.Dot || (ByteClasses.NameByte[At(sql, end)] != 0 && !sql[start..end].Contains((byte)'.')))
            ? Name(sql, start, start)
            : Literal(end);
    }

    private int Dollar(ReadOnlySpan<byte> sql, int start)
    {
        var i = start + 1;
        while (char.IsAsciiDigit((char)At(sql, i)))
        {
            i++;
        }

        if (IsMySql && (i == start + 1 || ByteClasses.NameByte[At(sql, i)] != 0))
        {
            return Name(sql, start, start);
        }

        if (i > start + 1)
        {
            return Literal(i);
        }

        var end = Literals.SkipDollarQuoted(sql, start);
        return end > start ? StringLiteral(sql, start, end) : Single(sql, start, TokenKind.Operator);
    }

    private int Variable(ReadOnlySpan<byte> sql, int start)
    {
        var from = At(sql, start + 1) == '@' ? start + 2 : start + 1;
        return ByteClasses.NameByte[At(sql, from)] != 0 ? Name(sql, start, from) : Single(sql, start, TokenKind.Operator);
    }

    private int Colon(ReadOnlySpan<byte> sql, int start)
    {
        switch (At(sql, start + 1))
        {
            case (byte)':':
                _text.Token("::"u8, TokenKind.Cast);
                _analysis.Other();
                return start + 2;
            case (byte)'=':
                _text.Token(":="u8, TokenKind.Operator);
                _analysis.Other();
                return start + 2;
            case var next when !_text.AfterOperand && ByteClasses.Of[next] == ByteClass.Word:
                var i = start + 1;
                while (ByteClasses.NameByte[At(sql, i)] != 0)
                {
                    i++;
                }

                return Literal(i);
            default:
                return Single(sql, start, TokenKind.Operator);
        }
    }

    private int Dot(ReadOnlySpan<byte> sql, int start) =>
        !_text.AfterOperand && char.IsAsciiDigit((char)At(sql, start + 1))
            ? Literal(Literals.SkipNumber(sql, start))
            : Single(sql, start, TokenKind.Dot);
}
