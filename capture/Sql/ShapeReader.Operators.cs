namespace Replay.Sql;

/// <content>Operators, and the comments that begin like them.</content>
public sealed partial class ShapeReader
{
    private int Operator(ReadOnlySpan<byte> sql, int start)
    {
        var next = At(sql, start + 1);
        switch (sql[start])
        {
            case (byte)'-' when next == '-' && (!IsMySql || At(sql, start + 2) <= ' '):
                return LineComment(sql, start, 2);
            case (byte)'/' when next == '*':
                return BlockComment(sql, start);
            case (byte)'*' when next == '/' && _inHint:
                _inHint = false;
                _text.Token("*/"u8, TokenKind.Hint);
                _analysis.Other();
                return start + 2;
        }

        var end = IsMySql ? MySqlOperatorEnd(sql, start) : PostgresOperatorEnd(sql, start);
        if (end == start + 1 && sql[start] is (byte)'-' or (byte)'+' && !_text.AfterOperand)
        {
            _text.Sign(sql[start]);
        }
        else
        {
            _text.Token(sql[start..end], TokenKind.Operator);
        }

        _analysis.Other();
        return end;
    }

    private static int MySqlOperatorEnd(ReadOnlySpan<byte> sql, int start)
    {
        var i = start + 1;
        while (At(sql, i) is (byte)'=' or (byte)'<' or (byte)'>' or (byte)'|' or (byte)'&')
        {
            i++;
        }

        return i;
    }

    /// <summary>The longest run of operator bytes, less what its rules take off it: comments, and a sign at the end of an operator that has only plain signs.</summary>
    private int PostgresOperatorEnd(ReadOnlySpan<byte> sql, int start)
    {
        var i = start;
        var special = false;
        while (IsPostgresOperator(At(sql, i)))
        {
            var next = At(sql, i + 1);
            if (i > start && ((sql[i] == '-' && next == '-') || (sql[i] == '/' && next == '*') || (_inHint && sql[i] == '*' && next == '/')))
            {
                break;
            }

            special |= sql[i] is (byte)'~' or (byte)'!' or (byte)'@' or (byte)'#' or (byte)'%' or (byte)'^' or (byte)'&' or (byte)'|' or (byte)'`' or (byte)'?';
            i++;
        }

        while (!special && i > start + 1 && sql[i - 1] is (byte)'+' or (byte)'-')
        {
            i--;
        }

        return i;
    }

    private static bool IsPostgresOperator(byte b) =>
        ByteClasses.Of[b] is ByteClass.Operator or ByteClass.At or ByteClass.Hash or ByteClass.Question or ByteClass.Backtick;

    private int LineComment(ReadOnlySpan<byte> sql, int start, int opening)
    {
        var end = Literals.SkipLine(sql, start);
        Comment(start + opening, end);
        return end;
    }

    private int BlockComment(ReadOnlySpan<byte> sql, int start)
    {
        var kept = KeptComment(sql[start..]);
        if (kept > 0)
        {
            _text.Token(sql.Slice(start, kept), TokenKind.Hint);
            _analysis.Other();
            _inHint = true;
            return start + kept;
        }

        var end = Literals.SkipBlock(sql, start, nested: !IsMySql);
        Comment(start + 2, end - (end >= start + 4 && sql[end - 1] == '/' ? 2 : 0));
        return end;
    }

    /// <summary>The length of the opening of a comment that is kept: optimizer hints, and MySQL's comments that are executed, with their version.</summary>
    private int KeptComment(ReadOnlySpan<byte> comment)
    {
        if (At(comment, 2) == '+')
        {
            return 3;
        }

        var mark = IsMySql && At(comment, 2) == 'M' ? 3 : 2;
        if (!IsMySql || At(comment, mark) != '!')
        {
            return 0;
        }

        var length = mark + 1;
        while (char.IsAsciiDigit((char)At(comment, length)) && length < mark + 7)
        {
            length++;
        }

        return length;
    }

    private void Comment(int start, int end)
    {
        if (_commentCount < MaxComments)
        {
            _comments[_commentCount++] = new TextSpan(start, Math.Max(0, end - start));
        }
    }
}
