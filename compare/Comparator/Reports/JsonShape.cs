using System.Text.Json;

namespace Replay.Comparator;

/// <summary>One shape in the JSON.</summary>
internal static class JsonShape
{
    public static void Write(Utf8JsonWriter json, ShapeComparison shape)
    {
        var decision = shape.Decision;
        json.WriteStartObject();
        json.WriteString("shape", shape.Hex);
        json.WriteString("sql", shape.Sql);
        json.WriteString("class", shape.Class);
        json.WriteNumber("executions", shape.Executions);
        json.WriteNumber("captured", shape.Captured);
        json.WriteNumber("paired", shape.Paired);
        json.WriteString("verdict", decision.Verdict.Name());
        json.WriteString("not_judged", shape.Exclusion == Eligibility.Compared ? null : shape.Exclusion.Name());
        json.Ratio("ratio", decision.Ratio);
        WriteSide(json, "baseline", shape.Baseline);
        WriteSide(json, "candidate", shape.Candidate);

        json.WriteStartObject("errors");
        json.WriteNumber("baseline", shape.BaselineErrors);
        json.WriteNumber("candidate", shape.CandidateErrors);
        json.Strings("new", shape.NewErrors);
        json.WriteEndObject();

        json.WriteStartObject("results");
        json.WriteNumber("compared", shape.Results.Compared);
        json.WriteNumber("different", shape.Results.IsFailure ? shape.Results.Different : 0);
        json.WriteString("kind", shape.Results.Kind.Name());
        json.WriteNumber("compared_by_value", shape.Results.ComparedByValue);
        json.WriteNumber("differing", shape.Results.Different);
        json.WriteNumber("differing_between_equal_runs", shape.Results.SelfDifferent);
        json.Example(shape.Results.Example);
        json.WriteEndObject();

        json.WriteStartArray("effects");
        foreach (var effect in decision.Effects)
        {
            json.WriteStartObject();
            json.WriteString("metric", effect.Metric.Name());
            json.Ratio("ratio", effect.Ratio);
            json.Number("p", effect.PValue);
            json.WriteBoolean("regressed", effect.IsRegressed);
            json.WriteBoolean("improved", effect.IsImproved);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Number("time_share", decision.TimeShare);
        json.Number("minimum_detectable_ratio", decision.MinimumDetectableRatio);
        json.Number("runs_needed", decision.RunsNeeded ?? double.NaN);
        json.Number("executions_needed", decision.ExecutionsNeeded ?? double.NaN);
        json.WriteBoolean("too_small_to_matter", decision.IsTooSmallToMatter);
        json.WriteStartObject("not_compared");
        for (var reason = 1; reason < shape.ByEligibility.Count; reason++)
        {
            if (shape.ByEligibility[reason] > 0)
            {
                json.WriteNumber(((Eligibility)reason).Name(), shape.ByEligibility[reason]);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string name, SideStatistics side)
    {
        json.WriteStartObject(name);
        json.Number("p50_us", side.P50Microseconds);
        json.Number("p95_us", side.P95Microseconds);
        json.Number("p99_us", side.P99Microseconds);
        json.Number("mean_us", side.MeanMicroseconds);
        json.Number("total_ms", side.TotalMilliseconds);
        json.WriteEndObject();
    }
}
