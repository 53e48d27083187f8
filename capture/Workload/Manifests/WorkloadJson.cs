using System.Text.Json.Serialization;

namespace Replay.Workload;

/// <summary>Reads and writes manifests; source-generated, indented for the eye.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(WorkloadManifest))]
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(FormatProbe))]
internal sealed partial class WorkloadJson : JsonSerializerContext;

/// <summary>The one key of a manifest that every version has: read first, so that a newer manifest is refused for what it is.</summary>
internal sealed record FormatProbe
{
    public int FormatVersion { get; init; }
}
