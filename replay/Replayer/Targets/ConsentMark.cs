using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replay.Replayer;

/// <summary>
/// The mark by which a target says that it is one, and not production: left by <c>restore</c>, asked for by <c>run</c>. In PostgreSQL a comment on the
/// database, in MySQL a row of <c>replay_target.consent</c>.
/// </summary>
public sealed record ConsentMark
{
    /// <summary>MySQL: the schema that holds the mark.</summary>
    public const string MySqlSchema = "replay_target";

    /// <summary>The workload whose snapshot was restored.</summary>
    [JsonPropertyName("replay_target")]
    public required Guid Workload { get; init; }

    /// <summary>When it was restored, UTC.</summary>
    [JsonPropertyName("restored_at")]
    public DateTimeOffset RestoredAt { get; init; }

    /// <summary>What restored it.</summary>
    [JsonPropertyName("tool_version")]
    public string ToolVersion { get; init; } = "";

    /// <summary>The moment of the workload's clock, microseconds since 1970, up to which what changed anything has been applied since; null: none of it.</summary>
    [JsonPropertyName("checkpoint")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CheckpointMicroseconds { get; init; }

    /// <summary>Reads a mark; null if the text is none.</summary>
    public static ConsentMark? Parse(string? text)
    {
        if (text is null || !text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ConsentMark>(text);
        }
        catch (JsonException)
        {
            // Somebody's own comment that happens to begin with a brace.
            return null;
        }
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => JsonSerializer.Serialize(this);
}
