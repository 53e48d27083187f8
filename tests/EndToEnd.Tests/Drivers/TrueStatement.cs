using System.Text.Json;
using System.Text.RegularExpressions;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>What a client says of a statement that it executed: the text as it is on the wire and what came of it. A missing number is none.</summary>
internal sealed record TrueStatement(string Sql)
{
    public long? Rows { get; init; }

    public long? Affected { get; init; }

    public string? Error { get; init; }

    public string? Copy { get; init; }

    /// <summary>The parameters as text; null if they are not to be compared.</summary>
    public IReadOnlyList<string?>? Parameters { get; init; }

    /// <summary>Only the text's beginning is known.</summary>
    public bool Starts { get; init; }

    /// <summary>The client died before the response was whole: nothing else is known of it.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Rows that came by fetches of their own (stmt_fetch), in all.</summary>
    public long? Fetched { get; init; }
}

/// <summary>A client's ground truth: its statements in order, and which others its driver sends by itself.</summary>
internal sealed class GroundTruth
{
    private readonly List<Regex> _own = [];

    public List<TrueStatement> Statements { get; } = [];

    /// <summary>Reads what a client program printed, one JSON object a line.</summary>
    public static GroundTruth Parse(string ndjson)
    {
        var truth = new GroundTruth();
        foreach (var line in ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var e = JsonDocument.Parse(line).RootElement;
            if (e.TryGetProperty("driver", out var pattern))
            {
                truth.Own(pattern.GetString()!);
                continue;
            }

            truth.Statements.Add(new TrueStatement(e.GetProperty("sql").GetString()!)
            {
                Rows = Number(e, "rows"),
                Affected = Number(e, "affected"),
                Fetched = Number(e, "fetched"),
                Error = e.TryGetProperty("error", out var error) ? error.ToString().Trim() : null,
                Copy = e.TryGetProperty("copy", out var copy) ? copy.GetString() : null,
                Starts = e.TryGetProperty("starts", out _),
                Incomplete = e.TryGetProperty("incomplete", out _),
                Parameters = e.TryGetProperty("parameters", out var p) ? [.. p.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? null : v.ToString())] : null,
            });
        }

        return truth;
    }

    /// <summary>Statements that match this are the driver's own.</summary>
    public void Own(string pattern) => _own.Add(new Regex($@"\A(?:{pattern})\z", RegexOptions.Singleline, TimeSpan.FromSeconds(1)));

    public bool IsOwn(string? sql) => sql is not null && _own.Any(p => p.IsMatch(sql));

    private static long? Number(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
