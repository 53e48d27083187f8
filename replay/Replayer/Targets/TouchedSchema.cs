using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A table, and perhaps a column of it, that statements name.</summary>
/// <param name="Schema">The schema (MySQL: the database) that they name; null if none.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column; null: only the table.</param>
internal readonly record struct TouchedName(string? Schema, string Table, string? Column)
{
    public override string ToString() => Column is null ? $"table '{Qualified}'" : $"column '{Column}' of '{Qualified}'";

    private string Qualified => Schema is null ? Table : $"{Schema}.{Table}";
}

/// <summary>
/// The tables and columns that a workload's shapes name, as far as <see cref="AccessReader"/> tells them: columns of INSERT, of UPDATE and, where there is no other table, of equalities at the top of WHERE. What the servers bring
/// along is left out, since a new version may have dropped it, which a replay is to show.
/// </summary>
internal static class TouchedSchema
{
    private static readonly HashSet<string> OwnSchemas = new(["pg_catalog", "information_schema", "pg_toast", "performance_schema", "mysql", "sys"], StringComparer.OrdinalIgnoreCase);

    // https://www.postgresql.org/docs/current/ddl-system-columns.html
    // Names that look like columns and are none.
    private static readonly HashSet<string> NoColumns = new(
        [
            "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user", "system_user", "user",
            "current_role", "current_catalog", "current_schema", "utc_date", "utc_time", "utc_timestamp", "true", "false", "null", "unknown", "default",
        ], StringComparer.OrdinalIgnoreCase);

    /// <summary>Each name with the shapes that have it. Names that statements of the workload create, drop or alter are not in it.</summary>
    public static Dictionary<TouchedName, List<int>> Of(IReadOnlyList<Shape> shapes, Engine engine)
    {
        var reader = new AccessReader(engine == Engine.PostgreSql ? SqlDialect.PostgreSql : SqlDialect.MySql);
        var touched = new Dictionary<TouchedName, List<int>>();
        var changed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var shape in shapes.Where(s => s.Engine == engine))
        {
            foreach (var statement in reader.Read(Encoding.UTF8.GetBytes(shape.Text)).Statements)
            {
                if (statement.Verb is AccessVerb.Ddl or AccessVerb.Unknown or AccessVerb.Call || (statement.Flags & AccessFlags.Temporary) != 0)
                {
                    // What such a statement names may be made by it, a view too.
                    changed.UnionWith(Words(shape.Text));
                }
                else
                {
                    Note(statement, shape.Number, engine, touched);
                }
            }
        }

        foreach (var name in touched.Keys.Where(n => changed.Contains(n.Table)).ToList())
        {
            touched.Remove(name);
        }

        return touched;
    }

    private static void Note(StatementAccess statement, int shape, Engine engine, Dictionary<TouchedName, List<int>> touched)
    {
        foreach (var table in statement.Tables)
        {
            if (IsOwn(table, engine))
            {
                continue;
            }

            Add(null);
            // A name in a condition may be another table's.
            var conditions = statement.Tables.Count == 1 ? table.Where.Select(static c => c.Column) : [];
            IEnumerable<string> columns = [.. table.Columns ?? [], .. table.Set?.Select(static c => c.Column) ?? [], .. conditions];
            foreach (var column in columns.Where(static c => c.Length > 0 && !NoColumns.Contains(c)))
            {
                Add(column);
            }

            void Add(string? column)
            {
                var name = new TouchedName(table.Schema, table.Name, column);
                if (!touched.TryGetValue(name, out var list))
                {
                    touched[name] = list = [];
                }

                if (list.Count == 0 || list[^1] != shape)
                {
                    list.Add(shape);
                }
            }
        }
    }

    private static bool IsOwn(TableAccess table, Engine engine) =>
        (table.Schema is { } schema && OwnSchemas.Contains(schema))
        || (engine == Engine.PostgreSql ? table.Name.StartsWith("pg_", StringComparison.Ordinal) : table.Name.Equals("dual", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isName = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '$');
            if (isName && start < 0)
            {
                start = i;
            }
            else if (!isName && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }
        }
    }
}
