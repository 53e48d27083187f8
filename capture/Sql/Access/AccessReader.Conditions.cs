namespace Replay.Sql;

/// <content>WHERE: equalities at its top.</content>
public sealed partial class AccessReader
{
    // Reads conditions up to the clause that ends them and gives the equalities to target; returns the last token, or -1.
    private int Conditions(ReadOnlySpan<byte> sql, int from, int to, TableAccess? target, bool mustQualify)
    {
        var end = from;
        for (; end < to && !EndsConditions(end); end++)
        {
            end = Element(sql, end, int.MaxValue);
            if (end < 0)
            {
                return -1;
            }
        }

        if (target != null)
        {
            var found = new List<ColumnValues>();
            Conjuncts(sql, from, end, target, mustQualify, found);
            target.Where = found;
            target.Looks = mustQualify ? null : NamesIn(sql, from, end, target);
        }

        return end - 1;
    }

    // Names in a condition on one table; null if it depends on more than that table's columns.
    private List<string>? NamesIn(ReadOnlySpan<byte> sql, int from, int to, TableAccess target)
    {
        var names = new List<string>();
        for (var i = from; i < to; i++)
        {
            if (Word(i) is AccessWord.Select or AccessWord.With or AccessWord.Table or AccessWord.Of || IsCall(i))
            {
                return null; // a query, WHERE CURRENT OF, a function
            }

            if (!IsName(i) || Kind(i + 1) == AccessTokenKind.Dot)
            {
                continue;
            }

            var isWhole = Kind(i - 1) != AccessTokenKind.Dot && IsTarget(sql, i, target);
            if (isWhole || names.Count == MaxNames)
            {
                return null; // the row as a whole
            }

            names.Add(Name(sql, i, isColumn: true));
        }

        return names;
    }

    private bool EndsConditions(int i) => Word(i) switch
    {
        AccessWord.Group or AccessWord.Having or AccessWord.Order or AccessWord.Limit or AccessWord.Offset or AccessWord.Window or AccessWord.Union
            or AccessWord.Except or AccessWord.Intersect or AccessWord.Returning or AccessWord.Into or AccessWord.Fetch or AccessWord.Where or AccessWord.From => Kind(i + 1) != AccessTokenKind.Dot
            && IsOperand(i - 1),
        AccessWord.For => Word(i + 1) is AccessWord.Update or AccessWord.Share or AccessWord.Key or AccessWord.No,
        AccessWord.Lock => Word(i + 1) == AccessWord.In,
        AccessWord.On => Word(i + 1) is AccessWord.Conflict or AccessWord.Duplicate,
        _ => false,
    };

    // Whether an expression can end here: MySQL has columns by the names of clauses, which come after what cannot end one.
    private bool IsOperand(int i) => Kind(i) switch
    {
        AccessTokenKind.Word => Word(i) is AccessWord.None or AccessWord.Null or AccessWord.True or AccessWord.False or AccessWord.Default or AccessWord.End
            or AccessWord.Value or AccessWord.Key or AccessWord.Data or AccessWord.Level or AccessWord.Event or AccessWord.Old or AccessWord.New or AccessWord.Row
            or AccessWord.Index or AccessWord.Mode or AccessWord.Of or AccessWord.Work or AccessWord.Session or AccessWord.Snapshot,
        AccessTokenKind.Operator or AccessTokenKind.Equals or AccessTokenKind.Minus or AccessTokenKind.Comma or AccessTokenKind.Dot or AccessTokenKind.Semicolon => false,
        _ => true,
    };

    private void Conjuncts(ReadOnlySpan<byte> sql, int from, int to, TableAccess target, bool mustQualify, List<ColumnValues> found)
    {
        for (var i = from; i < to; i = Skip(i) + 1)
        {
            // In MySQL || is OR, unless a mode says otherwise.
            if (Word(i) is AccessWord.Or or AccessWord.Xor || (IsMySql && Kind(i) == AccessTokenKind.Operator && (Is(sql, i, "||"u8) || Is(sql, i, "&&"u8))))
            {
                return;
            }
        }

        var start = from;
        var between = false;
        for (var i = from; i < to; i = Skip(i) + 1)
        {
            if (Word(i) == AccessWord.Between)
            {
                between = true;
            }
            else if (Word(i) == AccessWord.And && !between)
            {
                Conjunct(sql, start, i, target, mustQualify, found);
                start = i + 1;
            }
            else if (Word(i) == AccessWord.And)
            {
                between = false;
            }
            else if (Word(i) == AccessWord.Case)
            {
                return; // it may hold AND
            }
        }

        Conjunct(sql, start, to, target, mustQualify, found);
    }

    private void Conjunct(ReadOnlySpan<byte> sql, int from, int to, TableAccess target, bool mustQualify, List<ColumnValues> found)
    {
        if (Kind(from) == AccessTokenKind.Open && _tokens[from].Index == to - 1)
        {
            Conjuncts(sql, from + 1, to - 1, target, mustQualify, found);
            return;
        }

        var equals = from;
        while (equals < to && Kind(equals) != AccessTokenKind.Equals && Word(equals) != AccessWord.In)
        {
            equals = Skip(equals) + 1;
        }

        if (equals >= to)
        {
            return;
        }

        SqlValue value;
        if (Word(equals) == AccessWord.In)
        {
            if (Column(sql, from, equals, target, mustQualify) is { } listed && Kind(equals + 1) == AccessTokenKind.Open && _tokens[equals + 1].Index == to - 1
                && List(equals + 2, to - 1) is { Count: > 0 } values)
            {
                found.Add(new ColumnValues(listed, values));
            }
        }
        else if (Column(sql, from, equals, target, mustQualify) is { } left && Value(equals + 1, to, out value))
        {
            found.Add(new ColumnValues(left, [value]));
        }
        else if (Column(sql, equals + 1, to, target, mustQualify) is { } right && Value(from, equals, out value))
        {
            found.Add(new ColumnValues(right, [value]));
        }
    }

    // The column that the tokens are, if it is one of target.
    private string? Column(ReadOnlySpan<byte> sql, int from, int to, TableAccess target, bool mustQualify)
    {
        if (Kind(from) == AccessTokenKind.Open && _tokens[from].Index == to - 1)
        {
            return Column(sql, from + 1, to - 1, target, mustQualify);
        }

        var parts = to - from;
        if (parts is not (1 or 3 or 5) || !IsName(to - 1) || Word(to - 1) is AccessWord.Null or AccessWord.Default or AccessWord.True or AccessWord.False)
        {
            return null;
        }

        for (var i = from; i < to - 1; i += 2)
        {
            if (!IsName(i) || Kind(i + 1) != AccessTokenKind.Dot)
            {
                return null;
            }
        }

        if (parts == 1 ? mustQualify : !IsTarget(sql, to - 3, target))
        {
            return null;
        }

        return Name(sql, to - 1, isColumn: true);
    }

    private bool IsTarget(ReadOnlySpan<byte> sql, int i, TableAccess target) => target.Alias.Length > 0
        ? string.Equals(Name(sql, i, isColumn: true), target.Alias, StringComparison.Ordinal)
        : string.Equals(Name(sql, i, isColumn: false), target.Name, IsMySql ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private List<SqlValue>? List(int from, int to)
    {
        var values = new List<SqlValue>();
        for (var start = from; start <= to;)
        {
            var comma = start;
            while (comma < to && Kind(comma) != AccessTokenKind.Comma)
            {
                comma = Skip(comma) + 1;
            }

            if (values.Count == MaxRows || !Value(start, comma, out var value))
            {
                return null;
            }

            values.Add(value);
            start = comma + 1;
        }

        return values;
    }

    // One plain value: a literal with a sign, a parameter, NULL, with casts or parentheses around it.
    private bool Value(int from, int to, out SqlValue value)
    {
        value = default;
        while (from < to && Kind(from) == AccessTokenKind.Open && _tokens[from].Index == to - 1)
        {
            from++;
            to--;
        }

        if (Word(from) == AccessWord.Cast && Kind(from + 1) == AccessTokenKind.Open && _tokens[from + 1].Index == to - 1)
        {
            from += 2;
            for (var i = from; i < to; i++)
            {
                if (Word(i) == AccessWord.As)
                {
                    to = i;
                    break;
                }
            }
        }

        var negative = Kind(from) == AccessTokenKind.Minus;
        var at = negative ? from + 1 : from;

        // an introducer: _utf8mb4'...'
        at += IsMySql && Kind(at) == AccessTokenKind.Word && Kind(at + 1) == AccessTokenKind.Literal && at + 1 < to && Word(at) == AccessWord.None ? 1 : 0;
        if (at >= to || (at + 1 < to && !IsCast(at + 1, to)))
        {
            return false;
        }

        ref readonly var token = ref _tokens[at];
        value = (token.Kind, token.Word) switch
        {
            (AccessTokenKind.Literal, _) => new SqlValue(negative ? SqlValueKind.NegativeLiteral : SqlValueKind.Literal, token.Index),
            (AccessTokenKind.Parameter, _) when !negative => new SqlValue(SqlValueKind.Parameter, token.Index),
            (_, AccessWord.Null) when !negative => new SqlValue(SqlValueKind.Null),
            (_, AccessWord.Default) when !negative => new SqlValue(SqlValueKind.Default),
            _ => default,
        };
        return value.Kind != SqlValueKind.Unknown;
    }

    // ::type, ::type(n), ::schema.type[] up to the end
    private bool IsCast(int from, int to)
    {
        if (Kind(from) != AccessTokenKind.Cast)
        {
            return false;
        }

        for (var i = from; i < to; i = Skip(i) + 1)
        {
            if (Kind(i) is not (AccessTokenKind.Cast or AccessTokenKind.Word or AccessTokenKind.QuotedName or AccessTokenKind.Dot or AccessTokenKind.Open
                or AccessTokenKind.OpenBracket or AccessTokenKind.CloseBracket))
            {
                return false;
            }
        }

        return true;
    }
}
