using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>A plan as a run stored it.</summary>
/// <param name="Text">For people, without literals; or why there is none.</param>
/// <param name="Tree">As a tree; null if it cannot be read.</param>
/// <param name="Position">The execution that was explained; null if the run does not tell.</param>
internal sealed record StoredPlan(string Text, PlanTree? Tree, long? Position);

/// <summary>What the runs stored for explanation: settings, plans, tables. Runs without them, or with damaged ones, are compared all the same.</summary>
internal static class RunDocuments
{
    /// <summary>Settings, a JSON object of name and value.</summary>
    public const string Settings = "settings.json";

    /// <summary>Plans, a JSON array of objects with <c>shape</c>, <c>position</c> and <c>plan</c>, <c>tree</c> or <c>error</c>; several may be of one shape.</summary>
    public const string Plans = "plans.json";

    /// <summary>Extensions, databases and settings of users, a JSON object.</summary>
    public const string Environment = "environment.json";

    /// <summary>Tables with their indexes and columns, a JSON array.</summary>
    public const string Tables = "tables.json";

    // Settings that say where a server runs, not how; they differ between any two. Those of a moment differ from one to the next.
    private static readonly string[] Places =
        ["data_directory", "config_file", "hba_file", "ident_file", "external_pid_file", "port", "unix_socket_directories", "socket", "pid_file", "datadir", "basedir", "tmpdir", "server_uuid", "hostname", "log_error", "general_log_file", "slow_query_log_file", "cluster_name"];

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Settings that differ between the first run of either side that has them.</summary>
    public static IReadOnlyList<SettingDifference> SettingDifferences(IReadOnlyList<ComparedRun> runs, List<string> warnings)
    {
        var baseline = First(runs, isCandidate: false, Settings, warnings, ReadSettings);
        var candidate = First(runs, isCandidate: true, Settings, warnings, ReadSettings);
        return baseline is null || candidate is null ? [] : baseline.Keys.Union(candidate.Keys, StringComparer.Ordinal)
            .Where(name => !Places.Contains(name, StringComparer.Ordinal))
            .Select(name => new SettingDifference(name, baseline.GetValueOrDefault(name), candidate.GetValueOrDefault(name)))
            .Where(setting => !string.Equals(setting.Baseline, setting.Candidate, StringComparison.Ordinal))
            .OrderBy(setting => setting.Baseline is null || setting.Candidate is null).ThenBy(setting => setting.Name, StringComparer.Ordinal).ToArray();
    }

    /// <summary>Plans by fingerprint of the first run of a side that has them, in the order of the workload.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<StoredPlan>> PlansOf(IReadOnlyList<ComparedRun> runs, bool isCandidate, List<string> warnings) =>
        First(runs, isCandidate, Plans, warnings, root => ReadPlans(root, runs[0].Manifest.Engine)) ?? [];

    /// <summary>What the first run of a side that has it tells of its server.</summary>
    public static ServerFacts FactsOf(IReadOnlyList<ComparedRun> runs, bool isCandidate, List<string> warnings)
    {
        var environment = First(runs, isCandidate, Environment, warnings, root => root.Deserialize<ServerFacts>(Json));
        var tables = First(runs, isCandidate, Tables, warnings, root => root.Deserialize<ServerFacts.Table[]>(Json));
        return (environment ?? new ServerFacts()) with { HasEnvironment = environment is not null, Tables = tables ?? [] };
    }

    private static T? First<T>(IReadOnlyList<ComparedRun> runs, bool isCandidate, string name, List<string> warnings, Func<JsonElement, T?> read)
        where T : class
    {
        foreach (var run in runs.Where(run => run.IsCandidate == isCandidate))
        {
            if (run.ReadDocument(name) is not { } json)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json);
                return read(document.RootElement);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                warnings.Add($"{run.Label}: {name} could not be read and is left out ({exception.Message})");
            }
        }

        return null;
    }

    private static Dictionary<string, string> ReadSettings(JsonElement root) =>
        root.EnumerateObject().ToDictionary(property => property.Name, property => Text(property.Value), StringComparer.Ordinal);

    private static Dictionary<string, IReadOnlyList<StoredPlan>> ReadPlans(JsonElement root, Engine engine)
    {
        var plans = new List<(string Shape, StoredPlan Plan)>();
        foreach (var entry in root.EnumerateArray())
        {
            var plan = Property(entry, "plan");
            var text = plan is not null ? PlanText.WithoutLiterals(plan, engine) : Property(entry, "error") is { } error ? $"EXPLAIN failed: {ErrorText.WithoutQuoted(error)}" : null;
            if (Property(entry, "shape") is { } shape && text is not null)
            {
                var position = entry.TryGetProperty("position", out var place) && place.TryGetInt64(out var number) ? number : (long?)null;
                plans.Add((shape, new StoredPlan(text, PlanReader.Read(Property(entry, "tree"), plan), position)));
            }
        }

        return plans.GroupBy(one => one.Shape, one => one.Plan, StringComparer.Ordinal)
            .ToDictionary(shape => shape.Key, shape => (IReadOnlyList<StoredPlan>)[.. shape.DistinctBy(plan => plan.Position).OrderBy(plan => plan.Position)], StringComparer.Ordinal);
    }

    private static string? Property(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Text(value) : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
