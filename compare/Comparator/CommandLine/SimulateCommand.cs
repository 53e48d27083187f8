using System.CommandLine;
using System.Globalization;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary><c>dbcompare simulate</c>: campaigns whose truth is known, through the very code that decides.</summary>
internal static class SimulateCommand
{
    private static readonly CampaignPlan Defaults = new();

    // What the mixed campaigns plant: the ratio asked for in a tenth of the shapes, and beside it what must not be called regressed.
    private const double SlowerShare = 0.10;
    private static readonly PlannedChange[] Besides = [new(0.05, 0.8), new(0.20, 1.03)];

    public static Command Create(CancellationToken cancellation)
    {
        var campaigns = new Option<int>("--campaigns") { Description = "Campaigns of each kind: without any change, and with planted ones.", DefaultValueFactory = _ => 1000 };
        var shapes = new Option<int>("--shapes") { Description = "Shapes of a campaign.", DefaultValueFactory = _ => Defaults.Shapes };
        var baseline = new Option<int>("--baseline-runs") { DefaultValueFactory = _ => Defaults.BaselineRuns };
        var candidate = new Option<int>("--candidate-runs") { DefaultValueFactory = _ => Defaults.CandidateRuns };
        var ratio = new Option<double>("--ratio") { Description = "The planted slowdown, in a tenth of the shapes.", DefaultValueFactory = _ => 1.25 };
        var slowest = new Option<double>("--slowest-share") { Description = "Slow down this share of the executions only, the slowest.", DefaultValueFactory = _ => 1.0 };
        var shapeDeviation = new Option<double>("--shape-deviation") { Description = "Run-to-run standard deviation of a shape.", DefaultValueFactory = _ => Defaults.ShapeDeviation };
        var commonDeviation = new Option<double>("--common-deviation") { Description = "Standard deviation of what a run has in common.", DefaultValueFactory = _ => Defaults.CommonDeviation };
        var design = new Option<string>("--design") { Description = "Runs one after the other, or run k of both sides in turn, slice by slice.", DefaultValueFactory = _ => "sequential" };
        design.AcceptOnlyFromAmong("sequential", "interleaved");
        var startDeviation = new Option<double?>("--start-deviation") { Description = "Interleaved: the part of --shape-deviation that a server's start makes, which slices do not average out; without it, all of it." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        var command = new Command("simulate", "Generates campaigns with known truth and tells false alarms and power of the procedure that decides.")
        {
            campaigns, shapes, baseline, candidate, ratio, slowest, shapeDeviation, commonDeviation, design, startDeviation, seed,
        };
        command.SetAction(parsed =>
        {
            var plan = new CampaignPlan
            {
                Shapes = InRange(parsed, shapes, 1, 100_000),
                BaselineRuns = InRange(parsed, baseline, 1, RunDesign.MaxRuns / 2),
                CandidateRuns = InRange(parsed, candidate, 1, RunDesign.MaxRuns / 2),
                ShapeDeviation = InRange(parsed, shapeDeviation, 0, 1),
                CommonDeviation = InRange(parsed, commonDeviation, 0, 1),
                IsInterleaved = parsed.GetValue(design) == "interleaved",
                StartDeviation = parsed.GetValue(startDeviation) ?? double.PositiveInfinity,
            };
            if (plan.IsInterleaved && plan.BaselineRuns != plan.CandidateRuns)
            {
                throw new ComparisonException("--design interleaved: runs are pairs, give as many --candidate-runs as --baseline-runs");
            }

            var change = new PlannedChange(SlowerShare, InRange(parsed, ratio, 1, 1000), InRange(parsed, slowest, 0.0001, 1));
            Run(plan, change, InRange(parsed, campaigns, 1, 1_000_000), parsed.GetValue(seed), cancellation);
            return ExitStatus.Pass;
        });
        return command;
    }

    private static void Run(CampaignPlan plan, PlannedChange change, int campaigns, int seed, CancellationToken cancellation)
    {
        var output = Console.Out;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{campaigns} campaigns of {plan.Shapes} shapes, {plan.BaselineRuns} + {plan.CandidateRuns} runs{(plan.IsInterleaved ? " interleaved" : "")}, deviation {plan.ShapeDeviation:P1} per shape and {plan.CommonDeviation:P1} per run{OfStart(plan)}, seed {seed}"));
        using (var progress = new ProgressLine("no change", campaigns, isQuiet: false))
        {
            var equal = Simulator.Run(plan, campaigns, seed, progress: Step(progress, cancellation));
            output.WriteLine($"no change: false regression in {equal.CampaignsWithFalseRegression} of {campaigns} campaigns ({Sentences.Percent((double)equal.CampaignsWithFalseRegression / campaigns)}), {equal.CampaignsInDoubt} undecided;");
            output.WriteLine($"  {Sentences.Percent((double)equal.UnchangedCalledSame / Math.Max(1, equal.Unchanged))} of the shapes called the same; the audit reports a false-alarm rate of {equal.MeanAuditRate.ToString("P3", CultureInfo.InvariantCulture)}");
        }

        using (var progress = new ProgressLine("planted changes", campaigns, isQuiet: false))
        {
            var mixed = Simulator.Run(plan with { Changes = [change, .. Besides] }, campaigns, seed, progress: Step(progress, cancellation));
            var affected = change.SlowestShare < 1 ? $" on the slowest {Sentences.Percent(change.SlowestShare)}" : "";
            output.WriteLine($"planted x{Sentences.Ratio(change.Ratio)}{affected} in a tenth of the shapes, x0.80 in 5 %, x1.03 in 20 %:");
            output.WriteLine($"  found {mixed.Found:N0} of {mixed.Planted:N0} with {Simulator.ManyExecutions} or more executions ({Power(mixed.Power)}), {mixed.FoundRare:N0} of {mixed.PlantedRare:N0} with fewer ({Power(mixed.PowerRare)});");
            output.WriteLine($"  false among those called regressed: {mixed.FalselyRegressed:N0} of {mixed.Regressed:N0} ({mixed.FalseDiscoveries.ToString("P2", CultureInfo.InvariantCulture)})");
        }
    }

    private static Action<int> Step(ProgressLine progress, CancellationToken cancellation) => done =>
    {
        cancellation.ThrowIfCancellationRequested();
        progress.Report(done);
    };

    private static string OfStart(CampaignPlan plan) => plan.IsInterleaved
        ? string.Create(CultureInfo.InvariantCulture, $", of which {Math.Min(plan.StartDeviation, plan.ShapeDeviation):P1} and {Math.Min(plan.CommonStartDeviation, plan.CommonDeviation):P1} by the start")
        : "";

    private static string Power(double power) => double.IsNaN(power) ? "none planted" : power.ToString("P1", CultureInfo.InvariantCulture);

    private static T InRange<T>(ParseResult parsed, Option<T> option, T least, T most)
        where T : IComparable<T>
    {
        var value = parsed.GetValue(option)!;
        return value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? value : throw new ComparisonException($"{option.Name} {value}: give a number from {least} to {most}");
    }
}
