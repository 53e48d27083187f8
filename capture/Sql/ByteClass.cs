namespace Replay.Sql;

/// <summary>What a byte can begin.</summary>
internal enum ByteClass : byte
{
    Space,
    Word,
    Digit,
    Quote,
    DoubleQuote,
    Backtick,
    Dollar,
    At,
    Hash,
    Question,
    Colon,
    Dot,
    Comma,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Semicolon,
    Operator,
    Other,
}

/// <summary>Tables over all bytes. Bytes from 0x80 on are letters, whatever the client's encoding is.</summary>
internal static class ByteClasses
{
    /// <summary>The class of each byte.</summary>
    public static readonly ByteClass[] Of = MakeClasses();

    /// <summary>Bytes that go on in an unquoted name, folded to lower case; 0 for all others.</summary>
    public static readonly byte[] NameByte = MakeNameBytes();

    private static ByteClass[] MakeClasses()
    {
        var classes = new ByteClass[256];
        for (var b = 0; b < 256; b++)
        {
            classes[b] = b <= ' ' ? ByteClass.Space
                : char.IsAsciiLetter((char)b) || b is '_' or >= 0x80 ? ByteClass.Word
                : char.IsAsciiDigit((char)b) ? ByteClass.Digit
                : (char)b switch
                {
                    '\'' => ByteClass.Quote,
                    '"' => ByteClass.DoubleQuote,
                    '`' => ByteClass.Backtick,
                    '$' => ByteClass.Dollar,
                    '@' => ByteClass.At,
                    '#' => ByteClass.Hash,
                    '?' => ByteClass.Question,
                    ':' => ByteClass.Colon,
                    '.' => ByteClass.Dot,
                    ',' => ByteClass.Comma,
                    '(' => ByteClass.Open,
                    ')' => ByteClass.Close,
                    '[' => ByteClass.OpenBracket,
                    ']' => ByteClass.CloseBracket,
                    ';' => ByteClass.Semicolon,
                    '+' or '-' or '*' or '/' or '<' or '>' or '=' or '~' or '!' or '%' or '^' or '&' or '|' => ByteClass.Operator,
                    _ => ByteClass.Other,
                };
        }

        return classes;
    }

    private static byte[] MakeNameBytes()
    {
        var bytes = new byte[256];
        for (var b = 0; b < 256; b++)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is '_' or '$' or >= 0x80)
            {
                bytes[b] = b is >= 'A' and <= 'Z' ? (byte)(b | 0x20) : (byte)b;
            }
        }

        return bytes;
    }
}
