namespace Replay.Sql;

/// <summary>Finds the literals of a text again by the numbers that a <see cref="TextAccess"/> gives them.</summary>
public static class LiteralReader
{
    /// <summary>
    /// Where the first literals of <paramref name="sql"/> lie: quotes and prefixes included, signs not. Returns how many were found, at most as many
    /// as <paramref name="spans"/> holds.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> sql, SqlDialect dialect, LexerOptions options, Span<TextSpan> spans)
    {
        var tokenizer = new AccessTokenizer(sql, dialect, options);
        var found = 0;
        while (found < spans.Length && tokenizer.Next(out var token))
        {
            if (token.Kind is AccessTokenKind.Literal or AccessTokenKind.OpaqueLiteral)
            {
                spans[found++] = new TextSpan(token.Start, token.Length);
            }
        }

        return found;
    }

    /// <summary>
    /// The bytes between the quotes of a string, or those of a number. False for what needs more than that: escapes, doubled quotes, prefixes, a string
    /// that was cut off.
    /// </summary>
    /// <param name="literal">A literal as <see cref="Read"/> found it.</param>
    /// <param name="backslashEscapes">Whether a backslash escapes in plain strings.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="isString">Whether it stood in quotes.</param>
    public static bool TryValue(ReadOnlySpan<byte> literal, bool backslashEscapes, out ReadOnlySpan<byte> value, out bool isString)
    {
        value = literal;
        isString = false;
        if (literal.IsEmpty || char.IsAsciiDigit((char)literal[0]) || literal[0] == '.')
        {
            return !literal.IsEmpty;
        }

        var isEscaped = (literal[0] | 0x20) == 'e';
        var from = isEscaped || (literal[0] | 0x20) == 'n' ? 1 : 0;
        isString = true;
        if (literal.Length < from + 2 || literal[from] is not ((byte)'\'' or (byte)'"') || literal[^1] != literal[from])
        {
            return false;
        }

        value = literal[(from + 1)..^1];
        return !value.Contains(literal[from]) && !((backslashEscapes || isEscaped) && value.Contains((byte)'\\'));
    }
}
