using System.Globalization;

namespace Replay.Replayer;

/// <summary>A sweep as a table, old beside new, with what it comes to.</summary>
public static class SweepReport
{
    /// <summary>Prints it.</summary>
    public static void Print(TextWriter output, SweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        var kind = options.Steps[0].Kind == SweepKind.Rate ? "rate" : "in flight";
        output.WriteLine(Invariant($"{kind,-9} | {"server",-9} | {"a second",9} | {"p50",8} | {"p95",8} | {"p99",8} | {"from due p99",12} | {"errors",7} | "));
        foreach (var step in options.Steps)
        {
            foreach (var side in options.Sides)
            {
                var measure = side.Steps.Find(s => s.Step == step).Measure;
                if (measure is not null)
                {
                    output.WriteLine(Line(step, side.Name, measure, options.Objective));
                }
            }
        }

        foreach (var side in options.Sides)
        {
            output.WriteLine(Summary(side, options.Objective));
        }

        foreach (var (side, step, measure) in options.Sides.SelectMany(static side => side.Steps.Select(s => (side, s.Step, s.Measure))))
        {
            foreach (var reason in measure.IsUnfit ? measure.Fitness.Reasons : [])
            {
                output.WriteLine(Invariant($"unfit      {side.Name} at {step.Text}: {reason}"));
            }
        }
    }

    private static string Line(SweepStep step, string name, SweepMeasure measure, SweepObjective? objective)
    {
        var (latency, errors) = (measure.Latency, measure.NewErrors + measure.Failed);
        var word = measure.IsUnfit ? "unfit"
            : measure.IsSaturated ? "not kept up"
            : objective is null ? ""
            : objective.IsMetBy(measure) ? "met" : "not met";
        return Invariant($"{step.Text,-9} | {name,-9} | {measure.PerSecond,9:0} | {Time(latency.Quantile(0.5)),8} | {Time(latency.Quantile(0.95)),8} | {Time(latency.Quantile(0.99)),8} | {Time(measure.Response.Quantile(0.99)),12} | {errors,7} | {word}");
    }

    private static string Summary(SweepSide side, SweepObjective? objective)
    {
        var best = side.Best is { } step ? Invariant($"most at {step.Text}, {side.Steps.Find(s => s.Step == step).Measure.PerSecond:0} a second") : "no step can be trusted";
        var highest = objective is null ? "" : side.Highest(objective) is { } met ? $"; {objective.Text} is met up to {met.Text}" : $"; {objective.Text} is met at no step";
        return $"{side.Name,-10} {best}{highest}";
    }

    private static string Time(double microseconds) => double.IsNaN(microseconds) ? "-"
        : microseconds < 1_000 ? Invariant($"{microseconds:0} us")
        : microseconds < 1_000_000 ? Invariant($"{microseconds / 1_000:0.00} ms")
        : Invariant($"{microseconds / 1_000_000:0.00} s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
