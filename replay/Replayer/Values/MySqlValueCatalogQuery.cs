using System.Globalization;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>Reads a <see cref="MySqlValueCatalog"/> from a server.</summary>
public static class MySqlValueCatalogQuery
{
    private const string Own = "NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')";
    private const string Reading = "reading which columns the server fills in";

    /// <summary>Reads it; a <see cref="CommandException"/> if the server refuses.</summary>
    public static async Task<MySqlValueCatalog> ReadAsync(TargetControl control)
    {
        var columns = await control.QueryAsync(
            $"SELECT table_schema, table_name, column_name, ordinal_position, extra, column_default FROM information_schema.columns WHERE table_schema {Own} "
            + "AND (extra <> '' OR column_default LIKE '%(%' OR column_default LIKE '%current_timestamp%') ORDER BY table_schema, table_name, ordinal_position",
            Reading);
        var triggers = await control.QueryAsync($"SELECT event_object_schema, event_object_table, action_timing, event_manipulation FROM information_schema.triggers WHERE event_object_schema {Own}", Reading);
        var views = await control.QueryAsync($"SELECT table_schema, table_name, view_definition FROM information_schema.views WHERE table_schema {Own}", Reading);
        var versioned = await control.QueryAsync($"SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'SYSTEM VERSIONED' AND table_schema {Own}", Reading);
        var functions = await control.QueryAsync($"SELECT routine_name FROM information_schema.routines WHERE routine_type = 'FUNCTION' AND routine_schema {Own}", Reading);
        return Build(columns.Rows, triggers.Rows, views.Rows, versioned.Rows, functions.Rows, control.Url.Names);
    }

    internal static MySqlValueCatalog Build(
        IEnumerable<string?[]> columns, IEnumerable<string?[]> triggers, IEnumerable<string?[]> views, IEnumerable<string?[]> versioned, IEnumerable<string?[]> functions,
        TargetNames? names = null)
    {
        var tables = new Dictionary<(string, string), MySqlTableValues>();
        foreach (var row in columns)
        {
            var isAuto = row[4]!.Contains("auto_increment", StringComparison.OrdinalIgnoreCase);
            var isClock = row[5] is { } byDefault && MySqlClockText.ReadsClock(byDefault);
            var onUpdate = row[4]!.Contains("on update", StringComparison.OrdinalIgnoreCase);
            if (isAuto || isClock || onUpdate)
            {
                var table = Of(row);
                Set(row, table with
                {
                    AutoColumn = isAuto ? row[2] : table.AutoColumn,
                    AutoIndex = isAuto ? int.Parse(row[3]!, CultureInfo.InvariantCulture) - 1 : table.AutoIndex,
                    ClockColumns = isClock ? [.. table.ClockColumns, row[2]!] : table.ClockColumns,
                    ClockOnUpdate = table.ClockOnUpdate || onUpdate,
                });
            }
        }

        foreach (var row in triggers)
        {
            var table = Of(row);
            var isBefore = row[2]!.Equals("BEFORE", StringComparison.OrdinalIgnoreCase) && row[3]!.Equals("INSERT", StringComparison.OrdinalIgnoreCase);
            Set(row, table with { HasTriggers = true, HasInsertTriggerBefore = table.HasInsertTriggerBefore || isBefore });
        }

        // Without the right to see it a view's text is empty.
        foreach (var row in views.Where(static r => string.IsNullOrEmpty(r[2]) || MySqlClockText.ReadsClock(r[2]!)).Concat(versioned))
        {
            Set(row, Of(row) with { AlwaysClock = true });
        }

        var catalog = new MySqlValueCatalog { Functions = new(functions.Select(static r => r[0]!), StringComparer.OrdinalIgnoreCase) };
        foreach (var ((schema, name), values) in tables)
        {
            if ((names ?? TargetNames.AsCaptured).CapturedDatabase(schema) is { } captured)
            {
                catalog.Add(captured, name, values);
            }
        }

        return catalog;

        MySqlTableValues Of(string?[] row) => tables.GetValueOrDefault((row[0]!, row[1]!)) ?? new MySqlTableValues();

        void Set(string?[] row, MySqlTableValues values) => tables[(row[0]!, row[1]!)] = values;
    }
}
