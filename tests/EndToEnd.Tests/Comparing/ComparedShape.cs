using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>A shape in <c>dbcompare --json</c>.</summary>
/// <param name="Sql">Its text, in lower case, without quotes.</param>
/// <param name="Executions">Executions in a run.</param>
/// <param name="Verdict">As in the JSON.</param>
/// <param name="Ratio">Estimate and interval, candidate by baseline.</param>
/// <param name="Metrics">The metrics in which it regressed.</param>
/// <param name="NewErrors">Their codes.</param>
/// <param name="ResultKind">As in the JSON.</param>
/// <param name="DifferentResults">Exchanges with results that fail the whole.</param>
/// <param name="Confirmation">What came of executing it again; empty if it was not.</param>
internal sealed partial record ComparedShape(
    string Sql, long Executions, string Verdict, string Ratio, IReadOnlyList<string> Metrics, IReadOnlyList<string> NewErrors, string ResultKind, long DifferentResults, string Confirmation)
{
    /// <summary>Whether it alone makes the whole fail.</summary>
    public bool IsFlagged => Verdict == "regressed" || NewErrors.Count > 0 || DifferentResults > 0;

    /// <summary>Whether it is this statement's: the words of the text are equal, literals and quotes aside.</summary>
    public bool IsOf(string statement) => Words(statement) == Words(Sql);

    /// <summary>What was said of it, in few words.</summary>
    public string Told => string.Join(", ",
    [
        Verdict,
        .. Metrics,
        .. NewErrors.Select(code => $"error {code}"),
        .. ResultKind is "equal" or "not_compared" ? Array.Empty<string>() : [ResultKind],
        .. Confirmation.Length == 0 ? Array.Empty<string>() : [Confirmation],
    ]);

    public static ComparedShape From(JsonElement shape)
    {
        var (errors, results, confirmation) = (shape.GetProperty("errors"), shape.GetProperty("results"), shape.GetProperty("confirmation"));
        return new ComparedShape(
            shape.GetProperty("sql").GetString()!.ToLowerInvariant().Replace("\"", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal).ReplaceLineEndings(" "),
            shape.GetProperty("executions").GetInt64(),
            shape.GetProperty("verdict").GetString()!,
            RatioText(shape.GetProperty("ratio")),
            [.. shape.GetProperty("effects").EnumerateArray().Where(e => e.GetProperty("regressed").GetBoolean()).Select(e => e.GetProperty("metric").GetString()!)],
            [.. errors.GetProperty("new").EnumerateArray().Select(e => e.GetString()!)],
            results.GetProperty("kind").GetString()!,
            results.GetProperty("different").GetInt64(),
            confirmation.ValueKind == JsonValueKind.Null ? "" : $"{confirmation.GetProperty("outcome").GetString()} x {RatioText(confirmation.GetProperty("ratio"))}");
    }

    private static string Words(string sql) =>
        Repeated().Replace(string.Join(' ', Word().Matches(Literal().Replace(sql.ToLowerInvariant(), "?")).Select(m => m.Value)), "?");

    [GeneratedRegex(@"'[^']*'|\b[0-9]+\b")]
    private static partial Regex Literal();

    // A list of literals is one in a shape.
    [GeneratedRegex(@"\?( \?)+")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\w+|[?!*]")]
    private static partial Regex Word();

    private static string RatioText(JsonElement ratio)
    {
        string Part(string name) => ratio.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble().ToString("0.00", CultureInfo.InvariantCulture) : "?";
        return $"{Part("estimate")} ({Part("low")} to {Part("high")})";
    }
}

/// <summary>What <c>dbcompare --json</c> says.</summary>
/// <param name="Verdict">pass, fail or undecided.</param>
/// <param name="Reasons">Why.</param>
/// <param name="Shapes">What was replayed or failed.</param>
internal sealed record ComparedCampaign(string Verdict, IReadOnlyList<string> Reasons, IReadOnlyList<ComparedShape> Shapes)
{
    public static ComparedCampaign Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        return new ComparedCampaign(
            root.GetProperty("verdict").GetString()!,
            [.. root.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!)],
            [.. root.GetProperty("shapes").EnumerateArray().Select(ComparedShape.From).Where(s => s.Executions > 0 || s.NewErrors.Count > 0)]);
    }

    /// <summary>The shape of a fault.</summary>
    public ComparedShape ShapeOf(PlantedFault fault) => Shapes.Single(s => s.Sql.Contains(fault.Marker, StringComparison.Ordinal));

    /// <summary>Shapes that are flagged though none of the faults is theirs.</summary>
    public IEnumerable<ComparedShape> FlaggedBeside(IEnumerable<PlantedFault> faults) =>
        Shapes.Where(s => s.IsFlagged && !faults.Any(f => s.Sql.Contains(f.Marker, StringComparison.Ordinal)));
}
