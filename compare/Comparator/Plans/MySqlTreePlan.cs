using System.Text.Json;

namespace Replay.Comparator;

/// <summary>MySQL's second JSON format (8.3 and later, the default since 9.5): a tree of iterators. See <see href="https://dev.mysql.com/doc/refman/9.0/en/explain.html"/>.</summary>
internal static class MySqlTreePlan
{
    // They only hand on what is beneath them, and are not worth a word.
    private static readonly string[] Silent = ["limit", "stream", "rows_fetched_before_execution", "zero_rows"];

    public static PlanTree Read(JsonElement root) => new(Node(root.GetProperty("query_plan")), new Dictionary<string, string>());

    private static PlanNode Node(JsonElement json)
    {
        var type = Text(json, "access_type");
        var beneath = json.TryGetProperty("inputs", out var inputs) ? inputs.EnumerateArray().Select(Node).ToArray() : [];
        if (type == "filter" && beneath.Length > 0)
        {
            // The first input is what is filtered, others are subqueries of the condition.
            return beneath[0] with { Columns = [.. beneath[0].Columns.Union(PlanColumns.OfMySql([Text(json, "condition")]))], Rows = Number(json, "estimated_rows") ?? beneath[0].Rows, Children = [.. beneath[0].Children, .. beneath.Skip(1)] };
        }

        var isTemporary = type == "table" && (Text(json, "schema_name") is null || Text(json, "table_name")?.StartsWith('<') == true);
        if (beneath.Length == 1 && (isTemporary || Silent.Contains(type)))
        {
            return beneath[0] with { Rows = Number(json, "estimated_rows") ?? beneath[0].Rows, Cost = Number(json, "estimated_total_cost") ?? beneath[0].Cost };
        }

        var isOwn = Text(json, "table_name")?.StartsWith('<') == true;
        return new PlanNode
        {
            Step = isTemporary || isOwn ? PlanStep.Materialise : Step(type, json),
            Name = type ?? Text(json, "operation") ?? "?",
            Relation = Text(json, "table_name"),
            Alias = Text(json, "alias") ?? Text(json, "table_name"),
            Index = Text(json, "index_name"),
            Columns = PlanColumns.OfMySql([.. json.TryGetProperty("key_columns", out var keys) ? keys.EnumerateArray().Select(key => key.GetString()) : [], Text(json, "condition"), Text(json, "hash_condition")]),
            Rows = Number(json, "estimated_rows"),
            Cost = Number(json, "estimated_total_cost"),
            Children = beneath,
        };
    }

    private static PlanStep Step(string? type, JsonElement json) => type switch
    {
        "table" => PlanStep.SequentialScan,
        "index" => Text(json, "index_access_type") switch
        {
            "index_scan" => PlanStep.FullIndexScan,
            _ => IsTrue(json, "covering") ? PlanStep.IndexOnlyScan : PlanStep.IndexScan,
        },
        "rowid_union" or "rowid_intersection" or "index_merge" => PlanStep.BitmapScan,
        "join" => Text(json, "join_algorithm") switch
        {
            "hash" => PlanStep.HashJoin,
            _ => PlanStep.NestedLoop,
        },
        "sort" => PlanStep.Sort,
        "aggregate" or "window" => PlanStep.Aggregate,
        "temp_table_aggregate" => PlanStep.HashAggregate,
        "materialize" or "materialize_information_schema_table" => PlanStep.Materialise,
        "insert_values" or "insert_query" or "replace_values" or "delete_rows" or "update_rows" => PlanStep.Modify,
        _ => PlanStep.Other,
    };

    private static bool IsTrue(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
