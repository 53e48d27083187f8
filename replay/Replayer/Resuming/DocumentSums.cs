using System.Globalization;
using System.Text.Json.Nodes;

namespace Replay.Replayer;

/// <summary>The parts of a run that was resumed as one: the numbers of its documents that are counted part by part.</summary>
internal static class DocumentSums
{
    // What is the greatest of the parts, and not their sum; what is the same in all of them.
    private static readonly HashSet<string> Greatest = new(StringComparer.Ordinal) { "longest_us", "longest_microseconds", "most", "max", "p50", "p90", "p99", "p999", "sessions" };
    private static readonly HashSet<string> Same = new(StringComparer.Ordinal) { "limit", "allowed", "most_kept_in_production", "pinned" };

    /// <summary><c>certificate.json</c> of the last part with what those before it have counted; what is counted from outcomes or on from the state is whole already.</summary>
    public static string Certificate(string last, string earlier)
    {
        var (sum, before) = (Parse(last), Parse(earlier));
        foreach (var section in (string[])["garbage_collections", "connections", "admission_wait_us", "connection_wait_us", "clones", "retries", "encoded"])
        {
            Add(sum[section], before[section]);
        }

        Add(sum["concurrency"]!, before["concurrency"], only: "most");
        foreach (var waits in (string[])["waits", "wait_us"])
        {
            Add(sum["order"]!, before["order"], only: waits);
        }

        return sum.ToJsonString();
    }

    /// <summary><c>order.json</c> likewise: waits and stalls.</summary>
    public static string Order(string last, string earlier)
    {
        var (sum, before) = (Parse(last), Parse(earlier));
        Add(sum["waits"], before["waits"]);
        Add(sum["stalls"], before["stalls"]);
        return sum.ToJsonString();
    }

    /// <summary><c>responses.json</c> likewise: shapes by their fingerprint, column lists by what is in them.</summary>
    public static string Responses(string last, string earlier)
    {
        var (sum, before) = (Parse(last), Parse(earlier));
        var shapes = sum["shapes"]!.AsArray();
        var known = shapes.ToDictionary(static shape => (string)shape!["shape"]!, static shape => shape!, StringComparer.Ordinal);
        foreach (var shape in before["shapes"]!.AsArray())
        {
            if (!known.TryGetValue((string)shape!["shape"]!, out var same))
            {
                shapes.Add(shape.DeepClone());
                continue;
            }

            foreach (var count in (string[])["exchanges", "warnings", "with_warnings", "other_columns"])
            {
                Add(same, shape, only: count);
            }

            var lists = same["columns"]!.AsArray();
            foreach (var list in shape["columns"]!.AsArray())
            {
                if (lists.FirstOrDefault(other => JsonNode.DeepEquals(other!["list"], list!["list"])) is { } equal)
                {
                    Add(equal, list, only: "count");
                }
                else if (lists.Count < ShapeResponses.MaxColumnLists)
                {
                    lists.Add(list!.DeepClone());
                }
                else
                {
                    same["other_columns"] = Value(Number(same["other_columns"]) + Number(list!["count"]));
                }
            }
        }

        return sum.ToJsonString();
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    private static void Add(JsonNode? to, JsonNode? from, string? only = null)
    {
        if (to is not JsonObject sum || from is not JsonObject more)
        {
            return;
        }

        foreach (var (name, value) in more)
        {
            if (value is null || Same.Contains(name) || (only is not null && only != name))
            {
                continue;
            }

            if (value is JsonObject)
            {
                Add(sum[name], value);
            }
            else if (value.GetValueKind() == System.Text.Json.JsonValueKind.Number)
            {
                var (one, other) = (Number(sum[name]), Number(value));
                sum[name] = Value(Greatest.Contains(name) ? Math.Max(one, other) : one + other);
            }
        }
    }

    // A node that was parsed and one that was made convert differently.
    private static double Number(JsonNode? node) => node is null ? 0 : double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static JsonValue Value(double number) => double.IsInteger(number) ? JsonValue.Create((long)number) : JsonValue.Create(number);
}
