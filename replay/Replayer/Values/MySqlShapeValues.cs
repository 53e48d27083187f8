using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What all exchanges of a shape have in common as far as MySQL's values are concerned.</summary>
public sealed class MySqlShapeValues
{
    private MySqlShapeValues(ValueNeeds needs) => Needs = needs;

    /// <summary>What each execution needs; whether a generated id can be set is told by each one's outcome.</summary>
    public ValueNeeds Needs { get; }

    /// <summary>The table with an AUTO_INCREMENT column into which the text inserts first; null if there is none.</summary>
    public MySqlTableValues? InsertsInto { get; private init; }

    /// <summary>Whether that insert leaves the column out, so that the server certainly makes it.</summary>
    public bool LeavesOutId { get; private init; }

    /// <summary>Whether a row that is there already may be changed instead.</summary>
    public bool Upserts { get; private init; }

    /// <summary>Whether a row that is there already is passed over.</summary>
    public bool Ignores { get; private init; }

    /// <summary>Further inserts of the text that generate ids, which cannot be set.</summary>
    public int FurtherInserts { get; private init; }

    /// <summary>The facts of a shape.</summary>
    public static MySqlShapeValues Of(Shape shape, MySqlValueCatalog catalog, AccessReader reader)
    {
        var text = shape.Text;
        var sets = MySqlClockText.SetsItself(text);
        if (sets != ValueNeeds.None)
        {
            return new MySqlShapeValues(sets);
        }

        var access = reader.Read(Encoding.UTF8.GetBytes(text));
        var needs = NeedsClock(text, access, catalog) ? ValueNeeds.Clock : ValueNeeds.None;
        needs |= MySqlClockText.DrawsRandom(text) ? ValueNeeds.Seeds : ValueNeeds.None;
        needs |= shape.Class != "read" && MySqlClockText.AsksForChance(text) ? ValueNeeds.MissesChance : ValueNeeds.None;
        needs |= MySqlClockText.ReadsDiagnostics(text) ? ValueNeeds.ReadsDiagnostics : ValueNeeds.None;
        var inserts = Inserts(access, catalog).ToList();
        if (inserts.Count == 0)
        {
            return new MySqlShapeValues(needs);
        }

        var (table, values) = inserts[0];
        return new MySqlShapeValues(needs)
        {
            InsertsInto = values,
            LeavesOutId = table.Columns is { } columns && !columns.Contains(values.AutoColumn!, StringComparer.OrdinalIgnoreCase),
            Upserts = text.Contains("on duplicate key", StringComparison.OrdinalIgnoreCase),
            Ignores = table.IgnoresConflicts,
            FurtherInserts = inserts.Count - 1,
        };
    }

    private static IEnumerable<(TableAccess Table, MySqlTableValues Values)> Inserts(TextAccess access, MySqlValueCatalog catalog)
    {
        foreach (var statement in access.Statements.Where(static s => s.Verb == AccessVerb.Insert))
        {
            if (statement.Tables.FirstOrDefault(static t => t.Use is TableUse.Insert or TableUse.Upsert) is { } table
                && catalog.Find(table.Schema, table.Name) is { AutoColumn: not null } values)
            {
                yield return (table, values);
            }
        }
    }

    // What is not understood may read the clock.
    private static bool NeedsClock(string text, TextAccess access, MySqlValueCatalog catalog) => MySqlClockText.ReadsClock(text)
        || access.Statements.Any(s => s.Verb is AccessVerb.Unknown or AccessVerb.Call
            || s.Functions.Any(catalog.Functions.Contains)
            || s.Tables.Any(t => catalog.Find(t.Schema, t.Name) is { } values && NeedsClock(text, t, values)));

    private static bool NeedsClock(string text, TableAccess table, MySqlTableValues values)
    {
        if (values.AlwaysClock)
        {
            return true;
        }

        return table.Use switch
        {
            TableUse.Insert or TableUse.Upsert => values.HasTriggers || (table.Use == TableUse.Upsert && values.ClockOnUpdate) || LeavesOut(text, table, values),
            TableUse.Update => values.HasTriggers || values.ClockOnUpdate,
            TableUse.Delete => values.HasTriggers,
            _ => false,
        };
    }

    private static bool LeavesOut(string text, TableAccess table, MySqlTableValues values) => values.ClockColumns.Count > 0
        && (table.Columns is not { } columns
            || text.Contains("default", StringComparison.OrdinalIgnoreCase)
            || values.ClockColumns.Any(c => !columns.Contains(c, StringComparer.OrdinalIgnoreCase)));
}
