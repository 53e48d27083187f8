using System.Text;

namespace Replay.Protocol;

/// <summary>
/// Masks passwords in the statements that set them, in place and without changing any length: <c>CREATE</c> and <c>ALTER</c> of a role, user, server, user
/// mapping or subscription, <c>GRANT ... IDENTIFIED BY</c>, <c>SET PASSWORD</c>, <c>CHANGE MASTER</c> and their kind, and <c>DO</c> blocks. From the word on
/// (<c>PASSWORD</c>, <c>IDENTIFIED</c>) every string up to the statement's end is overwritten with <c>*</c>.
/// </summary>
/// <remarks>A table's column that is called <c>password</c> is the application's data, as all others are: it is left alone, else its statements could not be replayed.</remarks>
public static class SecretMask
{
    private const byte Star = (byte)'*';

    // "CREATE OR REPLACE USER MAPPING ...", "ALTER DEFINER = x USER": the object's kind is among the first words.
    private const int MaxWordsToKind = 5;

    /// <summary>
    /// Masks what is secret in <paramref name="sql"/>; true if anything was. <paramref name="backslashEscapes"/>: whether <c>\'</c> is a quote inside a string (MySQL;
    /// PostgreSQL's <c>E'...'</c> is known by its prefix).
    /// </summary>
    public static bool Apply(Span<byte> sql, bool backslashEscapes)
    {
        var masked = false;
        var from = 0;
        while (from < sql.Length)
        {
            // W of PASSWORD and F of IDENTIFIED are rare enough letters to look for.
            var found = sql[from..].IndexOfAny("wWfF"u8);
            if (found < 0)
            {
                break;
            }

            var at = from + found;
            from = at + 1;
            var end = EndOfWord(sql, at);
            if (end > 0 && SetsSecrets(sql[..end]))
            {
                masked |= MaskFrom(sql, end, backslashEscapes, out from);
            }
        }

        return masked;
    }

    /// <summary>Where the secret's word ends that has its telling letter at <paramref name="at"/>; 0 if there is none.</summary>
    private static int EndOfWord(ReadOnlySpan<byte> sql, int at)
    {
        var isFound = (sql[at] | 0x20) == 'w' ? Matches(sql, at - 4, "PASSWORD"u8) : Matches(sql, at - 6, "IDENTIFIED"u8);
        return isFound ? at + 4 : 0;
    }

    private static bool Matches(ReadOnlySpan<byte> sql, int start, ReadOnlySpan<byte> upper) =>
        start >= 0 && start + upper.Length <= sql.Length && Ascii.EqualsIgnoreCase(sql.Slice(start, upper.Length), upper);

    /// <summary>Whether the last statement of <paramref name="sql"/> is of a kind that sets secrets.</summary>
    private static bool SetsSecrets(ReadOnlySpan<byte> sql)
    {
        sql = sql[(sql.LastIndexOf((byte)';') + 1)..];
        var verb = NextWord(ref sql);
        if (Is(verb, "GRANT"u8) || Is(verb, "CHANGE"u8) || Is(verb, "START"u8) || Is(verb, "DO"u8) || Is(verb, "CLONE"u8))
        {
            return true;
        }

        if (Is(verb, "UPDATE"u8) || Is(verb, "INSERT"u8) || Is(verb, "REPLACE"u8))
        {
            return NamesMySqlUsers(sql);
        }

        if (Is(verb, "SET"u8))
        {
            return Is(NextWord(ref sql), "PASSWORD"u8);
        }

        if (!Is(verb, "CREATE"u8) && !Is(verb, "ALTER"u8))
        {
            return false;
        }

        for (var i = 0; i < MaxWordsToKind; i++)
        {
            var word = NextWord(ref sql);
            if (Is(word, "ROLE"u8) || Is(word, "USER"u8) || Is(word, "GROUP"u8) || Is(word, "SERVER"u8) || Is(word, "SUBSCRIPTION"u8))
            {
                return true;
            }

            if (Is(word, "TABLE"u8) || Is(word, "VIEW"u8) || Is(word, "INDEX"u8))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>MySQL's own table of users, which was changed by hand before there was ALTER USER.</summary>
    private static bool NamesMySqlUsers(ReadOnlySpan<byte> sql)
    {
        var word = NextWord(ref sql);
        word = Is(word, "INTO"u8) ? NextWord(ref sql) : word;
        return Is(word, "MYSQL"u8) && Is(NextWord(ref sql), "USER"u8);
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> upper) => Ascii.EqualsIgnoreCase(word, upper);

    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> sql)
    {
        while (!sql.IsEmpty)
        {
            if (sql.StartsWith("/*"u8))
            {
                // MySQL's /*!50000 ... */ is code: only the opening is passed over.
                var close = sql.Length > 2 && sql[2] == (byte)'!' ? 0 : sql.IndexOf("*/"u8);
                sql = close < 0 ? default : sql[(close + 2)..];
            }
            else if (sql.StartsWith("--"u8) || sql[0] == (byte)'#')
            {
                var close = sql.IndexOf((byte)'\n');
                sql = close < 0 ? default : sql[(close + 1)..];
            }
            else if (!char.IsAsciiLetter((char)sql[0]))
            {
                sql = sql[1..];
            }
            else
            {
                var length = 1;
                while (length < sql.Length && (char.IsAsciiLetterOrDigit((char)sql[length]) || sql[length] == (byte)'_'))
                {
                    length++;
                }

                var word = sql[..length];
                sql = sql[length..];
                return word;
            }
        }

        return default;
    }

    /// <summary>Masks every string from <paramref name="at"/> to the end of the statement, which is returned.</summary>
    private static bool MaskFrom(Span<byte> sql, int at, bool backslashEscapes, out int end)
    {
        var masked = false;
        var i = at;
        if (i + 1 < sql.Length && sql[i] == (byte)'=' && sql[i + 1] is not ((byte)'\'' or (byte)'"' or (byte)' '))
        {
            // The word stands inside a connection string, whose values have no quotes of their own.
            for (i++; i < sql.Length && sql[i] is not ((byte)' ' or (byte)'\'' or (byte)'"' or (byte)'&' or (byte)';'); i++)
            {
                sql[i] = Star;
                masked = true;
            }

            end = i;
            return masked;
        }

        while (i < sql.Length && sql[i] != (byte)';')
        {
            if (sql[i] is (byte)'\'' or (byte)'"')
            {
                var escapes = backslashEscapes || (i > 0 && (sql[i - 1] & 0xDF) == (byte)'E');
                i = MaskString(sql, i, escapes);
                masked = true;
            }
            else if (sql[i] == (byte)'0' && i + 1 < sql.Length && sql[i + 1] == (byte)'x' && !char.IsAsciiLetterOrDigit((char)sql[i - 1]))
            {
                // MySQL: IDENTIFIED WITH plugin AS 0x...
                for (i += 2; i < sql.Length && char.IsAsciiHexDigit((char)sql[i]); i++)
                {
                    sql[i] = Star;
                    masked = true;
                }
            }
            else if (sql[i] == (byte)'$' && DollarTag(sql[i..]) is var tag and > 0)
            {
                i = MaskDollar(sql, i, tag);
                masked = true;
            }
            else
            {
                i++;
            }
        }

        end = i;
        return masked;
    }

    private static int MaskString(Span<byte> sql, int open, bool backslashEscapes)
    {
        var quote = sql[open];
        var i = open + 1;
        while (i < sql.Length)
        {
            var isPair = i + 1 < sql.Length && ((backslashEscapes && sql[i] == (byte)'\\') || (sql[i] == quote && sql[i + 1] == quote));
            if (sql[i] == quote && !isPair)
            {
                return i + 1;
            }

            sql[i++] = Star;
            if (isPair)
            {
                sql[i++] = Star;
            }
        }

        return i;
    }

    /// <summary>Length of the tag that opens a dollar-quoted string; 0 if there is none.</summary>
    private static int DollarTag(ReadOnlySpan<byte> sql)
    {
        for (var i = 1; i < sql.Length; i++)
        {
            if (sql[i] == (byte)'$')
            {
                return i + 1;
            }

            if (!char.IsAsciiLetterOrDigit((char)sql[i]) && sql[i] != (byte)'_')
            {
                return 0;
            }
        }

        return 0;
    }

    private static int MaskDollar(Span<byte> sql, int open, int tagLength)
    {
        var body = sql[(open + tagLength)..];
        var end = body.IndexOf((ReadOnlySpan<byte>)sql.Slice(open, tagLength));
        end = end < 0 ? body.Length : end;
        body[..end].Fill(Star);
        return Math.Min(sql.Length, open + (2 * tagLength) + end);
    }
}
