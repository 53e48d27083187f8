using System.Globalization;
using System.Text.Json;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>An exchange as <c>show --format ndjson</c> prints it.</summary>
internal sealed record ShownExchange(
    long Session, int Ordinal, string Command, string? Sql, IReadOnlyList<string?> Parameters, long? Rows, long? Affected, string? ErrorCode, string Shape, string? Status, string? Reason, string? Copy, bool Complete, string? ErrorMessage,
    DateTime? StartedAt, long? LatencyMicroseconds, long? OrderWaitMicroseconds)
{
    public (long, int) Key => (Session, Ordinal);

    /// <summary>When its response had ended; null if that was not measured.</summary>
    public DateTime? EndedAt => StartedAt + (LatencyMicroseconds is { } latency ? TimeSpan.FromMicroseconds(latency) : null);

    /// <summary>Whether it executed a statement (and did not only prepare, describe or close one).</summary>
    public bool IsStatement => Command is "query" or "execute" or "stmt_execute";

    public static ShownExchange From(JsonElement e) => new(
        e.GetProperty("session").GetInt64(),
        e.GetProperty("ordinal").GetInt32(),
        e.GetProperty("command").GetString()!,
        Text(e, "sql"),
        e.TryGetProperty("parameters", out var p) && p.ValueKind == JsonValueKind.Array ? [.. p.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? null : v.ToString())] : [],
        Number(e, "rows"),
        Number(e, "affected"),
        e.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error.GetProperty("code").ToString() : null,
        Text(e, "shape") ?? "",
        Text(e, "status"),
        Text(e, "reason"),
        Text(e, "copy"),
        e.TryGetProperty("complete", out var complete) && complete.ValueKind == JsonValueKind.True,
        error.ValueKind == JsonValueKind.Object ? Text(error, "message") : null,
        Text(e, "started_at") is { } started ? DateTime.Parse(started, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) : null,
        Number(e, "latency_us"),
        Number(e, "order_wait_us"));

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null;

    private static long? Number(JsonElement e, string name) => e.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetInt64() : null;
}
