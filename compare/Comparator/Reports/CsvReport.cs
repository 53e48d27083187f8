using System.Globalization;
using System.Text;

namespace Replay.Comparator;

/// <summary>The comparison as CSV, a row a shape, for spreadsheets. Columns may be added at the end; none is ever taken away or changes its meaning. What is not known is empty.</summary>
public static class CsvReport
{
    // Six digits say more than any measurement here.
    private const string Digits = "G6";

    private static readonly (string Name, Func<ShapeComparison, string?> Of)[] Columns =
    [
        ("shape", shape => shape.Hex),
        ("class", shape => shape.Class),
        ("verdict", shape => shape.Decision.Verdict.Name()),
        ("fails", shape => shape.IsFailure ? "true" : "false"),
        ("not_judged", shape => shape.Exclusion == Eligibility.Compared ? null : shape.Exclusion.Name()),
        ("ratio", shape => Number(shape.Decision.Ratio?.Estimate)),
        ("ratio_low", shape => Number(shape.Decision.Ratio?.Low)),
        ("ratio_high", shape => Number(shape.Decision.Ratio?.High)),
        ("captured", shape => Count(shape.Captured)),
        ("executions", shape => Count(shape.Executions)),
        ("paired", shape => Count(shape.Paired)),
        ("time_share", shape => Number(shape.Decision.TimeShare)),
        ("baseline_p50_us", shape => Number(shape.Baseline.P50Microseconds)),
        ("candidate_p50_us", shape => Number(shape.Candidate.P50Microseconds)),
        ("baseline_p95_us", shape => Number(shape.Baseline.P95Microseconds)),
        ("candidate_p95_us", shape => Number(shape.Candidate.P95Microseconds)),
        ("baseline_p99_us", shape => Number(shape.Baseline.P99Microseconds)),
        ("candidate_p99_us", shape => Number(shape.Candidate.P99Microseconds)),
        ("baseline_mean_us", shape => Number(shape.Baseline.MeanMicroseconds)),
        ("candidate_mean_us", shape => Number(shape.Candidate.MeanMicroseconds)),
        ("baseline_total_us", shape => Number(shape.Baseline.MeasuredTotalMicroseconds)),
        ("candidate_total_us", shape => Number(shape.Candidate.MeasuredTotalMicroseconds)),
        ("baseline_errors", shape => Count(shape.BaselineErrors)),
        ("candidate_errors", shape => Count(shape.CandidateErrors)),
        ("new_errors", shape => List(shape.NewErrors)),
        ("results", shape => shape.Results.Kind.Name()),
        ("results_compared", shape => Count(shape.Results.Compared)),
        ("results_different", shape => Count(shape.Results.IsAnother ? shape.Results.Different : 0)),
        ("accepted", shape => List(shape.Waivers.Select(waiver => ReportRows.Accepted(shape, waiver)))),
        ("confirmation", shape => shape.Decision.Confirmation?.Outcome.Name()),
        ("plan", shape => shape.Plans.Words),
        ("slow_executions", shape => List((shape.Causes?.Findings ?? []).Select(finding => finding.What))),
        ("explanations", shape => List(shape.Explanations.Select(explanation => explanation.Difference.Words))),
        ("sql", shape => shape.Sql),
    ];

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var csv = new CsvWriter(writer);
        foreach (var (name, _) in Columns)
        {
            csv.Field(name);
        }

        csv.EndRow();
        foreach (var shape in comparison.Shapes.Concat(comparison.NotCompared))
        {
            foreach (var (_, of) in Columns)
            {
                csv.Field(of(shape));
            }

            csv.EndRow();
        }
    }

    // Without an exponent, as far as a decimal goes: spreadsheets read those as text or round them.
    internal static string? Number(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return null;
        }

        var text = number.ToString(Digits, CultureInfo.InvariantCulture);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact.ToString(CultureInfo.InvariantCulture) : text;
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string? List(IEnumerable<string> values) => string.Join("; ", values) is { Length: > 0 } text ? text : null;
}
