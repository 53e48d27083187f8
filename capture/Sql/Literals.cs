namespace Replay.Sql;

/// <summary>Where literals and comments end. All take the index of the first byte and return the index after the last; never beyond the text.</summary>
internal static class Literals
{
    /// <summary>A string or a quoted name: a doubled quote is one; a backslash escapes if <paramref name="backslash"/>.</summary>
    public static int SkipQuoted(ReadOnlySpan<byte> sql, int start, bool backslash)
    {
        var quote = sql[start];
        var i = start + 1;
        while (i < sql.Length)
        {
            var rest = sql[i..];
            var found = backslash ? rest.IndexOfAny(quote, (byte)'\\') : rest.IndexOf(quote);
            if (found < 0)
            {
                return sql.Length;
            }

            i += found;
            if (sql[i] == quote && (i + 1 >= sql.Length || sql[i + 1] != quote))
            {
                return i + 1;
            }

            i += 2;
        }

        return sql.Length;
    }

    /// <summary>PostgreSQL's <c>$tag$ ... $tag$</c>; <paramref name="start"/> itself if there is none.</summary>
    public static int SkipDollarQuoted(ReadOnlySpan<byte> sql, int start)
    {
        var i = start + 1;
        while (i < sql.Length && sql[i] != '$' && ByteClasses.NameByte[sql[i]] != 0)
        {
            i++;
        }

        if (i >= sql.Length || sql[i] != '$')
        {
            return start;
        }

        var tag = sql[start..(i + 1)];
        var end = sql[(i + 1)..].IndexOf(tag);
        return end < 0 ? sql.Length : i + 1 + end + tag.Length;
    }

    /// <summary>A number: decimal with fraction and exponent, hexadecimal, octal, binary, underscores between digits.</summary>
    public static int SkipNumber(ReadOnlySpan<byte> sql, int start)
    {
        var i = start + 1;
        while ((uint)i < (uint)sql.Length && char.IsAsciiDigit((char)sql[i]))
        {
            i++;
        }

        if ((uint)i >= (uint)sql.Length || (sql[i] != '.' && ByteClasses.NameByte[sql[i]] == 0))
        {
            return i; // the plain case
        }

        i = start;
        if (sql[i] == '0' && i + 2 < sql.Length && (sql[i + 1] | 0x20) is 'x' or 'b' or 'o' && char.IsAsciiHexDigit((char)sql[i + 2]))
        {
            i += 2;
            while (i < sql.Length && (char.IsAsciiHexDigit((char)sql[i]) || sql[i] == '_'))
            {
                i++;
            }

            return i;
        }

        i = SkipDigits(sql, i);
        if (i < sql.Length && sql[i] == '.' && (i + 1 >= sql.Length || sql[i + 1] != '.'))
        {
            i = SkipDigits(sql, i + 1);
        }

        if (i < sql.Length && (sql[i] | 0x20) == 'e')
        {
            var exponent = i + 1;
            if (exponent < sql.Length && sql[exponent] is (byte)'+' or (byte)'-')
            {
                exponent++;
            }

            if (exponent < sql.Length && char.IsAsciiDigit((char)sql[exponent]))
            {
                i = SkipDigits(sql, exponent);
            }
        }

        return i;
    }

    /// <summary>A comment up to the end of its line.</summary>
    public static int SkipLine(ReadOnlySpan<byte> sql, int start)
    {
        var end = sql[start..].IndexOf((byte)'\n');
        return end < 0 ? sql.Length : start + end + 1;
    }

    /// <summary>A <c>/* */</c> comment; <paramref name="nested"/> as in PostgreSQL.</summary>
    public static int SkipBlock(ReadOnlySpan<byte> sql, int start, bool nested)
    {
        var depth = 1;
        var i = start + 2;
        while (i < sql.Length)
        {
            var found = sql[i..].IndexOfAny((byte)'*', (byte)'/');
            if (found < 0 || i + found + 1 >= sql.Length)
            {
                return sql.Length;
            }

            i += found;
            if (sql[i] == '*' && sql[i + 1] == '/')
            {
                i += 2;
                if (--depth == 0)
                {
                    return i;
                }
            }
            else if (nested && sql[i] == '/' && sql[i + 1] == '*')
            {
                depth++;
                i += 2;
            }
            else
            {
                i++;
            }
        }

        return sql.Length;
    }

    private static int SkipDigits(ReadOnlySpan<byte> sql, int i)
    {
        while (i < sql.Length && (char.IsAsciiDigit((char)sql[i]) || (sql[i] == '_' && i + 1 < sql.Length && char.IsAsciiDigit((char)sql[i + 1]))))
        {
            i++;
        }

        return i;
    }
}
