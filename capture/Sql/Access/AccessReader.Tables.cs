namespace Replay.Sql;

/// <content>Tables: names, FROM, and statements about tables as a whole.</content>
public sealed partial class AccessReader
{
    // Reads a list of tables and joins up to the clause that ends it; returns the last token of it, or -1. Counts what it found: 2 for what is no plain table.
    private int FromList(ReadOnlySpan<byte> sql, int from, int to, ref TableAccess? only, ref int items)
    {
        var expectsItem = true;
        for (var i = from; i < to; i++)
        {
            if (expectsItem)
            {
                if (Word(i) is AccessWord.Lateral or AccessWord.Only)
                {
                    continue;
                }

                i = FromItem(sql, i, ref only, ref items);
                if (i < 0 || i >= to)
                {
                    return -1;
                }

                expectsItem = false;
                continue;
            }

            switch (Word(i))
            {
                case AccessWord.Join or AccessWord.Straight_Join:
                    expectsItem = true;
                    break;
                case AccessWord.For when Word(i - 1) is AccessWord.Index or AccessWord.Key:
                    i++; // USE INDEX FOR JOIN (...)
                    break;
                case AccessWord.Where or AccessWord.Group or AccessWord.Having or AccessWord.Order or AccessWord.Limit or AccessWord.Offset or AccessWord.Window
                    or AccessWord.For or AccessWord.Union or AccessWord.Except or AccessWord.Intersect or AccessWord.Returning or AccessWord.Set
                    or AccessWord.Into or AccessWord.Lock or AccessWord.Fetch or AccessWord.When:
                    return i - 1;
                default:
                    expectsItem = Kind(i) == AccessTokenKind.Comma;
                    i = expectsItem ? i : Element(sql, i, int.MaxValue);
                    if (i < 0)
                    {
                        return -1;
                    }

                    break;
            }
        }

        return expectsItem ? -1 : to - 1;
    }

    // A table, a function or a group with its alias; returns its last token, or -1.
    private int FromItem(ReadOnlySpan<byte> sql, int i, ref TableAccess? only, ref int items)
    {
        if (Kind(i) == AccessTokenKind.Open)
        {
            items += 2;
            return FromGroup(sql, i) ? Alias(sql, _tokens[i].Index + 1, out _) : -1;
        }

        var name = i;
        if (Kind(i + 1) != AccessTokenKind.Dot && IsName(i) && IsCte(sql, i))
        {
            items += 2;
            return Alias(sql, i + 1, out _);
        }

        if (TableName(sql, ref i, TableUse.Read) is not { } table)
        {
            return -1;
        }

        if (Kind(i) == AccessTokenKind.Open && Word(i - 1) == AccessWord.None)
        {
            items += 2; // a function
            return Function(sql, i - 1) && Group(sql, i) ? Alias(sql, _tokens[i].Index + 1, out _) : -1;
        }

        if (IsClause(Word(name)))
        {
            return -1;
        }

        only = table;
        items++;
        return Add(table) ? i - 1 : -1;
    }

    // (a JOIN b ...), (SELECT ...), ((SELECT ...) UNION ...)
    private bool FromGroup(ReadOnlySpan<byte> sql, int open)
    {
        var close = _tokens[open].Index;
        var first = open + 1;
        while (Kind(first) == AccessTokenKind.Open)
        {
            first++;
        }

        var after = Skip(open + 1) + 1;
        var isQuery = Word(first) is AccessWord.Select or AccessWord.With or AccessWord.Values or AccessWord.Table
            && (first == open + 1 || after == close || Word(after) is AccessWord.Union or AccessWord.Except or AccessWord.Intersect or AccessWord.Order or AccessWord.Limit);
        if (isQuery)
        {
            return Word(open + 1) == AccessWord.With ? With(sql, open + 1, close, isTop: false) : Query(sql, open + 1, close);
        }

        TableAccess? only = null;
        var items = 0;
        return FromList(sql, open + 1, close, ref only, ref items) == close - 1;
    }

    // name, schema.name, database.schema.name; moves i behind it and its alias. Null: no name.
    private TableAccess? TableName(ReadOnlySpan<byte> sql, ref int i, TableUse use, bool withAlias = true)
    {
        var last = i;
        while (IsName(last) && Kind(last + 1) == AccessTokenKind.Dot && IsName(last + 2))
        {
            last += 2;
        }

        if (!IsName(last) || last - i > 4)
        {
            return null;
        }

        var schema = last > i ? Name(sql, last - 2, isColumn: false) : null;
        var name = Name(sql, last, isColumn: false);
        i = last + 1;
        var alias = "";
        if (withAlias && Kind(i) != AccessTokenKind.Open && use != TableUse.Whole)
        {
            i += Kind(i) == AccessTokenKind.Operator ? 1 : 0; // PostgreSQL's t *
            i = Alias(sql, i, out alias) + 1;
        }

        return new TableAccess { Schema = schema, Name = name, Use = use, Alias = alias };
    }

    // [AS] alias [(columns)]; returns the last token of it, i - 1 if there is none.
    private int Alias(ReadOnlySpan<byte> sql, int i, out string alias)
    {
        alias = "";
        var hasAs = Word(i) == AccessWord.As;
        var at = hasAs ? i + 1 : i;
        if (!IsName(at) || (!hasAs && Word(at) != AccessWord.None))
        {
            return i - 1;
        }

        alias = Name(sql, at, isColumn: true);
        return hasAs || Kind(at + 1) == AccessTokenKind.Open ? Skip(at + 1) == at + 1 ? at : Skip(at + 1) : at;
    }

    private static bool IsClause(AccessWord word) => word is AccessWord.Where or AccessWord.Set or AccessWord.Select or AccessWord.From or AccessWord.On
        or AccessWord.Values or AccessWord.Group or AccessWord.Order or AccessWord.Union or AccessWord.Join or AccessWord.Using;

    private bool Add(TableAccess table)
    {
        _statement.List.Add(table);
        return _statement.List.Count <= MaxTables;
    }

    private bool WholeTables(ReadOnlySpan<byte> sql, int from, int to)
    {
        var i = from;
        while (Word(i) is AccessWord.Table or AccessWord.Tables)
        {
            i++;
        }

        while (true)
        {
            i += Word(i) == AccessWord.Only ? 1 : 0;
            if (i >= to || TableName(sql, ref i, TableUse.Whole) is not { } table || !Add(table))
            {
                return false;
            }

            for (; i < to && Kind(i) != AccessTokenKind.Comma; i++)
            {
                _statement.Flags |= Word(i) switch
                {
                    AccessWord.NoWait or AccessWord.Wait => AccessFlags.NoWait,
                    AccessWord.Cascade => AccessFlags.Cascade,
                    _ => AccessFlags.None,
                };
            }

            if (i >= to)
            {
                return true;
            }

            i++;
        }
    }

    private bool Copy(ReadOnlySpan<byte> sql, int from, int to)
    {
        if (Kind(from + 1) == AccessTokenKind.Open)
        {
            _statement.Verb = AccessVerb.Select;
            return Statement(sql, from + 2, _tokens[from + 1].Index, isTop: true);
        }

        var i = from + 1;
        if (TableName(sql, ref i, TableUse.Whole) is not { } table)
        {
            return false;
        }

        i = Kind(i) == AccessTokenKind.Open ? _tokens[i].Index + 1 : i;
        table.Use = Word(i) == AccessWord.From ? TableUse.Insert : TableUse.Read;
        _statement.Verb = table.Use == TableUse.Insert ? AccessVerb.Insert : AccessVerb.Select;
        return i < to && Word(i) is AccessWord.From or AccessWord.To && Add(table);
    }

    private bool Load(ReadOnlySpan<byte> sql, int from, int to)
    {
        _statement.Verb = AccessVerb.Insert;
        for (var i = from + 1; i + 2 < to; i++)
        {
            if (Word(i) == AccessWord.Into && Word(i + 1) == AccessWord.Table)
            {
                i += 2;
                return TableName(sql, ref i, TableUse.Whole) is { } table && Add(Inserted(table));
            }
        }

        return false;

        static TableAccess Inserted(TableAccess table)
        {
            table.Use = TableUse.Insert;
            return table;
        }
    }

    private bool Ddl(ReadOnlySpan<byte> sql, int from, int to)
    {
        _statement.Verb = AccessVerb.Ddl;
        var creates = Word(from) == AccessWord.Create;
        var changesKeys = !creates;
        for (var i = from + 1; i < to; i++)
        {
            switch (Word(i))
            {
                case AccessWord.Temp or AccessWord.Temporary when i < from + 5:
                    _statement.Flags |= AccessFlags.Temporary;
                    break;
                case AccessWord.Unique or AccessWord.Trigger or AccessWord.Rule or AccessWord.Function or AccessWord.Procedure when i < from + 5:
                    changesKeys = true;
                    break;
                case AccessWord.Cascade:
                    _statement.Flags |= AccessFlags.Cascade;
                    break;
                case AccessWord.Index when !IsMySql && i < from + 3:
                    i = DdlIndexes(sql, i + 1, to) - 1;
                    break;
                case AccessWord.Concurrently when !IsMySql:
                    _statement.Flags |= AccessFlags.Concurrently;
                    break;
                case AccessWord.Table when i < from + 6 && _statement.List.Count == 0:
                case AccessWord.On when _statement.List.Count == 0:
                    i = DdlTables(sql, i + 1, to) - 1;
                    break;
                case AccessWord.Select or AccessWord.With when (_statement.Flags & AccessFlags.Temporary) != 0 && Word(i - 1) == AccessWord.As:
                    return Word(i) == AccessWord.With ? With(sql, i, to, isTop: false) : Query(sql, i, to);
            }
        }

        _statement.Flags |= changesKeys ? AccessFlags.ChangesKeys : AccessFlags.None;
        return true;
    }

    private int DdlIndexes(ReadOnlySpan<byte> sql, int i, int to)
    {
        if (Word(i) == AccessWord.Concurrently)
        {
            _statement.Flags |= AccessFlags.Concurrently;
            i++;
        }

        while (Word(i) is AccessWord.If or AccessWord.Not or AccessWord.Exists)
        {
            i++;
        }

        while (i < to && Word(i) != AccessWord.On && TableName(sql, ref i, TableUse.Whole) is { } index)
        {
            _statement.IndexList.Add(index);
            if (Kind(i) != AccessTokenKind.Comma)
            {
                break;
            }

            i++;
        }

        return i;
    }

    private int DdlTables(ReadOnlySpan<byte> sql, int i, int to)
    {
        while (Word(i) is AccessWord.If or AccessWord.Not or AccessWord.Exists or AccessWord.Only)
        {
            i++;
        }

        while (i < to && TableName(sql, ref i, TableUse.Whole) is { } table && Add(table) && Kind(i) == AccessTokenKind.Comma)
        {
            i++;
        }

        return i;
    }
}
