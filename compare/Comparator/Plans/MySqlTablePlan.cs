using System.Globalization;
using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>MySQL's and MariaDB's EXPLAIN as a table, a line a table with <c>name=value</c> as runs keep it: for statements of which there is no JSON, and for runs of older builds.</summary>
internal static partial class MySqlTablePlan
{
    /// <summary>The tree; null if the text is no such table.</summary>
    public static PlanTree? Read(string plan)
    {
        var rows = plan.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Field().Matches(line).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (rows.Length == 0 || !rows.All(row => row.ContainsKey("select_type")))
        {
            return null;
        }

        // Lines of one id are joined in their order; other ids are subqueries and parts of unions.
        var blocks = rows.GroupBy(row => row.GetValueOrDefault("id", "")).Select(block => Block([.. block])).ToArray();
        var root = blocks.Length == 1 ? blocks[0] : blocks[0] with { Children = [.. blocks[0].Children, .. blocks.Skip(1)] };
        return new PlanTree(root, new Dictionary<string, string>());
    }

    private static PlanNode Block(IReadOnlyList<Dictionary<string, string>> rows)
    {
        var tree = Table(rows[0]);
        foreach (var row in rows.Skip(1))
        {
            var isHashed = row.GetValueOrDefault("Extra", "").Contains("hash", StringComparison.OrdinalIgnoreCase) || row.GetValueOrDefault("type", "").StartsWith("hash", StringComparison.Ordinal);
            var next = Table(row);
            tree = new PlanNode { Step = isHashed ? PlanStep.HashJoin : PlanStep.NestedLoop, Name = isHashed ? "hash join" : "nested loop", Rows = tree.Rows * next.Rows, Children = [tree, next] };
        }

        var extra = string.Join(' ', rows.Select(row => row.GetValueOrDefault("Extra", "")));
        tree = extra.Contains("Using temporary", StringComparison.Ordinal) ? new PlanNode { Step = PlanStep.HashAggregate, Name = "temporary table", Children = [tree] } : tree;
        return extra.Contains("Using filesort", StringComparison.Ordinal) ? new PlanNode { Step = PlanStep.Sort, Name = "filesort", Children = [tree] } : tree;
    }

    private static PlanNode Table(Dictionary<string, string> row)
    {
        var (type, relation, extra) = (row.GetValueOrDefault("type"), row.GetValueOrDefault("table"), row.GetValueOrDefault("Extra", ""));
        return new PlanNode
        {
            Step = type switch
            {
                null => PlanStep.Other,
                _ when relation?.StartsWith('<') == true => PlanStep.Materialise,
                "ALL" => PlanStep.SequentialScan,
                "index" => PlanStep.FullIndexScan,
                "index_merge" => PlanStep.BitmapScan,
                _ => extra.Contains("Using index", StringComparison.Ordinal) && !extra.Contains("Using index condition", StringComparison.Ordinal) ? PlanStep.IndexOnlyScan : PlanStep.IndexScan,
            },
            Name = type ?? row.GetValueOrDefault("select_type", "?"),
            Relation = relation,
            Alias = relation,
            Index = row.GetValueOrDefault("key"),
            Rows = Number(row.GetValueOrDefault("rows")) * ((Number(row.GetValueOrDefault("filtered")) ?? 100) / 100),
        };
    }

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A value goes on to the next name= of a column that EXPLAIN has.
    [GeneratedRegex(@"\b(id|select_type|table|partitions|type|possible_keys|key|key_len|ref|rows|filtered|r_rows|r_filtered|Extra)=(.*?)(?= (?:id|select_type|table|partitions|type|possible_keys|key|key_len|ref|rows|filtered|r_rows|r_filtered|Extra)=|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Field();
}
