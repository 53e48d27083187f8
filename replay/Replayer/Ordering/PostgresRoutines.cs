using Replay.Sql;

namespace Replay.Replayer;

/// <summary>Adds to a PostgreSQL catalogue its triggers and functions with what they touch, read from their text: PL/pgSQL and SQL. What other languages do is not known.</summary>
internal static class PostgresRoutines
{
    /// <summary>Rows of kind, schema, name (of a trigger its table's; a view's also with each view that reads it), events, text, language, settings.</summary>
    public const string Sql =
        """
        WITH RECURSIVE reached(view, used) AS (
          SELECT c.oid, c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p', 'f', 'v') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          UNION
          SELECT u.view, c.oid
            FROM reached u JOIN pg_catalog.pg_rewrite r ON r.ev_class = u.used AND r.rulename = '_RETURN'
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'v')
        SELECT 'trigger', n.nspname, c.relname,
               concat_ws(',', CASE WHEN g.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN g.tgtype & 8 <> 0 THEN 'delete' END, CASE WHEN g.tgtype & 16 <> 0 THEN 'update' END),
               p.prosrc, l.lanname, p.proconfig::text
          FROM pg_catalog.pg_trigger g JOIN reached u ON u.used = g.tgrelid JOIN pg_catalog.pg_class c ON c.oid = u.view JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
         WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
        UNION ALL
        SELECT 'function', n.nspname, p.proname, '', p.prosrc, l.lanname, p.proconfig::text
          FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
         WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND p.provolatile = 'v' AND l.lanname NOT IN ('c', 'internal')
         ORDER BY 1, 2, 3
        """;

    /// <summary>The catalogue with them.</summary>
    public static OrderCatalog Add(OrderCatalog catalog, IReadOnlyList<string?[]> rows)
    {
        var routines = rows.Select(r => new Routine(r[0] == "trigger", r[1]!, r[2]!, r[3]!.Split(',', StringSplitOptions.RemoveEmptyEntries), Text(r[4], r[5]!, r[6])) { SetsPath = SetsPath(r[4]) }).ToList();
        var here = Touches(catalog, routines, inAnySchema: false);
        var elsewhere = Touches(catalog, routines, inAnySchema: true);
        var triggers = routines.Where(r => r.IsTrigger).ToLookup(r => $"{r.Schema}.{r.Name}", StringComparer.Ordinal);
        return catalog with
        {
            Tables = [.. catalog.Tables.Select(t => t with
            {
                Triggers = [.. t.Triggers, .. triggers[$"{t.Schema}.{t.Name}"].Select(g => new CatalogTrigger(g.Events, here.OfTrigger(t, g.Schema, g.Text)) { Elsewhere = elsewhere.OfTrigger(t, g.Schema, g.Text) })],
            })],
            Views = [.. catalog.Views.Select(v => v with
            {
                Triggers = [.. v.Triggers, .. triggers[$"{v.Schema}.{v.Name}"].Select(g => new CatalogTrigger(g.Events, here.Of(g.Schema, g.Text)?.Tables) { Elsewhere = elsewhere.Of(g.Schema, g.Text)?.Tables })],
            })],
            Functions = [.. routines.Where(r => !r.IsTrigger).Select(f => here.Of(f.Schema, f.Text) is { } known
                ? new CatalogFunction(f.Name, known.Writes, known.Tables) { Elsewhere = elsewhere.Of(f.Schema, f.Text)?.Tables, SetsPath = f.SetsPath }
                : new CatalogFunction(f.Name, Writes: true) { SetsPath = f.SetsPath }).Distinct()],
        };
    }

    private static RoutineTouches Touches(OrderCatalog catalog, List<Routine> routines, bool inAnySchema)
    {
        var touches = new RoutineTouches(StringComparer.Ordinal, catalog.SearchPath, inAnySchema);
        foreach (var table in catalog.Tables)
        {
            touches.Add(table);
            if (table.Triggers.Count > 0)
            {
                touches.AddTrigger($"{table.Schema}.{table.Name}", table.Schema, null); // rules
            }
        }

        foreach (var view in catalog.Views)
        {
            touches.AddView(view.Schema, view.Name, RoutineText.OfTables(view.Tables));
            if (view.Triggers.Count > 0)
            {
                touches.AddTrigger($"{view.Schema}.{view.Name}", view.Schema, null); // rules
            }
        }

        foreach (var routine in routines)
        {
            if (routine.IsTrigger)
            {
                touches.AddTrigger($"{routine.Schema}.{routine.Name}", routine.Schema, routine.Text);
            }
            else
            {
                touches.AddFunction(routine.Schema, routine.Name, routine.Text);
            }
        }

        return touches;
    }

    private static bool SetsPath(string? body) => body?.Contains("search_path", StringComparison.OrdinalIgnoreCase) == true;

    // With a search_path of its own, its names are others.
    private static RoutineText? Text(string? body, string language, string? settings) => language switch
    {
        "internal" => RoutineText.OfTables([]),
        "plpgsql" or "sql" when settings?.Contains("search_path", StringComparison.OrdinalIgnoreCase) != true && !string.IsNullOrWhiteSpace(body) => RoutineText.Read(SqlDialect.PostgreSql, body),
        _ => null,
    };

    private sealed record Routine(bool IsTrigger, string Schema, string Name, string[] Events, RoutineText? Text)
    {
        public bool SetsPath { get; init; }
    }
}
