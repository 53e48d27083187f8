namespace Replay.Sql;

/// <content>INSERT, UPDATE, DELETE, MERGE.</content>
public sealed partial class AccessReader
{
    private bool Insert(ReadOnlySpan<byte> sql, int from, int to)
    {
        var i = from + 1;
        var ignores = false;
        for (; Word(i) is AccessWord.Low_Priority or AccessWord.High_Priority or AccessWord.Delayed or AccessWord.Ignore or AccessWord.Into; i++)
        {
            ignores |= Word(i) == AccessWord.Ignore;
        }

        if (TableName(sql, ref i, Word(from) == AccessWord.Replace ? TableUse.Upsert : TableUse.Insert, withAlias: false) is not { } table || !Add(table))
        {
            return false;
        }

        table.IgnoresConflicts = ignores;
        table.Replaces = table.Use == TableUse.Upsert;
        table.Set = table.Replaces ? [] : null; // it sets nothing beside its rows
        if (Word(i) == AccessWord.Partition && Kind(i + 1) == AccessTokenKind.Open)
        {
            i = _tokens[i + 1].Index + 1;
        }

        i += Word(i) == AccessWord.As ? 2 : 0;
        if (Kind(i) == AccessTokenKind.Open && Word(i + 1) is not (AccessWord.Select or AccessWord.With or AccessWord.Values or AccessWord.Table) && Kind(i + 1) != AccessTokenKind.Open)
        {
            table.Columns = Names(sql, i);
            if (table.Columns == null)
            {
                return false;
            }

            i = _tokens[i].Index + 1;
        }

        while (Word(i) == AccessWord.Overriding || Is(sql, i, "system"u8) || Is(sql, i, "user"u8) || (Word(i) == AccessWord.Value && Word(i + 1) != AccessWord.None))
        {
            i++;
        }

        i = Source(sql, i, to, table);
        return i >= 0 && AfterRows(sql, i, to, table);
    }

    // VALUES, SET, DEFAULT VALUES or a query; returns what follows it, or -1.
    private int Source(ReadOnlySpan<byte> sql, int i, int to, TableAccess table)
    {
        switch (Word(i))
        {
            case AccessWord.Default when Word(i + 1) == AccessWord.Values:
                table.Columns = [];
                table.Rows = [[]];
                return i + 2;
            case AccessWord.Values or AccessWord.Value:
                return Rows(sql, i + 1, to, table);
            case AccessWord.Set:
                var set = new List<ColumnValues>();
                i = Assignments(sql, i + 1, to, set, out var isKnown);
                table.Columns = [.. set.Select(s => s.Column)];
                table.Rows = isKnown ? [[.. set.Select(s => s.Values[0])]] : null;
                return i;
        }

        var end = i;
        while (end < to && Word(end) != AccessWord.Returning && !(Word(end) == AccessWord.On && Word(end + 1) is AccessWord.Conflict or AccessWord.Duplicate))
        {
            end = Skip(end) + 1;
        }

        return end > i && Statement(sql, i, end, isTop: false) ? end : -1;
    }

    private int Rows(ReadOnlySpan<byte> sql, int i, int to, TableAccess table)
    {
        var rows = new List<IReadOnlyList<SqlValue>>();
        for (; i < to; i++)
        {
            i += Word(i) == AccessWord.Row ? 1 : 0;
            if (Kind(i) != AccessTokenKind.Open || !Expression(sql, i + 1, _tokens[i].Index))
            {
                return -1;
            }

            if (rows.Count <= MaxRows)
            {
                rows.Add(rows.Count < MaxRows ? RowValues(i + 1, _tokens[i].Index) : []);
            }

            i = _tokens[i].Index + 1;
            if (Kind(i) != AccessTokenKind.Comma || i >= to)
            {
                break;
            }
        }

        table.Rows = rows.Count <= MaxRows ? rows : null;
        return i;
    }

    private List<SqlValue> RowValues(int from, int to)
    {
        var row = new List<SqlValue>();
        for (var start = from; start < to;)
        {
            var comma = start;
            while (comma < to && Kind(comma) != AccessTokenKind.Comma)
            {
                comma = Skip(comma) + 1;
            }

            row.Add(Value(start, comma, out var value) ? value : default);
            start = comma + 1;
        }

        return row;
    }

    private bool AfterRows(ReadOnlySpan<byte> sql, int i, int to, TableAccess table)
    {
        i = Alias(sql, i, out _) + 1; // MySQL: AS new (a, b)
        if (Word(i) == AccessWord.On && Word(i + 1) == AccessWord.Duplicate)
        {
            table.Use = TableUse.Upsert;
            i = Assign(sql, i + 4, to, table);
        }
        else if (Word(i) == AccessWord.On && Word(i + 1) == AccessWord.Conflict)
        {
            i = Conflict(sql, i + 2, to, table);
        }

        return i >= 0 && Rest(sql, i, to);
    }

    private int Conflict(ReadOnlySpan<byte> sql, int i, int to, TableAccess table)
    {
        if (Kind(i) == AccessTokenKind.Open)
        {
            table.ConflictColumns = Names(sql, i);
            i = _tokens[i].Index + 1;
        }

        for (; i < to && Word(i) != AccessWord.Do; i = Skip(i) + 1)
        {
            // ON CONSTRAINT name, or the condition of a partial index
        }

        if (Word(i + 1) == AccessWord.Nothing)
        {
            table.IgnoresConflicts = true;
            return i + 2;
        }

        if (Word(i + 1) != AccessWord.Update || Word(i + 2) != AccessWord.Set)
        {
            return -1;
        }

        table.Use = TableUse.Upsert;
        return Assign(sql, i + 3, to, table);
    }

    private int Assign(ReadOnlySpan<byte> sql, int i, int to, TableAccess table)
    {
        var set = new List<ColumnValues>();
        i = Assignments(sql, i, to, set, out var isKnown);
        table.Set = isKnown ? set : null;
        return i;
    }

    // a = 1, b = b + 1 up to the clause that ends it; returns where that begins, or -1.
    private int Assignments(ReadOnlySpan<byte> sql, int from, int to, List<ColumnValues> set, out bool isKnown)
    {
        isKnown = true;
        var start = from;
        for (var i = from; ; i++)
        {
            var ends = i >= to || EndsConditions(i);
            if (ends || Kind(i) == AccessTokenKind.Comma)
            {
                isKnown &= Assignment(sql, start, i, set);
                start = i + 1;
            }

            if (ends)
            {
                return i;
            }

            i = Element(sql, i, int.MaxValue);
            if (i < 0)
            {
                return -1;
            }
        }
    }

    private bool Assignment(ReadOnlySpan<byte> sql, int from, int to, List<ColumnValues> set)
    {
        var equals = from;
        while (equals < to && Kind(equals) != AccessTokenKind.Equals)
        {
            equals++;
        }

        if (equals >= to || equals == from || !IsName(equals - 1) || equals - from is not (1 or 3 or 5))
        {
            return false;
        }

        var column = Name(sql, equals - 1, isColumn: true);
        set.Add(new ColumnValues(column, [Value(equals + 1, to, out var value) ? value : default]) { Step = Step(sql, equals + 1, to, column) });
        return true;
    }

    private List<string>? Names(ReadOnlySpan<byte> sql, int open)
    {
        var names = new List<string>();
        for (var i = open + 1; i < _tokens[open].Index; i += 2)
        {
            if (!IsName(i) || Kind(i + 1) is not (AccessTokenKind.Comma or AccessTokenKind.Close))
            {
                return null;
            }

            names.Add(Name(sql, i, isColumn: true));
        }

        return names;
    }

    private bool Update(ReadOnlySpan<byte> sql, int from, int to)
    {
        var first = _statement.List.Count;
        var i = from + 1;
        while (Word(i) is AccessWord.Low_Priority or AccessWord.Ignore)
        {
            i++;
        }

        TableAccess? target = null;
        var items = 0;
        i = FromList(sql, i, to, ref target, ref items) + 1;
        if (i <= 0 || Word(i) != AccessWord.Set)
        {
            return false;
        }

        var set = new List<ColumnValues>();
        i = Assignments(sql, i + 1, to, set, out var isKnown);
        if (i < 0)
        {
            return false;
        }

        if (items != 1)
        {
            return WriteAll(first, TableUse.Update) && Rest(sql, i, to);
        }

        target!.Use = TableUse.Update;
        target.Set = isKnown ? set : null;
        return Changed(sql, i, to, target, AccessWord.From);
    }

    private bool Delete(ReadOnlySpan<byte> sql, int from, int to)
    {
        var first = _statement.List.Count;
        var i = from + 1;
        while (Word(i) is AccessWord.Low_Priority or AccessWord.Quick or AccessWord.Ignore)
        {
            i++;
        }

        TableAccess? target = null;
        var items = 0;
        if (Word(i) != AccessWord.From)
        {
            // MySQL: DELETE a, b FROM a JOIN b ...
            while (i < to && Word(i) != AccessWord.From)
            {
                i++;
            }

            i = IsMySql && i < to ? FromList(sql, i + 1, to, ref target, ref items) + 1 : 0;
            return i > 0 && WriteAll(first, TableUse.Delete) && Rest(sql, i, to);
        }

        i += Word(i + 1) == AccessWord.Only ? 2 : 1;
        target = TableName(sql, ref i, TableUse.Delete);
        if (target == null || !Add(target))
        {
            return false;
        }

        if (Word(i) == AccessWord.Partition && Kind(i + 1) == AccessTokenKind.Open)
        {
            i = _tokens[i + 1].Index + 1;
        }

        if (IsMySql && (Word(i) == AccessWord.Using || Kind(i) == AccessTokenKind.Comma))
        {
            i = FromList(sql, i + 1, to, ref target, ref items) + 1;
            return i > 0 && WriteAll(first, TableUse.Delete) && Rest(sql, i, to);
        }

        return Changed(sql, i, to, target, AccessWord.Using);
    }

    // [FROM or USING others] [WHERE ...] and the rest of an UPDATE or DELETE of one table.
    private bool Changed(ReadOnlySpan<byte> sql, int i, int to, TableAccess target, AccessWord others)
    {
        var hasOthers = i < to && Word(i) == others;
        if (hasOthers)
        {
            TableAccess? other = null;
            var items = 0;
            i = FromList(sql, i + 1, to, ref other, ref items) + 1;
        }

        target.Looks = hasOthers ? null : [];
        if (i > 0 && i < to && Word(i) == AccessWord.Where)
        {
            i = Conditions(sql, i + 1, to, target, hasOthers) + 1;
        }

        target.Returning = Returned(sql, i, to, target);
        return i > 0 && Rest(sql, i, to);
    }

    private bool WriteAll(int first, TableUse use)
    {
        for (var t = first; t < _statement.List.Count; t++)
        {
            _statement.List[t].Use = use;
        }

        return true;
    }

    private bool Merge(ReadOnlySpan<byte> sql, int from, int to)
    {
        var i = from + 1;
        i += Word(i) == AccessWord.Into ? 1 : 0;
        i += Word(i) == AccessWord.Only ? 1 : 0;
        if (TableName(sql, ref i, TableUse.Upsert) is not { } table || !Add(table) || Word(i) != AccessWord.Using)
        {
            return false;
        }

        TableAccess? source = null;
        var items = 0;
        i = FromList(sql, i + 1, to, ref source, ref items) + 1;
        return i > 0 && Rest(sql, i, to);
    }

    // WHERE, ORDER BY, LIMIT, RETURNING: only what is nested in them matters here.
    private bool Rest(ReadOnlySpan<byte> sql, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (Word(i) is AccessWord.Join or AccessWord.Straight_Join)
            {
                return false;
            }

            i = Element(sql, i, int.MaxValue);
            if (i < 0)
            {
                return false;
            }
        }

        return true;
    }
}
