using System.Text.Json;

namespace Replay.Comparator.Tests.Schema;

/// <summary>Which parts of a schema documents made use of, and whether what may be null was so. Knows the keywords that the schema has; a validator judges the documents.</summary>
internal sealed class SchemaCoverage(JsonElement schema)
{
    private readonly HashSet<(string Pointer, bool IsNull)> _met = [];

    /// <summary>Takes in a document.</summary>
    public void Add(JsonElement document) => Visit("#", document);

    /// <summary>The parts that no document had, and those that none had with a value or, if it may be null, without.</summary>
    public IEnumerable<string> Missing()
    {
        foreach (var pointer in Parts("#"))
        {
            if (!_met.Contains((pointer, false)))
            {
                yield return $"{pointer} without null";
            }

            if (MayBeNull(pointer) && !_met.Contains((pointer, true)))
            {
                yield return $"{pointer} with null";
            }
        }
    }

    private void Visit(string pointer, JsonElement value)
    {
        _met.Add((pointer, value.ValueKind == JsonValueKind.Null));
        var part = At(pointer);
        if (part.TryGetProperty("$ref", out var reference))
        {
            Visit(reference.GetString()!, value);
        }

        // The second one is null.
        if (part.TryGetProperty("anyOf", out _) && value.ValueKind != JsonValueKind.Null)
        {
            Visit($"{pointer}/anyOf/0", value);
        }

        if (value.ValueKind == JsonValueKind.Array && part.TryGetProperty("items", out _))
        {
            foreach (var item in value.EnumerateArray())
            {
                Visit($"{pointer}/items", item);
            }
        }

        if (value.ValueKind == JsonValueKind.Object && !part.TryGetProperty("$ref", out _) && part.TryGetProperty("additionalProperties", out var additional))
        {
            foreach (var property in value.EnumerateObject())
            {
                Visit(additional.ValueKind == JsonValueKind.Object ? $"{pointer}/additionalProperties" : $"{pointer}/properties/{property.Name}", property.Value);
            }
        }
    }

    private bool MayBeNull(string pointer)
    {
        var part = At(pointer);
        return (part.TryGetProperty("$ref", out var reference) && MayBeNull(reference.GetString()!))
            || part.TryGetProperty("anyOf", out _)
            || (part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array)
            || (part.TryGetProperty("enum", out var words) && words.EnumerateArray().Any(word => word.ValueKind == JsonValueKind.Null));
    }

    private IEnumerable<string> Parts(string pointer)
    {
        var part = At(pointer);
        var beneath = new List<string>();
        if (pointer == "#")
        {
            // Names of properties are told by the validator.
            beneath.AddRange(part.GetProperty("$defs").EnumerateObject().Where(one => one.Name is not ("eligibility" or "skip_reason" or "failure_reason")).Select(one => $"#/$defs/{one.Name}"));
        }

        if (part.TryGetProperty("properties", out var properties))
        {
            beneath.AddRange(properties.EnumerateObject().Select(one => $"{pointer}/properties/{one.Name}"));
        }

        if (part.TryGetProperty("items", out _))
        {
            beneath.Add($"{pointer}/items");
        }

        if (part.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object)
        {
            beneath.Add($"{pointer}/additionalProperties");
        }

        return beneath.SelectMany(Parts).Prepend(pointer);
    }

    private JsonElement At(string pointer) =>
        pointer.Split('/').Skip(1).Aggregate(schema, (part, name) => part.ValueKind == JsonValueKind.Array ? part[int.Parse(name)] : part.GetProperty(name));
}
