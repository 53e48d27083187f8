using System.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>The little that the codec has to know of a statement's text.</summary>
internal static class StatementText
{
    private static readonly SearchValues<byte> Interesting = SearchValues.Create("?'\"`#-/"u8);

    /// <summary>Whether the statement inserts, replaces, deletes or updates: rows that it returns come of RETURNING.</summary>
    public static bool ChangesRows(ReadOnlySpan<byte> text)
    {
        text = SkipBlanksAndComments(text);
        if (text.Length < 6)
        {
            return false;
        }

        return (text[0] | 0x20) switch
        {
            'i' => StartsWith(text, "insert"u8),
            'r' => StartsWith(text, "replace"u8),
            'd' => StartsWith(text, "delete"u8),
            'u' => StartsWith(text, "update"u8),
            _ => false,
        };
    }

    /// <summary>Counts the question marks that stand for parameters: those outside of strings, quoted names and comments.</summary>
    public static int CountPlaceholders(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (!text.IsEmpty)
        {
            var at = text.IndexOfAny(Interesting);
            if (at < 0)
            {
                break;
            }

            text = text[at..];
            var length = text switch
            {
                [(byte)'\'' or (byte)'"' or (byte)'`', ..] => QuotedLength(text),
                [(byte)'#', ..] or [(byte)'-', (byte)'-', (byte)' ' or (byte)'\t' or (byte)'\n', ..] => LengthThrough(text, "\n"u8),
                [(byte)'/', (byte)'*', not ((byte)'!' or (byte)'M'), ..] => LengthThrough(text, "*/"u8),
                _ => 1,
            };
            count += text[0] == '?' ? 1 : 0;
            text = text[length..];
        }

        return count;
    }

    private static int LengthThrough(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end) =>
        text.IndexOf(end) is >= 0 and var at ? at + end.Length : text.Length;

    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        var quote = text[0];
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && quote != '`')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                return i + 1; // a doubled quote begins the next quoted piece, which comes to the same
            }
        }

        return text.Length;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length > word.Length && System.Text.Ascii.EqualsIgnoreCase(text[..word.Length], word) && !char.IsAsciiLetterOrDigit((char)text[word.Length]);

    private static ReadOnlySpan<byte> SkipBlanksAndComments(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            text = text.TrimStart(" \t\r\n("u8);
            var end = text switch
            {
                [(byte)'/', (byte)'*', (byte)'!' or (byte)'M', ..] => -1, // executed by the server
                [(byte)'/', (byte)'*', ..] => text.IndexOf("*/"u8) is >= 0 and var at ? at + 2 : text.Length,
                [(byte)'#', ..] or [(byte)'-', (byte)'-', ..] => text.IndexOf((byte)'\n') is >= 0 and var at ? at + 1 : text.Length,
                _ => -1,
            };
            if (end < 0)
            {
                return text;
            }

            text = text[end..];
        }
    }
}
