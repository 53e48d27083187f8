using Replay.Sql;

namespace Replay.Replayer;

/// <content>What a write does beside its own rows: views, triggers, cascades.</content>
internal sealed partial class AccessPlanner
{
    // A number of cascades after which everything is meant.
    private const int MaxCascade = 64;

    // Which of a view's tables is written, and which of its rows, is not told: all are used as it is.
    private void View(AccessPlan plan, StatementAccess statement, TableAccess access, CatalogView view)
    {
        if (access.Use == TableUse.Read)
        {
            foreach (var name in view.Tables)
            {
                Kind(plan, catalog.Find(name), ReadKind(statement));
            }

            return;
        }

        var uses = new List<(TableAccess Access, TableRule Rule)>();
        foreach (var name in view.Tables)
        {
            if (catalog.Find(name) is { } rule)
            {
                uses.Add((access.Behind(rule.Table?.Schema ?? "", rule.Table?.Name ?? name), rule));
            }
            else
            {
                plan.Everything();
            }
        }

        foreach (var what in Events(statement, access))
        {
            Fire(plan, view.Triggers, what);
        }

        uses.ForEach(u => Use(plan, statement, u.Access, u.Rule));
        uses.ForEach(u => OtherEnds(plan, statement, u.Access, u.Rule));
    }

    private static string[] Events(StatementAccess statement, TableAccess access) => access.Use switch
    {
        TableUse.Insert => ["insert"],
        TableUse.Update => ["update"],
        TableUse.Delete => ["delete"],
        TableUse.Upsert when statement.Verb == AccessVerb.Merge => ["insert", "update", "delete"],
        TableUse.Upsert => access.Replaces ? ["insert", "delete"] : ["insert", "update"],
        _ => [],
    };

    private void Fire(AccessPlan plan, IReadOnlyList<CatalogTrigger> triggers, string what)
    {
        foreach (var trigger in triggers)
        {
            if (trigger.Events.Contains(what, StringComparer.OrdinalIgnoreCase))
            {
                Touch(plan, plan.IsElsewhere ? trigger.Elsewhere : trigger.Touches);
            }
        }
    }

    private void Touch(AccessPlan plan, IReadOnlyList<string>? tables)
    {
        if (tables == null)
        {
            plan.Everything();
            return;
        }

        foreach (var name in tables)
        {
            Kind(plan, catalog.Find(name), OrderAccessKind.Predicate);
        }
    }

    private void Cascade(AccessPlan plan, TableRule rule, HashSet<TableRule> seen, int depth)
    {
        if (depth == MaxCascade)
        {
            plan.Everything();
            return;
        }

        foreach (var (child, key) in rule.ReferredBy)
        {
            if (key.Action == ReferenceAction.Cascade && seen.Add(child))
            {
                // As a whole, by the end: the server looks for the rows once it has the parent, not by what was visible at the statement's start.
                plan.Add(new OrderAccess(child.Number, OrderAccessKind.Barrier));
                Fire(plan, child.Table?.Triggers ?? [], "update");
                Fire(plan, child.Table?.Triggers ?? [], "delete");
                Cascade(plan, child, seen, depth + 1);
            }
        }
    }
}
