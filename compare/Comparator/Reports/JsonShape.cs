using System.Text.Json;
using Replay.Statistics;

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
        json.WriteString("withheld", decision.Withheld?.Name());
        json.WriteString("perhaps_slower", decision.PerhapsSlower?.Name());
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
        json.WriteNumber("different", shape.Results.IsAnother ? shape.Results.Different : 0);
        json.WriteString("kind", shape.Results.Kind.Name());
        json.WriteNumber("compared_by_value", shape.Results.ComparedByValue);
        json.WriteNumber("differing", shape.Results.Different);
        json.WriteNumber("differing_between_equal_runs", shape.Results.SelfDifferent);
        json.WriteNumber("compared_with_production", shape.Results.ProductionCompared);
        json.WriteNumber("baseline_is_not_production", shape.Results.BaselineIsNotProduction);
        json.WriteNumber("candidate_is_not_production", shape.Results.CandidateIsNotProduction);
        json.WriteNumber("candidate_is_production_and_baseline_not", shape.Results.CandidateIsProduction);
        json.WriteString("stable_level", shape.Results.StableLevel.ToString().ToLowerInvariant());
        json.Example(shape.Results.Example);
        WriteExemplars(json, shape.Results);
        json.Strings("metadata", shape.Responses.Columns);
        json.Number("baseline_warnings", shape.Responses.BaselineWarnings ?? double.NaN);
        json.Number("candidate_warnings", shape.Responses.CandidateWarnings ?? double.NaN);
        json.WriteEndObject();

        json.WriteStartArray("accepted");
        foreach (var waiver in shape.Waivers)
        {
            json.WriteStartObject();
            json.WriteString("accept", waiver.Kind.Name());
            json.WriteString("code", waiver.Code);
            json.Number("at_most", waiver.AtMost ?? double.NaN);
            json.WriteString("reason", waiver.Reason);
            json.WriteString("owner", waiver.Owner);
            json.WriteString("until", waiver.Until.ToString("yyyy-MM-dd"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
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
        WriteConfirmation(json, decision.Confirmation);
        JsonPlans.Write(json, shape);
        JsonPlans.WriteCauses(json, shape.Causes);
        JsonPlans.WriteReproductions(json, shape);
        json.Number("time_share", decision.TimeShare);
        json.Number("minimum_detectable_ratio", decision.MinimumDetectableRatio);
        json.Count("runs_needed", decision.RunsNeeded);
        json.Count("executions_needed", decision.ExecutionsNeeded);
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

    private static void WriteExemplars(Utf8JsonWriter json, ResultFinding results)
    {
        json.WriteStartArray("exemplars");
        foreach (var exemplar in results.Exemplars)
        {
            json.WriteStartObject();
            json.WriteNumber("session", exemplar.Example.Session);
            json.WriteNumber("ordinal", exemplar.Example.Ordinal);
            json.Count("baseline_rows", exemplar.BaselineRows);
            json.Count("candidate_rows", exemplar.CandidateRows);
            json.Count("production_rows", exemplar.ProductionRows);
            json.WriteStartArray("columns");
            foreach (var column in exemplar.Columns)
            {
                json.WriteStartObject();
                json.WriteString("column", column.Column);
                json.WriteNumber("row", column.Row);
                json.WriteString("difference", column.Difference.Words());
                json.WriteString("baseline", column.Baseline);
                json.WriteString("candidate", column.Candidate);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConfirmation(Utf8JsonWriter json, ShapeConfirmation? confirmation)
    {
        if (confirmation is null)
        {
            json.WriteNull("confirmation");
            return;
        }

        json.WriteStartObject("confirmation");
        json.WriteString("outcome", confirmation.Outcome.Name());
        json.WriteString("suspected", confirmation.Suspected.Name());
        json.Ratio("ratio", confirmation.Ratio);
        json.WriteNumber("rounds", confirmation.Rounds);
        json.WriteNumber("executions", confirmation.Executions);
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
