using System.Text.Json;

namespace Replay.Comparator;

/// <summary>PostgreSQL's <see href="https://www.postgresql.org/docs/current/sql-explain.html">EXPLAIN (FORMAT JSON)</see>.</summary>
internal static class PostgresPlan
{
    private static readonly string[] Conditions = ["Index Cond", "Recheck Cond", "Filter", "Hash Cond", "Merge Cond", "Join Filter", "TID Cond"];

    // They only hand on what is beneath them.
    private static readonly string[] Silent = ["Hash", "BitmapAnd", "BitmapOr", "Bitmap Index Scan", "Result Cache"];

    public static PlanTree Read(JsonElement root)
    {
        var plan = root[0];
        var settings = plan.TryGetProperty("Settings", out var list) ? list.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString() ?? "", StringComparer.Ordinal) : [];
        return new PlanTree(Node(plan.GetProperty("Plan")), settings);
    }

    private static PlanNode Node(JsonElement json)
    {
        var type = Text(json, "Node Type")!;
        var beneath = json.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().ToArray() : [];
        return new PlanNode
        {
            Step = Step(type, json),
            Name = type,
            Relation = Text(json, "Relation Name"),
            Alias = Text(json, "Alias"),
            Index = Text(json, "Index Name") ?? BitmapIndexes(type, beneath),
            Columns = PlanColumns.OfPostgres(Conditions.Select(name => Text(json, name))),
            Rows = Number(json, "Plan Rows"),
            Cost = Number(json, "Total Cost"),
            Children = [.. beneath.SelectMany(Children)],
        };
    }

    private static IEnumerable<PlanNode> Children(JsonElement json)
    {
        if (!Silent.Contains(Text(json, "Node Type")))
        {
            return [Node(json)];
        }

        return json.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Children) : [];
    }

    private static string? BitmapIndexes(string type, JsonElement[] beneath)
    {
        if (type != "Bitmap Heap Scan")
        {
            return null;
        }

        var names = beneath.SelectMany(AllOf).Select(json => Text(json, "Index Name")).OfType<string>().Distinct(StringComparer.Ordinal);
        return string.Join(", ", names);
    }

    private static IEnumerable<JsonElement> AllOf(JsonElement json) =>
        [json, .. json.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(AllOf) : []];

    private static PlanStep Step(string type, JsonElement json) => type switch
    {
        "Seq Scan" or "Sample Scan" => PlanStep.SequentialScan,
        "Index Scan" or "Index Only Scan" when !json.TryGetProperty("Index Cond", out _) => PlanStep.FullIndexScan,
        "Index Scan" => PlanStep.IndexScan,
        "Index Only Scan" => PlanStep.IndexOnlyScan,
        "Bitmap Heap Scan" => PlanStep.BitmapScan,
        "Nested Loop" => PlanStep.NestedLoop,
        "Hash Join" => PlanStep.HashJoin,
        "Merge Join" => PlanStep.MergeJoin,
        "Sort" or "Incremental Sort" => PlanStep.Sort,
        "Aggregate" => Text(json, "Strategy") is "Hashed" or "Mixed" ? PlanStep.HashAggregate : PlanStep.Aggregate,
        "Group" or "WindowAgg" => PlanStep.Aggregate,
        "Materialize" or "Memoize" => PlanStep.Materialise,
        "Gather" or "Gather Merge" => PlanStep.Parallel,
        "ModifyTable" => PlanStep.Modify,
        _ => PlanStep.Other,
    };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
