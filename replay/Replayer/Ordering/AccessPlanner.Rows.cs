using Replay.Sql;

namespace Replay.Replayer;

/// <content>Rows that are added.</content>
internal sealed partial class AccessPlanner
{
    private void Insert(AccessPlan plan, TableAccess access, TableRule rule)
    {
        if (rule.Table == null)
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
            return;
        }

        var meetsKey = false;
        for (var k = 0; k < rule.Keys.Count; k++)
        {
            meetsKey |= InsertKey(plan, access, rule, k, OrderAccessKind.KeyInsert);
        }

        if (rule.HasKeys && !meetsKey)
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Append));
        }
        else if (!rule.HasKeys)
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
        }

        Free(plan, rule, OrderAccessKind.KeyShared);
        InsertReferences(plan, access, rule);
    }

    private void Upsert(AccessPlan plan, TableAccess access, TableRule rule)
    {
        // The row that is there already is known by the key that it collides with: the first, if there is no other or the text says so.
        var byFirst = rule.Keys.Count == 1 || (rule.Keys.Count > 1 && access.ConflictColumns is { } named && named.Count == rule.Keys[0].Count && named.All(c => rule.Keys[0].Contains(c, StringComparer.OrdinalIgnoreCase)));
        if (!byFirst || !InsertKey(plan, access, rule, 0, OrderAccessKind.KeyExclusive))
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
        }
        else
        {
            for (var k = 1; k < rule.Keys.Count; k++)
            {
                InsertKey(plan, access, rule, k, OrderAccessKind.KeyInsert);
            }

            Free(plan, rule, OrderAccessKind.KeyExclusive);
        }

        // What is set beside what is inserted.
        if (access.Set is not { Count: 0 })
        {
            var changes = access.Set == null || rule.Keys.Any(key => key.Any(c => Values(access.Set, c) != null)) || (rule.Table?.ForeignKeys ?? []).Any(f => f.Columns.Any(c => Values(access.Set, c) != null));
            if (changes && access.Rows != null && access.Set != null && rule.Keys.Count == 1 && !(rule.Table?.ForeignKeys ?? []).Any())
            {
                changes = rule.Keys[0].Any(c => Values(access.Set, c) is { } set && set[0].Kind != SqlValueKind.Unknown);
            }

            if (changes)
            {
                plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
            }
        }

        InsertReferences(plan, access, rule);
        if (access.Replaces)
        {
            Cascade(plan, rule, [], 0);
        }
    }

    // Which of the rows that it finds it changes or deletes is decided by what it sees at its start, as by a condition; what it adds may have any key.
    private void Merge(AccessPlan plan, TableRule rule)
    {
        plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Predicate));
        plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
        Cascade(plan, rule, [], 0);
        References(plan, rule, _ => null, _ => true);
    }

    // Whether the rows meet others by this key.
    private static bool InsertKey(AccessPlan plan, TableAccess access, TableRule rule, int key, OrderAccessKind kind)
    {
        var columns = rule.Keys[key];
        if (access.Rows == null)
        {
            // INSERT ... SELECT, COPY: the server makes the key if no column of it is named.
            var isMade = access.Columns != null && columns[0] != CatalogTable.Condition && columns.Any(c => rule.Column(c)?.IsGenerated == true && !access.Columns.Contains(c, StringComparer.OrdinalIgnoreCase));
            if (!isMade)
            {
                plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Barrier));
            }

            return !isMade;
        }

        var meets = false;
        foreach (var row in access.Rows)
        {
            if (IsMade(access, rule, columns, row))
            {
                continue;
            }

            meets = true;
            Keyed(plan, rule, key, kind, OrderAccessKind.Barrier, c => RowValue(access, rule, row, c) is { } value ? [value] : null);
        }

        return meets;
    }

    // Whether a value of the key is one that the server makes and no other row has, or NULL, which equals nothing.
    private static bool IsMade(TableAccess access, TableRule rule, IReadOnlyList<string> key, IReadOnlyList<SqlValue> row) =>
        key[0] != CatalogTable.Condition && key.Any(c => Given(access, rule, row, c).Kind == SqlValueKind.Null || (Given(access, rule, row, c).Kind == SqlValueKind.Default && rule.Column(c)?.IsGenerated == true));

    // The value that the row gives a column, or what the server takes where it gives none.
    private static SqlValue Given(TableAccess access, TableRule rule, IReadOnlyList<SqlValue> row, string column)
    {
        var value = RowValue(access, rule, row, column) ?? new SqlValue(SqlValueKind.Default);
        return value.Kind == SqlValueKind.Default && rule.Column(column) is { IsGenerated: false, HasDefault: false } ? new SqlValue(SqlValueKind.Null) : value;
    }

    // Null: the row does not name the column.
    private static SqlValue? RowValue(TableAccess access, TableRule rule, IReadOnlyList<SqlValue> row, string column)
    {
        for (var i = 0; i < row.Count; i++)
        {
            var name = access.Columns == null ? rule.Table?.Columns.ElementAtOrDefault(i)?.Name : access.Columns.ElementAtOrDefault(i);
            if (string.Equals(name, column, StringComparison.OrdinalIgnoreCase))
            {
                return row[i];
            }
        }

        return null;
    }

    private void InsertReferences(AccessPlan plan, TableAccess access, TableRule rule)
    {
        if (access.Rows == null)
        {
            References(plan, rule, _ => null, _ => true);
            return;
        }

        foreach (var row in access.Rows)
        {
            References(plan, rule, c => [Given(access, rule, row, c)], _ => true);
        }
    }

    // The rows that foreign keys refer to are locked shared.
    private void References(AccessPlan plan, TableRule rule, Func<string, IReadOnlyList<SqlValue>?> values, Func<CatalogForeignKey, bool> applies)
    {
        foreach (var key in rule.Table?.ForeignKeys ?? [])
        {
            if (!applies(key))
            {
                continue;
            }

            var parent = catalog.Find(key.Schema, key.Table);
            if (parent == null)
            {
                plan.Everything();
                continue;
            }

            var given = key.Columns.Select(values).ToList();
            if (given.Exists(g => g is [{ Kind: SqlValueKind.Null }]))
            {
                continue; // NULL refers to nothing
            }

            // By the parent's first key, its columns in whatever order the foreign key names them.
            var isFirst = parent.Keys.Count > 0 && parent.Keys[0].Count == key.References.Count && parent.Keys[0].All(c => key.References.Contains(c, StringComparer.OrdinalIgnoreCase));
            if (isFirst)
            {
                Keyed(plan, parent, 0, OrderAccessKind.KeyShared, OrderAccessKind.AllShared, c => given[IndexOf(key.References, c)]);
            }
            else
            {
                plan.Add(new OrderAccess(parent.Number, OrderAccessKind.AllShared));
            }
        }
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
