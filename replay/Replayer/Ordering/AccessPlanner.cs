using Replay.Sql;

namespace Replay.Replayer;

/// <summary>Joins what a text says with what the catalogue knows.</summary>
internal sealed partial class AccessPlanner(CatalogIndex catalog)
{
    // In tables with more than one unique key, a row that goes frees values of keys that the statement does not name; a row that comes may need them.
    private const ulong FreedKeys = 0x5EED;

    // Without a path nobody knows what names without a schema stand for.
    public AccessPlan Plan(TextAccess text, SearchPath? path)
    {
        var plan = new AccessPlan { Literals = text.Literals, IsElsewhere = catalog.Dialect == SqlDialect.PostgreSql && path != catalog.Paths.Default };
        foreach (var statement in text.Statements)
        {
            Plan(plan, statement, path);
        }

        if (text.HoldsSeveralTransactions)
        {
            plan.Unreproducible = UnreproducibleReason.SeveralTransactions;
        }

        return plan;
    }

    private void Plan(AccessPlan plan, StatementAccess statement, SearchPath? path)
    {
        plan.Control = statement.Control == TransactionControl.None ? plan.Control : statement.Control;
        plan.ConsistentSnapshot |= (statement.Flags & AccessFlags.ConsistentSnapshot) != 0 || (catalog.Dialect == SqlDialect.PostgreSql && statement.Verb == AccessVerb.Select);
        if (statement.Isolation != IsolationLevel.Unspecified)
        {
            plan.Isolation = statement.Isolation;
            plan.IsolationForSession = (statement.Flags & AccessFlags.ForSession) != 0;
        }

        plan.Unreproducible = plan.Unreproducible != UnreproducibleReason.None ? plan.Unreproducible
            : (statement.Flags & AccessFlags.SkipLocked) != 0 ? UnreproducibleReason.SkipLocked
            : (statement.Flags & AccessFlags.NoWait) != 0 ? UnreproducibleReason.NoWait
            : (statement.Flags & AccessFlags.TryLock) != 0 ? UnreproducibleReason.TryLock
            : statement.Control == TransactionControl.TwoPhase ? UnreproducibleReason.TwoPhase
            : UnreproducibleReason.None;
        switch (statement.Verb)
        {
            case AccessVerb.Unknown or AccessVerb.Call:
            case AccessVerb.Transaction when statement.Control == TransactionControl.TwoPhase:
            case AccessVerb.Truncate when (statement.Flags & AccessFlags.Cascade) != 0:
                plan.Everything();
                plan.Writes++;
                return;
            case AccessVerb.Ddl when (statement.Flags & AccessFlags.Temporary) == 0:
                Ddl(plan, statement, path);
                return;
        }

        plan.Writes += statement.WritesOrLocks ? 1 : 0;
        if ((statement.Flags & (AccessFlags.AdvisoryLock | AccessFlags.TryLock)) != 0)
        {
            plan.Add(new OrderAccess(CatalogIndex.AdvisoryLocks, OrderAccessKind.KeyExclusive, 1, ColumnMask.Nothing));
        }

        foreach (var name in statement.Functions)
        {
            if (catalog.Function(name) is { Writes: true } function)
            {
                Touch(plan, plan.IsElsewhere ? function.Elsewhere : function.Touches);
            }
        }

        foreach (var table in statement.Tables)
        {
            Plan(plan, statement, table, path);
        }
    }

    private void Plan(AccessPlan plan, StatementAccess statement, TableAccess access, SearchPath? path)
    {
        if (catalog.View(access.Schema, access.Name, path) is { } view)
        {
            View(plan, statement, access, view);
            return;
        }

        if (catalog.Table(access.Schema, access.Name, path) is not { } rule)
        {
            plan.Everything();
            return;
        }

        if (rule.Table == null && access.Use == TableUse.Whole && (statement.Flags & AccessFlags.Temporary) != 0)
        {
            plan.Temporary.Add(rule);
            return;
        }

        if (rule.IsTemporary)
        {
            return;
        }

        Use(plan, statement, access, rule);
        OtherEnds(plan, statement, access, rule);
    }

    private void Use(AccessPlan plan, StatementAccess statement, TableAccess access, TableRule rule)
    {
        switch (access.Use)
        {
            case TableUse.Read:
                Read(plan, statement, access, rule);
                break;
            case TableUse.LockShared:
                ByWhere(plan, access, rule, OrderAccessKind.KeyShared, OrderAccessKind.AllShared, ColumnMask.Nothing);
                break;
            case TableUse.LockExclusive:
                ByWhere(plan, access, rule, OrderAccessKind.KeyExclusive, OrderAccessKind.Predicate, ColumnMask.Nothing);
                break;
            case TableUse.Insert:
                Insert(plan, access, rule);
                break;
            case TableUse.Upsert when statement.Verb == AccessVerb.Merge:
                Merge(plan, rule);
                break;
            case TableUse.Upsert:
                Upsert(plan, access, rule);
                break;
            case TableUse.Update:
                ByWhere(plan, access, rule, OrderAccessKind.KeyExclusive, OrderAccessKind.Predicate, SetMask(access, rule));
                Set(plan, access, rule);
                break;
            case TableUse.Delete:
                ByWhere(plan, access, rule, OrderAccessKind.KeyExclusive, OrderAccessKind.Predicate, ColumnMask.Going);
                Free(plan, rule, OrderAccessKind.KeyExclusive);
                Cascade(plan, rule, [], 0);
                break;
            default:
                plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Definition));
                break;
        }

        foreach (var what in Events(statement, access))
        {
            Fire(plan, rule.Table?.Triggers ?? [], what);
        }
    }

    private OrderAccessKind ReadKind(StatementAccess statement) => !statement.WritesOrLocks ? OrderAccessKind.Read
        : catalog.Dialect == SqlDialect.MySql ? OrderAccessKind.AllShared
        : OrderAccessKind.ReadForWrite;

    // InnoDB locks what INSERT ... SELECT and the like read.
    private void Read(AccessPlan plan, StatementAccess statement, TableAccess access, TableRule rule)
    {
        var kind = ReadKind(statement);
        if (kind == OrderAccessKind.AllShared)
        {
            ByWhere(plan, access, rule, OrderAccessKind.KeyShared, OrderAccessKind.AllShared, ColumnMask.Nothing);
        }
        else
        {
            plan.Add(new OrderAccess(rule.Number, kind));
            if (catalog.Dialect == SqlDialect.MySql)
            {
                ByWhere(plan.LockingReads ??= new AccessPlan(), access, rule, OrderAccessKind.KeyShared, OrderAccessKind.AllShared, ColumnMask.Nothing);
            }
        }
    }

    private static void Kind(AccessPlan plan, TableRule? rule, OrderAccessKind kind)
    {
        if (rule == null)
        {
            plan.Everything();
        }
        else
        {
            plan.Add(new OrderAccess(rule.Number, kind));
            if (kind == OrderAccessKind.Read)
            {
                (plan.LockingReads ??= new AccessPlan()).Add(new OrderAccess(rule.Number, OrderAccessKind.AllShared, 0, ColumnMask.Nothing));
            }
        }
    }

    // One row by the table's first key if WHERE names all of it, else by another key; else any row.
    private static void ByWhere(AccessPlan plan, TableAccess access, TableRule rule, OrderAccessKind keyed, OrderAccessKind any, uint sets)
    {
        var looks = LookMask(access, rule);
        for (var k = 0; k < rule.Keys.Count; k++)
        {
            if (Columns(rule, rule.Keys[k], name => Values(access.Where, name)) is not { } columns)
            {
                continue;
            }

            var kind = k == 0 ? keyed : keyed == OrderAccessKind.KeyExclusive ? OrderAccessKind.OtherKeyExclusive : any;
            if (kind == any)
            {
                break;
            }

            plan.Keyed.Add(new PlannedAccess(rule.Number, kind, any, Seed(rule, k), columns, sets, looks));
            return;
        }

        plan.Add(new OrderAccess(rule.Number, any, 0, sets, looks));
    }

    // Columns that an update changes. Triggers may change others.
    private static uint SetMask(TableAccess access, TableRule rule)
    {
        if (access.Set == null || rule is not { HasKeys: true, Table: { } table } || table.Triggers.Any(t => t.Events.Contains("update", StringComparer.OrdinalIgnoreCase)))
        {
            return ColumnMask.Anything;
        }

        var mask = ColumnMask.Nothing;
        foreach (var set in access.Set)
        {
            var number = rule.ColumnNumber(set.Column);
            mask |= number < 0 ? ColumnMask.Anything : ColumnMask.Column(number);
        }

        return mask;
    }

    // Columns on which it depends which rows are taken; of what is named, the rest are words and types.
    private static uint LookMask(TableAccess access, TableRule rule)
    {
        if (access.Looks == null || rule is not { HasKeys: true, Table: { } table })
        {
            return ColumnMask.Anything;
        }

        var mask = ColumnMask.Coming;
        foreach (var name in access.Looks)
        {
            var number = rule.ColumnNumber(name);
            mask |= number < 0 ? ColumnMask.Nothing : table.Columns[number].IsComputed ? ColumnMask.Anything : ColumnMask.Column(number);
        }

        return mask;
    }

    private void Set(AccessPlan plan, TableAccess access, TableRule rule)
    {
        if (access.Set == null)
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Predicate));
            Cascade(plan, rule, [], 0);
            References(plan, rule, _ => null, _ => true);
            return;
        }

        var changesKey = false;
        for (var k = 0; k < rule.Keys.Count; k++)
        {
            var key = rule.Keys[k];
            if (!key.Any(c => Values(access.Set, c) != null))
            {
                continue;
            }

            // Its new value; the old one becomes free.
            changesKey = true;
            Keyed(plan, rule, k, OrderAccessKind.KeyInsert, OrderAccessKind.Predicate, c => Values(access.Set, c) ?? Values(access.Where, c));
        }

        if (changesKey)
        {
            Free(plan, rule, OrderAccessKind.KeyExclusive);
        }

        if (rule.ReferredBy.Exists(r => r.Key.References.Any(c => Values(access.Set, c) != null)))
        {
            Cascade(plan, rule, [], 0);
        }

        References(plan, rule, c => Values(access.Set, c), key => key.Columns.Any(c => Values(access.Set, c) != null));
    }

    private static void Free(AccessPlan plan, TableRule rule, OrderAccessKind kind)
    {
        if (rule.Keys.Count > 1)
        {
            plan.Add(new OrderAccess(rule.Number, kind, KeyForm.Mix(Seed(rule, 0), FreedKeys) | 1, ColumnMask.Nothing));
        }
    }

    /// <summary>With what the hash of a table's key begins.</summary>
    internal static ulong Seed(TableRule rule, int key) => KeyForm.Mix((ulong)rule.Number, (ulong)key);

    private static void Keyed(AccessPlan plan, TableRule rule, int key, OrderAccessKind kind, OrderAccessKind otherwise, Func<string, IReadOnlyList<SqlValue>?> values)
    {
        if (Columns(rule, rule.Keys[key], values) is { } columns)
        {
            plan.Keyed.Add(new PlannedAccess(rule.Number, kind, otherwise, Seed(rule, key), columns));
        }
        else
        {
            plan.Add(new OrderAccess(rule.Number, otherwise));
        }
    }

    private static PlannedColumn[]? Columns(TableRule rule, IReadOnlyList<string> key, Func<string, IReadOnlyList<SqlValue>?> values)
    {
        var columns = new PlannedColumn[key.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            if (values(key[i]) is not { } found || rule.Column(key[i]) is not { } column || column.Type == KeyType.Other)
            {
                return null;
            }

            columns[i] = new PlannedColumn(column.Type, found);
        }

        return columns.Length > 0 ? columns : null;
    }

    private static IReadOnlyList<SqlValue>? Values(IReadOnlyList<ColumnValues> list, string column)
    {
        foreach (var item in list)
        {
            if (string.Equals(item.Column, column, StringComparison.OrdinalIgnoreCase))
            {
                return item.Values;
            }
        }

        return null;
    }
}
