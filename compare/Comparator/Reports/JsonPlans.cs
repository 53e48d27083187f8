using System.Text.Json;

namespace Replay.Comparator;

/// <summary>A shape's plans and explanations in the JSON, and what differs between the servers.</summary>
internal static class JsonPlans
{
    public static void Write(Utf8JsonWriter json, ShapeComparison shape)
    {
        json.WriteStartObject("plans");
        WriteExecution(json, shape.Plans.IsFirst ? null : shape.Plans.Execution);
        WriteTree(json, "baseline", shape.Plans.Baseline?.Root);
        WriteTree(json, "candidate", shape.Plans.Candidate?.Root);
        json.WriteStartArray("changes");
        foreach (var change in shape.Plans.Changes)
        {
            json.WriteStartObject();
            json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(change.Kind.ToString()));
            json.WriteString("relation", change.Relation);
            json.WriteString("words", change.Words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Number("rows_expected", shape.Plans.RowsExpected ?? double.NaN);
        json.Count("rows_found", shape.Plans.RowsFound);
        json.WriteString("words", shape.Plans.Words);
        json.WriteEndObject();
        json.WriteStartArray("explanations");
        foreach (var explanation in shape.Explanations)
        {
            json.WriteStartObject();
            WriteFields(json, explanation.Difference);
            json.WriteNumber("score", explanation.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteReproductions(Utf8JsonWriter json, ShapeComparison shape)
    {
        json.WriteStartArray("samples");
        foreach (var one in shape.Reproductions)
        {
            json.WriteStartObject();
            json.WriteNumber("session", one.Session);
            json.WriteNumber("ordinal", one.Ordinal);
            json.WriteString("what", one.What);
            json.Strings("commands", one.Commands);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteCauses(Utf8JsonWriter json, ShapeCauses? causes)
    {
        if (causes is null)
        {
            json.WriteNull("causes");
            return;
        }

        json.WriteStartObject("causes");
        json.WriteNumber("executions", causes.Executions);
        json.WriteNumber("slow", causes.Slow);
        json.Number("slow_beyond_ratio", causes.Border);
        json.WriteString("words", causes.Lead);
        json.WriteStartArray("findings");
        foreach (var finding in causes.Findings)
        {
            json.WriteStartObject();
            json.WriteString("dimension", JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Dimension.ToString()));
            json.WriteString("name", finding.Name);
            json.WriteString("value", finding.Value);
            json.WriteNumber("executions", finding.Contrast.Executions);
            json.WriteNumber("slow", finding.Contrast.Slow);
            json.Number("execution_share", finding.Contrast.ExecutionShare);
            json.Number("excess_share", finding.Contrast.ExcessShare);
            json.Ratio("risk_ratio", finding.Contrast.RiskRatio);
            json.Strings("same_executions", finding.Same.Select(same => same.What));
            json.WriteString("words", finding.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("slow_in_each_run");
        foreach (var position in causes.SlowInEachRun)
        {
            json.WriteNumberValue(position);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteDifferences(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("server_differences");
        foreach (var difference in comparison.Differences)
        {
            json.WriteStartObject();
            WriteFields(json, difference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteExecution(Utf8JsonWriter json, PlannedExecution? execution)
    {
        if (execution is null)
        {
            json.WriteNull("execution");
            return;
        }

        json.WriteStartObject("execution");
        json.WriteNumber("session", execution.Session);
        json.WriteNumber("ordinal", execution.Ordinal);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, ServerDifference difference)
    {
        json.WriteString("kind", difference.KindName);
        json.WriteString("table", difference.Table);
        json.WriteString("name", difference.Name);
        json.WriteString("user", difference.User);
        json.WriteString("baseline", difference.Baseline);
        json.WriteString("candidate", difference.Candidate);
        json.WriteString("words", difference.Words);
    }

    private static void WriteTree(Utf8JsonWriter json, string name, PlanNode? node)
    {
        if (node is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WritePropertyName(name);
        WriteNode(json, node);
    }

    private static void WriteNode(Utf8JsonWriter json, PlanNode node)
    {
        json.WriteStartObject();
        json.WriteString("step", node.Step.Name());
        json.WriteString("name", node.Name);
        json.WriteString("relation", node.Relation);
        json.WriteString("index", node.Index);
        json.Strings("columns", node.Columns);
        json.Number("rows", node.Rows ?? double.NaN);
        json.Number("cost", node.Cost ?? double.NaN);
        json.WriteStartArray("children");
        foreach (var child in node.Children)
        {
            WriteNode(json, child);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
