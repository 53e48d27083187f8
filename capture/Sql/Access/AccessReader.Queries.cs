namespace Replay.Sql;

/// <content>Queries: WITH, FROM, locking clauses, and what stands in parentheses.</content>
public sealed partial class AccessReader
{
    // from is at SELECT, VALUES, TABLE or a parenthesis.
    private bool Query(ReadOnlySpan<byte> sql, int from, int to)
    {
        var first = _statement.List.Count;
        TableAccess? only = null;
        var items = 0;
        for (var i = from; i < to; i++)
        {
            switch (Word(i))
            {
                case AccessWord.From when Word(i - 1) != AccessWord.Distinct || i - 1 == from + 1:
                case AccessWord.Table when i == from || Word(i - 1) is AccessWord.Union or AccessWord.Except or AccessWord.Intersect or AccessWord.All:
                    i = FromList(sql, i + 1, to, ref only, ref items);
                    break;
                case AccessWord.Where:
                    i = Conditions(sql, i + 1, to, items == 1 ? only : null, mustQualify: false);
                    break;
                case AccessWord.Union or AccessWord.Except or AccessWord.Intersect:
                    only = null;
                    items = 0;
                    break;
                case AccessWord.Limit or AccessWord.Offset or AccessWord.Fetch when only != null:
                    only.Looks = null; // not by the condition alone
                    i = Element(sql, i, first);
                    break;
                case AccessWord.Into when i > from:
                    Into(sql, ref i);
                    break;
                case AccessWord.Join or AccessWord.Straight_Join when items > 0:
                    return false; // what came before it was not understood
                default:
                    i = Element(sql, i, first);
                    break;
            }

            if (i < 0)
            {
                return false;
            }
        }

        return true;
    }

    // Locking clauses, groups and calls; returns the last token of it, or -1.
    private int Element(ReadOnlySpan<byte> sql, int i, int first)
    {
        switch (Word(i))
        {
            case AccessWord.For when Word(i + 1) is AccessWord.Update or AccessWord.Share or AccessWord.Key or AccessWord.No:
                Lock(i + 1, first);
                return i + 1;
            case AccessWord.Lock when Word(i + 1) == AccessWord.In:
                LockTables(first, TableUse.LockShared, leavesKey: false);
                return i + 1;
            case AccessWord.NoWait or AccessWord.Wait:
                _statement.Flags |= AccessFlags.NoWait;
                return i;
            case AccessWord.Locked when Word(i - 1) == AccessWord.Skip:
                _statement.Flags |= AccessFlags.SkipLocked;
                return i;
            case AccessWord.Returning:
                _statement.Flags |= AccessFlags.Returning;
                return i;
        }

        return Kind(i) == AccessTokenKind.Open ? (Group(sql, i) ? _tokens[i].Index : -1) : IsCall(i) && !Function(sql, i) ? -1 : i;
    }

    private void Lock(int i, int first)
    {
        var leavesKey = Word(i) is AccessWord.Key or AccessWord.No;
        LockTables(first, Word(i) is AccessWord.Share or AccessWord.Key ? TableUse.LockShared : TableUse.LockExclusive, leavesKey);
    }

    private void LockTables(int first, TableUse use, bool leavesKey)
    {
        for (var t = first; t < _statement.List.Count; t++)
        {
            var table = _statement.List[t];
            if (table.Use == TableUse.Read || (table.Use == TableUse.LockShared && use == TableUse.LockExclusive))
            {
                table.Use = use;
                table.LeavesKey = leavesKey;
            }
        }
    }

    // PostgreSQL: SELECT INTO makes a table. MySQL: files and variables.
    private void Into(ReadOnlySpan<byte> sql, ref int i)
    {
        if (IsMySql)
        {
            return;
        }

        _statement.Verb = AccessVerb.Ddl;
        _statement.Flags |= Word(i + 1) is AccessWord.Temp or AccessWord.Temporary ? AccessFlags.Temporary : AccessFlags.None;
        while (Word(i + 1) is AccessWord.Temp or AccessWord.Temporary or AccessWord.Unlogged or AccessWord.Table)
        {
            i++;
        }

        var at = i + 1;
        if (TableName(sql, ref at, TableUse.Whole) is { } table && Add(table))
        {
            i = at - 1;
        }
    }

    private bool With(ReadOnlySpan<byte> sql, int from, int to, bool isTop)
    {
        var known = _ctes.Count;
        var i = from + 1;
        var recursive = Word(i) == AccessWord.Recursive;
        i += recursive ? 1 : 0;
        while (true)
        {
            if (!IsName(i) || _ctes.Count == MaxNames)
            {
                return false;
            }

            var name = Name(sql, i, isColumn: true);
            i = Kind(i + 1) == AccessTokenKind.Open ? _tokens[i + 1].Index + 1 : i + 1;
            i += Word(i) == AccessWord.As ? 1 : to;
            while (Word(i) is AccessWord.Not or AccessWord.Materialized)
            {
                i++;
            }

            if (i >= to || Kind(i) != AccessTokenKind.Open)
            {
                return false;
            }

            // Without RECURSIVE the name inside its own body is a table's.
            if (recursive)
            {
                _ctes.Add(name);
            }

            if (_tokens[i].Index == i + 1 || !Statement(sql, i + 1, _tokens[i].Index, isTop: false))
            {
                return false;
            }

            if (!recursive)
            {
                _ctes.Add(name);
            }

            i = _tokens[i].Index + 1;
            if (Kind(i) != AccessTokenKind.Comma)
            {
                break;
            }

            i++;
        }

        var understood = i < to && Statement(sql, i, to, isTop);
        _ctes.RemoveRange(known, _ctes.Count - known);
        return understood;
    }

    // What stands in the parentheses that open at i, wherever that is in an expression.
    private bool Group(ReadOnlySpan<byte> sql, int open)
    {
        var close = _tokens[open].Index;
        if (Word(open + 1) is AccessWord.Select or AccessWord.Table || (Word(open + 1) == AccessWord.Values && Kind(open + 2) == AccessTokenKind.Open && !IsMySql))
        {
            return Query(sql, open + 1, close);
        }

        return Word(open + 1) == AccessWord.With ? With(sql, open + 1, close, isTop: false) : Expression(sql, open + 1, close);
    }

    private bool Expression(ReadOnlySpan<byte> sql, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (Kind(i) == AccessTokenKind.Open)
            {
                if (!Group(sql, i))
                {
                    return false;
                }

                i = _tokens[i].Index;
            }
            else if (Word(i) is AccessWord.Union or AccessWord.Except or AccessWord.Intersect && from < i && Word(i + 1) is AccessWord.Select or AccessWord.All)
            {
                return Query(sql, i, to); // ((SELECT ...) UNION SELECT ...)
            }
            else if (IsCall(i) && !Function(sql, i))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsCall(int i) => Kind(i + 1) == AccessTokenKind.Open && IsName(i) && Word(i) == AccessWord.None;

    // False if there are too many.
    private bool Function(ReadOnlySpan<byte> sql, int i)
    {
        var name = Name(sql, i, isColumn: true);
        if (name.StartsWith("pg_try_advisory", StringComparison.Ordinal))
        {
            _statement.Flags |= AccessFlags.TryLock;
        }
        else if ((name.StartsWith("pg_advisory", StringComparison.Ordinal) && !name.Contains("unlock", StringComparison.Ordinal)) || name is "get_lock")
        {
            _statement.Flags |= AccessFlags.AdvisoryLock;
        }

        if (_statement.FunctionList.Contains(name))
        {
            return true;
        }

        _statement.FunctionList.Add(name);
        return _statement.FunctionList.Count <= MaxNames;
    }

    private bool IsCte(ReadOnlySpan<byte> sql, int i) => _ctes.Count > 0 && _ctes.Contains(Name(sql, i, isColumn: true));
}
