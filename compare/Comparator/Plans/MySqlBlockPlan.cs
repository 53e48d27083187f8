using System.Globalization;
using System.Text.Json;

namespace Replay.Comparator;

/// <summary>
/// EXPLAIN FORMAT=JSON of MySQL's first format and of MariaDB, which wrote their own dialects of it in each version: query blocks that hold tables in the order in which they are joined,
/// wrapped in what is done with their rows. See <see href="https://dev.mysql.com/doc/refman/8.0/en/explain-output.html"/> and <see href="https://mariadb.com/kb/en/explain-format-json/"/>.
/// </summary>
internal static class MySqlBlockPlan
{
    // Its parts are no steps.
    private static readonly string[] NoSteps = ["cost_info", "rowid_filter", "used_columns", "possible_keys", "range-checked-for-each-record", "partitions"];

    public static PlanTree Read(JsonElement root)
    {
        var block = root.GetProperty("query_block");
        var joined = Join(Parts(block));
        return new PlanTree(joined with { Cost = Cost(block) ?? joined.Cost }, new Dictionary<string, string>());
    }

    private static List<Part> Parts(JsonElement json)
    {
        var parts = new List<Part>();
        foreach (var property in json.EnumerateObject())
        {
            AddParts(parts, property.Name, property.Value);
        }

        return parts;
    }

    private static void AddParts(List<Part> parts, string name, JsonElement value)
    {
        if (NoSteps.Contains(name))
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object))
            {
                parts.AddRange(name is "nested_loop" ? Parts(element) : Parts(element).Select(part => part with { IsJoined = false }));
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        switch (name)
        {
            case "table":
                parts.AddRange(Table(value));
                break;
            case "block-nl-join":
                var isHash = Text(value, "join_type")?.Contains('H') == true;
                parts.AddRange(Parts(value).Select(part => part with { IsHashed = isHash }));
                break;
            case "ordering_operation":
                Wrap(parts, value, IsTrue(value, "using_filesort") ? PlanStep.Sort : null, "filesort");
                break;
            case "filesort":
                Wrap(parts, value, PlanStep.Sort, name);
                break;
            case "grouping_operation":
                Wrap(parts, value, IsTrue(value, "using_temporary_table") ? PlanStep.HashAggregate : PlanStep.Aggregate, name);
                break;
            case "temporary_table":
                Wrap(parts, value, PlanStep.HashAggregate, "temporary table");
                break;
            case "query_block":
                parts.Add(new Part(Join(Parts(value))));
                break;
            default:
                parts.AddRange(Parts(value));
                break;
        }
    }

    private static void Wrap(List<Part> parts, JsonElement value, PlanStep? step, string name)
    {
        var inner = Join(Parts(value));
        parts.Add(new Part(step is { } known ? new PlanNode { Step = known, Name = name, Children = [inner] } : inner));
    }

    private static IEnumerable<Part> Table(JsonElement table)
    {
        if (Text(table, "table_name") is not { } relation)
        {
            yield break; // "No tables used", "Impossible WHERE"
        }

        var access = Text(table, "access_type");
        var isCovering = IsTrue(table, "using_index");
        var rows = Number(table, "rows_examined_per_scan") ?? Number(table, "rows");
        var keys = table.TryGetProperty("used_key_parts", out var used) && used.ValueKind == JsonValueKind.Array ? used.EnumerateArray().Select(part => part.GetString()) : [];
        var beneath = new List<Part>();
        foreach (var property in table.EnumerateObject().Where(property => property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
        {
            AddParts(beneath, property.Name, property.Value);
        }

        var isWrite = IsTrue(table, "update") || IsTrue(table, "delete") || IsTrue(table, "insert") || access is null;
        var scan = new PlanNode
        {
            Step = access switch
            {
                null => PlanStep.Modify,
                _ when relation.StartsWith('<') => PlanStep.Materialise,
                "ALL" => PlanStep.SequentialScan,
                "index" => PlanStep.FullIndexScan,
                "index_merge" => PlanStep.BitmapScan,
                _ => isCovering ? PlanStep.IndexOnlyScan : PlanStep.IndexScan,
            },
            Name = access ?? "insert",
            Relation = relation,
            Alias = relation,
            Index = Text(table, "key"),
            Columns = PlanColumns.OfMySql([.. keys, Text(table, "attached_condition")]),
            Rows = rows * ((Number(table, "filtered") ?? 100) / 100),
            Cost = Cost(table),
            Children = [.. beneath.Select(part => part.Node)],
        };
        var isHash = Text(table, "using_join_buffer")?.Contains("hash", StringComparison.OrdinalIgnoreCase) == true;
        yield return new Part(isWrite && access is not null ? new PlanNode { Step = PlanStep.Modify, Name = "write", Relation = relation, Alias = relation, Children = [scan] } : scan) { IsHashed = isHash };
    }

    private static PlanNode Join(List<Part> parts)
    {
        var joined = parts.Where(part => part.IsJoined).ToArray();
        var beside = parts.Where(part => !part.IsJoined).Select(part => part.Node).ToArray();
        if (joined.Length == 0)
        {
            return beside.Length == 1 ? beside[0] : new PlanNode { Step = PlanStep.Other, Name = beside.Length == 0 ? "no tables" : "union", Children = beside };
        }

        var tree = joined[0].Node;
        foreach (var next in joined.Skip(1))
        {
            tree = new PlanNode { Step = next.IsHashed ? PlanStep.HashJoin : PlanStep.NestedLoop, Name = next.IsHashed ? "hash join" : "nested loop", Rows = tree.Rows * next.Node.Rows, Children = [tree, next.Node] };
        }

        return beside.Length == 0 ? tree : tree with { Children = [.. tree.Children, .. beside] };
    }

    private static double? Cost(JsonElement json) => Number(json, "cost")
        ?? (json.TryGetProperty("cost_info", out var info) ? Number(info, "query_cost") ?? Number(info, "prefix_cost") : null);

    private static bool IsTrue(JsonElement json, string name) => json.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.Number && value.GetDouble() != 0));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Some versions write numbers as strings.
    private static double? Number(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A step on its way to a tree.</summary>
    /// <param name="Node">The step.</param>
    private readonly record struct Part(PlanNode Node)
    {
        /// <summary>Whether it is joined with what stands before it; subqueries and parts of a union are not.</summary>
        public bool IsJoined { get; init; } = true;

        /// <summary>Whether that is by hash.</summary>
        public bool IsHashed { get; init; }
    }
}
