using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The comparison as JSON, for other programs; comparison.schema.json describes it, and has to follow each change. Keys may be added; none is taken away or changes its meaning without a new <see cref="Format"/>. NaN is null.</summary>
public static class JsonReport
{
    /// <summary>The format of the document.</summary>
    public const int Format = 1;

    private const string SchemaName = "comparison.schema.json";

    /// <summary>Writes the document's JSON Schema (draft 2020-12).</summary>
    public static void WriteSchema(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var schema = typeof(JsonReport).Assembly.GetManifestResourceStream(SchemaName) ?? throw new InvalidOperationException($"{SchemaName} is not in the assembly");
        schema.CopyTo(output);
    }

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        // Relaxed: statements keep their quotes and signs; the file is not meant to be put into a page.
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("verdict", comparison.Verdict.Name());
        json.Strings("reasons", comparison.Reasons);
        json.Strings("warnings", comparison.Warnings);
        json.WriteStartArray("shapes");
        foreach (var shape in comparison.Shapes.Concat(comparison.NotCompared))
        {
            JsonShape.Write(json, shape);
        }

        json.WriteEndArray();
        JsonRuns.WriteAccounting(json, comparison);
        JsonRuns.WriteRuns(json, comparison);
        WriteOverall(json, comparison.Decision);
        WriteClasses(json, comparison);
        WriteErrors(json, comparison);
        WriteObjectives(json, comparison);
        json.WriteStartArray("settings");
        foreach (var setting in comparison.Settings)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("baseline", setting.Baseline);
            json.WriteString("candidate", setting.Candidate);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonPlans.WriteDifferences(json, comparison);
        json.Number("minimum_ratio", comparison.Decision.Options.MinimumRatio);
        json.Number("minimum_slowest_ratio", comparison.Decision.Options.MinimumSlowestRatio);
        json.WriteString("compared_at", comparison.ComparedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        json.WriteString("tool_version", comparison.ToolVersion);
        json.WriteEndObject();
    }

    private static void WriteOverall(Utf8JsonWriter json, Decision decision)
    {
        var overall = decision.Overall;
        json.WriteStartObject("overall");
        json.WriteString("verdict", overall.Verdict.Name());
        json.Ratio("ratio", overall.Ratio);
        json.Number("run_deviation", overall.RunDeviation);
        json.Number("largest_spread", overall.LargestSpread);
        json.WriteNumber("shapes", overall.Shapes);
        json.WriteBoolean("removed", overall.IsRemoved);
        json.WriteBoolean("counted_in_shapes", overall.IsCounted);
        json.WriteEndObject();

        json.WriteStartObject("noise");
        json.Number("shape_deviation", decision.ShapeDeviation);
        json.WriteBoolean("measured", decision.IsNoiseMeasured);
        json.Number("false_alarm_rate", decision.Audit.FalseAlarmRate);
        json.WriteNumber("false_alarms", decision.Audit.Flagged);
        json.WriteNumber("judged_on_equal_runs", decision.Audit.Judged);
        json.Strings("equal_runs_compared", decision.Audit.Contrasts);
        json.Number("lambda", decision.Audit.Lambda);
        json.Number("not_enough_data_time_share", decision.NotEnoughDataShare);
        json.Strings("doubts", decision.Doubts.Select(doubt => doubt.Name()));
        json.WriteEndObject();
    }

    private static void WriteClasses(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("classes");
        foreach (var one in comparison.Classes)
        {
            json.WriteStartObject();
            json.WriteString("class", one.Name);
            json.WriteNumber("shapes", one.Shapes);
            json.WriteNumber("exchanges", one.Exchanges);
            json.WriteNumber("compared", one.Compared);
            json.Number("time_share", one.TimeShare);
            json.WriteNumber("regressed", one.Regressed);
            json.WriteNumber("failing", one.Failing);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteObjectives(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("objectives");
        foreach (var outcome in comparison.Objectives)
        {
            json.WriteStartObject();
            json.WriteString("name", outcome.Objective.Name);
            json.WriteString("verdict", outcome.Verdict.Name());
            json.WriteString("why", outcome.Why);
            json.WriteNumber("exchanges", outcome.Exchanges);
            json.WriteNumber("eligible", outcome.Eligible);
            json.WriteStartObject("excluded");
            foreach (var (reason, count) in outcome.Excluded)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteStartArray("burns");
            foreach (var burn in outcome.Burns)
            {
                json.WriteStartObject();
                json.WriteString("from", DateTimeOffset.UnixEpoch.AddMicroseconds(burn.FromMicroseconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"));
                json.WriteString("to", DateTimeOffset.UnixEpoch.AddMicroseconds(burn.ToMicroseconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"));
                json.Number("rate", burn.Rate);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, Comparison comparison)
    {
        var hex = comparison.Shapes.Concat(comparison.NotCompared).ToDictionary(shape => shape.Number, shape => shape.Hex);
        json.WriteStartArray("errors");
        foreach (var error in comparison.Errors)
        {
            json.WriteStartObject();
            json.WriteString("shape", hex.GetValueOrDefault(error.Shape));
            json.WriteString("code", error.Code);
            json.WriteString("kind", error.Kind.Name());
            json.WriteBoolean("accepted", error.Waiver is not null);
            json.WriteNumber("new_exchanges", error.NewExchanges);
            json.WriteNumber("production", error.Production);
            json.WriteStartObject("runs");
            for (var k = 0; k < error.PerRun.Count; k++)
            {
                json.WriteNumber(comparison.Runs[k].Label, error.PerRun[k]);
            }

            json.WriteEndObject();
            json.Example(error.Example);
            WriteCause(json, error.Cause);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCause(Utf8JsonWriter json, RootCause? cause)
    {
        if (cause is null)
        {
            json.WriteNull("root_cause");
            return;
        }

        json.WriteStartObject("root_cause");
        json.WriteString("run", cause.Run);
        json.WriteBoolean("itself", cause.IsItself);
        json.WriteString("kind", cause.Kind);
        json.WriteNumber("session", cause.Session);
        json.WriteNumber("ordinal", cause.Ordinal);
        json.WriteString("sql", cause.Sql);
        json.WriteNumber("consequences", cause.Consequences);
        json.WriteEndObject();
    }
}
