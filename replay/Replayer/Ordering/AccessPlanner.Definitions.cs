using Replay.Sql;

namespace Replay.Replayer;

/// <content>DDL, and whose definitions a statement uses.</content>
internal sealed partial class AccessPlanner
{
    private void Ddl(AccessPlan plan, StatementAccess statement, SearchPath? path)
    {
        var changesKeys = (statement.Flags & AccessFlags.ChangesKeys) != 0;
        plan.Everything();
        plan.Writes++;
        plan.ChangesAllKeys |= changesKeys && statement.Tables.Count == 0 && statement.Indexes.Count == 0;
        foreach (var table in statement.Tables)
        {
            if (catalog.Table(table.Schema, table.Name, path) is { } rule)
            {
                Define(plan, statement, rule, changesKeys);
                foreach (var index in statement.Indexes)
                {
                    catalog.AddIndex(index.Name, new IndexRule(rule, changesKeys), path); // CREATE INDEX ... ON
                }
            }
            else
            {
                plan.ChangesAllKeys |= changesKeys;
            }
        }

        foreach (var name in statement.Tables.Count == 0 ? statement.Indexes : [])
        {
            if (catalog.Index(name.Schema, name.Name, path) is { } index)
            {
                Define(plan, statement, index.Table, changesKeys && index.MayBeKey);
            }
            else
            {
                plan.ChangesAllKeys |= changesKeys;
            }
        }
    }

    private static void Define(AccessPlan plan, StatementAccess statement, TableRule rule, bool changesKeys)
    {
        if ((statement.Flags & AccessFlags.Concurrently) == 0)
        {
            plan.Add(new OrderAccess(rule.Number, OrderAccessKind.Definition));
        }

        if (changesKeys)
        {
            plan.ChangesKeysOf.Add(rule);
        }
    }

    // MySQL and MariaDB open the tables at both ends of foreign keys before a statement begins, whether it will look at them or not; PostgreSQL those that its checks and actions look at.
    // Their definitions stay locked until the transaction ends. https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html#foreign-key-locking
    private void OtherEnds(AccessPlan plan, StatementAccess statement, TableAccess access, TableRule rule)
    {
        var isMySql = catalog.Dialect == SqlDialect.MySql;
        if (isMySql && access.Use is TableUse.Insert or TableUse.Upsert or TableUse.Update)
        {
            foreach (var key in rule.Table?.ForeignKeys ?? [])
            {
                UseDefinition(plan, catalog.Find(key.Schema, key.Table));
            }
        }

        var looksForChildren = access.Use switch
        {
            TableUse.Delete => true,
            TableUse.Update => isMySql || access.Set == null || rule.ReferredBy.Exists(r => r.Key.References.Any(c => Values(access.Set, c) != null)),
            TableUse.Upsert => isMySql || statement.Verb == AccessVerb.Merge,
            _ => false,
        };
        if (looksForChildren && rule.ReferredBy.Count > 0)
        {
            HashSet<TableRule> seen = [rule];
            var parents = new Stack<TableRule>(seen);
            while (parents.TryPop(out var parent))
            {
                foreach (var (child, _) in parent.ReferredBy)
                {
                    if (seen.Add(child))
                    {
                        UseDefinition(plan, child);
                        parents.Push(child);
                    }
                }
            }
        }
    }

    private static void UseDefinition(AccessPlan plan, TableRule? rule)
    {
        if (rule is not null && !plan.Fixed.Exists(a => a.Table == rule.Number) && !plan.Keyed.Exists(k => k.Table == rule.Number))
        {
            plan.Fixed.Add(new OrderAccess(rule.Number, OrderAccessKind.DefinitionShared, 0, ColumnMask.Nothing, ColumnMask.Nothing));
        }
    }
}
