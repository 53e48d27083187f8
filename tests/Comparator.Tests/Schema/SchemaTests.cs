using System.Text.Json;
using System.Text.Json.Nodes;
using Replay.Comparator.Tests.Browser;
using Replay.TestKit;

namespace Replay.Comparator.Tests.Schema;

/// <summary>The schema that <c>dbcompare --json-schema</c> prints says neither less nor more than the JSON report has.</summary>
public sealed class SchemaTests
{
    private const string Script = """
        const { readFileSync } = require('node:fs');
        const [modules, schema, ...documents] = process.argv.slice(1);
        const Ajv = require(modules + 'ajv/dist/2020').default;
        const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
        require(modules + 'ajv-formats').default(ajv);
        const validate = ajv.compile(JSON.parse(readFileSync(schema)));
        console.log(JSON.stringify(documents.map(file => validate(JSON.parse(readFileSync(file))) ? [] : validate.errors.map(e => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`))));
        """;

    private static readonly Lazy<JsonElement> Printed = new(() => JsonDocument.Parse(Text()).RootElement);

    [Fact]
    public async Task DocumentsAreValidAndLeaveNothingOfItUnused()
    {
        var documents = SchemaDocuments.Make();
        var errors = await ValidateAsync(documents.Values);
        IsNone(documents.Keys.Zip(errors).SelectMany(one => one.Second.Select(error => $"{one.First}: {error}")));

        var coverage = new SchemaCoverage(Printed.Value);
        foreach (var text in documents.Values)
        {
            using var document = JsonDocument.Parse(text);
            coverage.Add(document.RootElement);
        }

        IsNone(coverage.Missing());
    }

    [Fact]
    public async Task OtherDocumentsAreNotValid()
    {
        var golden = await File.ReadAllTextAsync(RepositoryFolder.Path("tests", "Comparator.Tests", "Golden", "comparison.json"));
        (Action<JsonNode> Change, string Error)[] mistakes =
        [
            (root => root["format"] = 2, "/format must be equal to constant"),
            (root => root["shapes"]![0]!["more"] = 1, "/shapes/0 must NOT have additional properties"),
            (root => root["shapes"]![0]!.AsObject().Remove("sql"), "/shapes/0 must have required property 'sql'"),
            (root => root["shapes"]![0]!["verdict"] = "worse", "/shapes/0/verdict must be equal to one of the allowed values"),
            (root => root["shapes"]![0]!["paired"] = null, "/shapes/0/paired must be integer"),
            (root => root["workload"]!["by_eligibility"]!["by the moon"] = 1, "/workload/by_eligibility property name must be valid"),
            (root => root["compared_at"] = "yesterday", "/compared_at must match format"),
        ];
        var errors = await ValidateAsync(mistakes.Select(mistake =>
        {
            var root = JsonNode.Parse(golden)!;
            mistake.Change(root);
            return root.ToJsonString();
        }));
        Assert.All(mistakes.Zip(errors), one => Assert.Contains(one.Second, error => error.StartsWith(one.First.Error, StringComparison.Ordinal)));
    }

    [Fact]
    public void WordsAreThoseOfTheCode()
    {
        var defined = Printed.Value.GetProperty("$defs");
        foreach (var (name, words) in SchemaWords.Mirrored)
        {
            Assert.Equal(words.Order(StringComparer.Ordinal), Words(defined.GetProperty(name)).Order(StringComparer.Ordinal));
        }

        // How a root diverged is the replayer's word; the others have no enumeration of their own.
        Assert.Equal(
            ["#/$defs/confirmation/properties/suspected", "#/$defs/divergence", "#/$defs/run/properties/side", "#/$defs/shape/properties/perhaps_slower", "#/$defs/shape/properties/withheld", "#/properties/design"],
            Enums("#", Printed.Value).Except(SchemaWords.Mirrored.Keys.Select(name => $"#/$defs/{name}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachPropertyIsDescribedAndThereAndNoOther()
    {
        foreach (var (pointer, part) in Objects("#", Printed.Value))
        {
            var properties = part.GetProperty("properties").EnumerateObject().ToArray();
            Assert.Equal(properties.Select(property => property.Name), part.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));
            Assert.True(part.GetProperty("additionalProperties").ValueKind == JsonValueKind.False, pointer);
            Assert.All(properties, property => Assert.True(IsDescribed(property.Value), $"{pointer}/{property.Name}"));
        }
    }

    private static void IsNone(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        Assert.True(text.Length == 0, text);
    }

    // What refers to something that is described needs no words of its own; so does what has few words and names them.
    private static bool IsDescribed(JsonElement part) => part.TryGetProperty("description", out _) || part.TryGetProperty("enum", out _)
        || (part.TryGetProperty("$ref", out var reference) && IsDescribed(reference.GetString()!.Split('/').Skip(1).Aggregate(Printed.Value, (whole, name) => whole.GetProperty(name))))
        || part.TryGetProperty("properties", out _);

    private static IEnumerable<(string Pointer, JsonElement Part)> Objects(string pointer, JsonElement part) => All(pointer, part).Where(one => one.Part.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && one.Part.TryGetProperty("type", out _));

    private static IEnumerable<string> Enums(string pointer, JsonElement part) => All(pointer, part).Where(one => one.Part.TryGetProperty("enum", out _)).Select(one => one.Pointer);

    private static IEnumerable<(string Pointer, JsonElement Part)> All(string pointer, JsonElement part) => part.ValueKind != JsonValueKind.Object ? [] :
        part.EnumerateObject().SelectMany(property => All($"{pointer}/{property.Name}", property.Value)).Prepend((pointer, part));

    private static IEnumerable<string> Words(JsonElement part) => part.GetProperty("enum").EnumerateArray().Where(word => word.ValueKind != JsonValueKind.Null).Select(word => word.GetString()!);

    private static string Text()
    {
        using var stream = new MemoryStream();
        JsonReport.WriteSchema(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static async Task<string[][]> ValidateAsync(IEnumerable<string> documents)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("schema.json"), Text());
        var files = new List<string>();
        foreach (var document in documents)
        {
            files.Add(folder.File($"{files.Count}.json"));
            await File.WriteAllTextAsync(files[^1], document);
        }

        var result = await ProcessRunner.RunAsync("node", ["--eval", Script, Chromium.Metadata("NodeModules"), folder.File("schema.json"), .. files]);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonSerializer.Deserialize<string[][]>(result.Output)!;
    }
}
