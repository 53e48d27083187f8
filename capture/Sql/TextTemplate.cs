using System.Buffers;

namespace Replay.Sql;

/// <summary>
/// A text without its plain literals, made by leaping from literal to literal, many bytes at a time: a key under which a text is known again although
/// its values have changed. Two texts with the same template always have the same shape; the opposite need not hold. Texts in which this cannot be
/// seen at a glance (comments, backslashes, dollar quotes) have no template.
/// </summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public sealed class TextTemplate
{
    /// <summary>The longest text that gets one.</summary>
    public const int MaxTextBytes = 64 << 10;

    private const byte NumberMark = 1; // bytes that no text in clear holds; one that does gets no template
    private const byte StringMark = 2;

    private static readonly SearchValues<byte> Stops = SearchValues.Create("0123456789'\"`-/#$\u0001\u0002"u8);

    private readonly byte[] _template = new byte[MaxTextBytes];
    private readonly bool _isMySql;

    /// <summary>A maker of templates for one dialect.</summary>
    public TextTemplate(SqlDialect dialect) => _isMySql = dialect == SqlDialect.MySql;

    /// <summary>The template, valid until the next call; false if the text has none.</summary>
    public bool TryMake(ReadOnlySpan<byte> sql, LexerOptions options, out ReadOnlySpan<byte> template)
    {
        template = default;
        if (sql.Length > MaxTextBytes)
        {
            return false;
        }

        int from = 0, i = 0, length = 0;
        while (i < sql.Length)
        {
            var leap = sql[i..].IndexOfAny(Stops);
            if (leap < 0)
            {
                break;
            }

            i += leap;
            var mark = Literal(sql, ref i, out var start, options);
            if (mark == Mark.None)
            {
                return false;
            }

            if (mark == Mark.Keep)
            {
                continue;
            }

            sql[from..start].CopyTo(_template.AsSpan(length));
            length += start - from;
            _template[length++] = mark == Mark.Number ? NumberMark : StringMark;
            from = i;
        }

        sql[from..].CopyTo(_template.AsSpan(length));
        template = _template.AsSpan(0, length + sql.Length - from);
        return true;
    }

    private enum Mark
    {
        None,
        Keep,
        Number,
        String,
    }

    /// <summary>What stands at <paramref name="i"/>, which is moved behind it; <paramref name="start"/> is where a literal began.</summary>
    private Mark Literal(ReadOnlySpan<byte> sql, ref int i, out int start, LexerOptions options)
    {
        start = i;
        switch (sql[i])
        {
            case (byte)'\'':
            case (byte)'"' when _isMySql && (options & LexerOptions.AnsiQuotes) == LexerOptions.None:
                return SkipString(sql, ref i) ? Mark.String : Mark.None;
            case (byte)'"':
            case (byte)'`' when _isMySql:
                return SkipName(sql, ref i) ? Mark.Keep : Mark.None;
            case (byte)'-' when At(sql, i + 1) != '-':
            case (byte)'/' when At(sql, i + 1) != '*':
            case (byte)'#' when !_isMySql:
            case (byte)'$' when char.IsAsciiDigit((char)At(sql, i + 1)) || _isMySql:
            case (byte)'`':
                i++;
                return Mark.Keep;
            case >= (byte)'0' and <= (byte)'9':
                return Number(sql, ref i);
            default:
                return Mark.None;
        }
    }

    /// <summary>
    /// Digits that begin and end at the edge of a token, with a fraction perhaps. All others (in names, hexadecimal, exponents, versions in comments) stay.
    /// </summary>
    private static Mark Number(ReadOnlySpan<byte> sql, ref int i)
    {
        var before = i == 0 ? (byte)' ' : sql[i - 1];
        SkipDigits(sql, ref i);
        if (At(sql, i) == '.' && char.IsAsciiDigit((char)At(sql, i + 1)))
        {
            i++;
            SkipDigits(sql, ref i);
        }

        var after = At(sql, i);
        return ByteClasses.NameByte[before] == 0 && before is not ((byte)'.' or (byte)'!' or (byte)'@' or (byte)':') && ByteClasses.NameByte[after] == 0 && after != '.'
            ? Mark.Number
            : Mark.Keep;
    }

    private static void SkipDigits(ReadOnlySpan<byte> sql, ref int i)
    {
        while (char.IsAsciiDigit((char)At(sql, i)))
        {
            i++;
        }
    }

    private static bool SkipString(ReadOnlySpan<byte> sql, ref int i)
    {
        var length = sql[(i + 1)..].IndexOfAny(sql[i], (byte)'\\');
        if (length < 0 || sql[i + 1 + length] == '\\')
        {
            return false;
        }

        i += length + 2;
        return true;
    }

    private static bool SkipName(ReadOnlySpan<byte> sql, ref int i)
    {
        var length = sql[(i + 1)..].IndexOf(sql[i]);
        i += length + 2;
        return length >= 0;
    }

    private static byte At(ReadOnlySpan<byte> sql, int i) => (uint)i < (uint)sql.Length ? sql[i] : (byte)0;
}
