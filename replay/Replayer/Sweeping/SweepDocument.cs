using System.Text.Json;
using Replay.Statistics;

namespace Replay.Replayer;

/// <summary>A sweep as JSON. Keys are these names in lower case with underscores; times are microseconds.</summary>
public static class SweepDocument
{
    /// <summary>Its name in the sweep's folder.</summary>
    public const string Name = "sweep.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text.</summary>
    public static string Write(SweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return JsonSerializer.Serialize(
            new
            {
                options.Workload,
                Swept = options.Steps[0].Kind.ToString().ToLowerInvariant(),
                Objective = options.Objective?.Text,
                Servers = options.Sides.Select(side => new
                {
                    side.Name,
                    Target = side.Data.Target.ToString(),
                    ServerVersion = side.Steps.Select(static s => s.Measure.Manifest.ServerVersion).FirstOrDefault(),
                    HighestMet = options.Objective is { } objective ? side.Highest(objective)?.Text : null,
                    MostAt = side.Best?.Text,
                    Steps = side.Steps.Select(s => Step(side, s.Step, s.Measure, options.Objective)),
                }),
            },
            Json);
    }

    private static object Step(SweepSide side, SweepStep step, SweepMeasure measure, SweepObjective? objective) => new
    {
        Step = step.Text,
        Run = $"{side.Letter}-{step.Text}.run",
        measure.Exchanges,
        Seconds = Math.Round(measure.Seconds, 6),
        PerSecond = Math.Round(measure.PerSecond, 3),
        LatencyUs = Quantiles(measure.Latency),
        FromDueUs = Quantiles(measure.Response),
        Errors = new { New = measure.NewErrors, measure.Failed, Share = Math.Round(measure.ErrorShare, 6) },
        KeptUp = !measure.IsSaturated,
        Fit = !measure.IsUnfit,
        measure.Fitness.Reasons,
        Met = objective is null ? null : SweepSide.Meets(measure, objective),
    };

    private static object Quantiles(LogHistogram histogram) => new
    {
        histogram.Count,
        P50 = Value(histogram, 0.5),
        P95 = Value(histogram, 0.95),
        P99 = Value(histogram, 0.99),
        Mean = histogram.Count == 0 ? (double?)null : Math.Round(histogram.SumOfValues() / histogram.Count, 1),
    };

    private static double? Value(LogHistogram histogram, double share) => histogram.Count == 0 ? null : Math.Round(histogram.Quantile(share), 1);
}
