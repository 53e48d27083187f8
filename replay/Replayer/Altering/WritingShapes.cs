using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Which shapes write: by class, by the functions that they call (the target's catalogue knows which of its own may write), and by what they explain or maintain.
/// What nobody can tell writes: CALL, EXECUTE, statements that are not understood. What touches temporary tables only does not; nor does a read that locks.
/// </summary>
public static partial class WritingShapes
{
    // https://www.postgresql.org/docs/current/functions-sequence.html, /lo-funcs.html; MariaDB's nextval, setval and lastval have the same names
    private static readonly FrozenSet<string> Writers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "nextval", "setval", "lo_create", "lo_creat", "lo_import", "lo_unlink", "lo_put", "lo_from_bytea", "lowrite", "lo_truncate", "lo_truncate64", "dblink_exec",
        "pg_logical_emit_message", "query_to_xml", "pg_stat_reset", "pg_stat_statements_reset");

    /// <summary>Whether each shape of a workload writes, by number.</summary>
    /// <param name="shapes">The shapes.</param>
    /// <param name="catalogs">What the target's databases consist of; of those that could not be read no function is known.</param>
    public static bool[] Of(IReadOnlyList<Shape> shapes, IReadOnlyCollection<OrderCatalog> catalogs)
    {
        var functions = Writers.Concat(catalogs.SelectMany(static c => c.Functions).Where(static f => f.Writes).Select(static f => f.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var temporary = shapes.Select(ShapeFacts.TemporaryTable).OfType<string>().Select(LastPart).ToHashSet(StringComparer.OrdinalIgnoreCase);
        temporary.ExceptWith(catalogs.SelectMany(static c => c.Tables).Select(static t => t.Name));
        var readers = new Dictionary<Engine, AccessReader>();
        return [.. shapes.Select(s => Writes(s, functions, temporary, readers))];
    }

    private static bool Writes(Shape shape, HashSet<string> functions, HashSet<string> temporary, Dictionary<Engine, AccessReader> readers)
    {
        var text = shape.Text;
        return shape.Class switch
        {
            "write" or "ddl" => !IsOfSession(shape, temporary, readers),
            "copy" => !CopyOutMark().IsMatch(text) || ChangeMark().IsMatch(text) || SequenceMark().IsMatch(text) || Calls(text, functions), // what is copied out may be what an INSERT returns
            "unknown" => true,
            "call" => shape.Engine == Engine.PostgreSql || !text.StartsWith("do ", StringComparison.OrdinalIgnoreCase) || Calls(text, functions),
            "utility" => MaintenanceMark().IsMatch(text),
            "session" => StatementMark().IsMatch(text) || SequenceMark().IsMatch(text) || Calls(text, functions), // SET @x = f()
            "read" or "cursor" => SequenceMark().IsMatch(text) || Calls(text, functions),
            _ => false,
        };
    }

    private static bool Calls(string text, HashSet<string> functions) => CallMark().Matches(text).Any(m => functions.Contains(m.Groups["name"].Value));

    private static bool IsOfSession(Shape shape, HashSet<string> temporary, Dictionary<Engine, AccessReader> readers)
    {
        if (temporary.Count == 0 || shape.Text.Contains(';', StringComparison.Ordinal))
        {
            return false;
        }

        if (ShapeFacts.TemporaryTable(shape) is { } made)
        {
            return temporary.Contains(LastPart(made));
        }

        if (!readers.TryGetValue(shape.Engine, out var reader))
        {
            readers[shape.Engine] = reader = new AccessReader(shape.Engine == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql);
        }

        var written = reader.Read(Encoding.UTF8.GetBytes(shape.Text)).Statements.SelectMany(static s => s.IsUnknown ? [] : s.Tables).Where(static t => t.Use != TableUse.Read).ToList();
        return written.Count > 0 && written.TrueForAll(t => temporary.Contains(t.Name));
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..].Trim('"', '`');

    [GeneratedRegex(@"(?<name>[\w$]+)[""`]?\s*\(", RegexOptions.CultureInvariant)]
    private static partial Regex CallMark();

    [GeneratedRegex(@"\b(next|previous)\s+value\s+for\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SequenceMark();

    // MariaDB's statement with settings of its own, unless that only reads.
    [GeneratedRegex(@"^set\s+statement\b((?!\bfor\b).)*\bfor\s+(?!(select|with|values|table|show|explain|describe|do|set)\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StatementMark();

    [GeneratedRegex(@"\b(insert\s+into|delete\s+from|merge\s+into|update\s.*\sset)\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ChangeMark();

    [GeneratedRegex(@"^copy\b.*\bto\s+(\?|stdout|program)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CopyOutMark();

    // What changes storage or statistics, and EXPLAIN that executes.
    [GeneratedRegex(
        @"^(vacuum|analy[sz]e\b(?!\s+(format\b|select\b|insert\b))|optimize|repair|reindex|cluster|refresh|checkpoint|flush|import|cache|load)\b|^(explain\b.*\banaly[sz]e|analyze)\b.*\b(insert|update|delete|merge|replace|into|execute)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MaintenanceMark();
}
