using System.CommandLine;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The arguments and options of the comparison.</summary>
internal sealed class CompareOptions
{
    private static readonly DecisionOptions Defaults = new();

    public Argument<string[]> Baseline { get; } = new("BASELINE.run") { Description = "Runs on the old server; two or more are needed for a decision that can be trusted.", Arity = ArgumentArity.OneOrMore };

    public Option<string[]> Against { get; } = new("--against") { Description = "Runs on the new server.", HelpName = "CANDIDATE.run", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore, Required = true };

    public Option<string?> Workload { get; } = new("--workload") { Description = "The workload, if it is no longer where the runs say.", HelpName = "W.workload" };

    public Option<string?> Confirmation { get; } = new("--confirmation") { Description = "Outcomes of 'dbreplay confirm --out': a refuted suspect is no regression, a confirmed one says so.", HelpName = "F.json" };

    public Option<string?> Waivers { get; } = new("--waivers") { Description = "Differences that somebody accepts for a while (YAML): reported, but no reason to fail.", HelpName = "F.yaml" };

    public Option<string?> Objectives { get; } = new("--slo") { Description = "Objectives that the new server has to keep to (YAML): latency ratios, shares of good executions, new errors.", HelpName = "F.yaml" };

    public Option<string?> Html { get; } = Report("--html", "Write the report as one self-contained page.");

    public Option<string?> Json { get; } = Report("--json", "Write the comparison as JSON.");

    public Option<bool> JsonSchema { get; } = new("--json-schema") { Description = "Print the JSON Schema of what --json writes, and do nothing else.", Action = new PrintSchema() };

    public Option<string?> JUnit { get; } = Report("--junit", "Write the comparison as JUnit XML.");

    public Option<string?> Csv { get; } = Report("--csv", "Write a row for each shape as CSV.");

    public Option<string?> Markdown { get; } = Report("--markdown", "Write a summary as Markdown.");

    public StoreOptions Store { get; } = new();

    public Option<bool> ShowValues { get; } = new("--show-values") { Description = "Show the values of rows that differ, not only the names of their columns: they are production's data." };

    public Option<bool> ShowLiterals { get; } = new("--show-literals") { Description = "Name the parameter values that set slow executions apart, not only the parameter: they are production's data." };

    public Option<bool> Quiet { get; } = new("--quiet") { Description = "No progress, and no table." };

    public Option<double> MinimumRatio { get; } = new("--min-ratio") { Description = "Slower by less than this factor is not a regression.", DefaultValueFactory = _ => Defaults.MinimumRatio };

    public Option<double> MinimumTailRatio { get; } = new("--min-tail-ratio") { Description = "The same for counts and sums of the executions beyond the faster side's p99.", DefaultValueFactory = _ => Defaults.MinimumTailRatio };

    public Option<double> MinimumSlowestRatio { get; } = new("--min-slowest-ratio") { Description = "The same for the slowest executions, each compared with itself.", DefaultValueFactory = _ => Defaults.MinimumSlowestRatio };

    public Option<double> SameWithin { get; } = new("--same-within") { Description = "A shape is the same if its interval lies within this factor of 1.", DefaultValueFactory = _ => Defaults.SameWithinRatio };

    public Option<double> FalseDiscoveryRate { get; } = new("--false-discovery-rate") { Description = "Expected share of wrong ones among the shapes called regressed.", DefaultValueFactory = _ => Defaults.FalseDiscoveryRate };

    public Option<double> GuardMicroseconds { get; } = new("--guard-us") { Description = "A regression matters if the median grew by this many microseconds ...", DefaultValueFactory = _ => Defaults.GuardMicroseconds };

    public Option<double> GuardTimeShare { get; } = new("--guard-time-share") { Description = "... or if the shape holds this share of all time.", DefaultValueFactory = _ => Defaults.GuardTimeShare };

    public Option<bool> IgnoreDoubts { get; } = new("--ignore-doubts") { Description = "Doubts about times are warnings: errors, results and what is proven to be slower decide, as they can with one run a side." };

    public IEnumerable<Symbol> All => [Baseline, Against, Workload, Confirmation, Waivers, Objectives, Html, Json, JsonSchema, JUnit, Csv, Markdown, .. Store.All, ShowValues, ShowLiterals, Quiet, MinimumRatio, MinimumTailRatio, MinimumSlowestRatio, SameWithin, FalseDiscoveryRate, GuardMicroseconds, GuardTimeShare, IgnoreDoubts];

    /// <summary>The thresholds given; a <see cref="ComparisonException"/> says which one makes no sense.</summary>
    public DecisionOptions Decision(ParseResult parsed)
    {
        foreach (var (option, least, most) in new[] { (MinimumRatio, 1.0, 100.0), (MinimumTailRatio, 1, 100), (MinimumSlowestRatio, 1, 100), (SameWithin, 1.0001, 100), (FalseDiscoveryRate, 1e-6, 0.5), (GuardMicroseconds, 0, 3.6e9), (GuardTimeShare, 0, 1) })
        {
            var value = parsed.GetValue(option);
            if (!(value >= least && value <= most))
            {
                throw new ComparisonException($"{option.Name} {value}: give a number from {least} to {most}");
            }
        }

        return new DecisionOptions
        {
            MinimumRatio = parsed.GetValue(MinimumRatio),
            MinimumTailRatio = parsed.GetValue(MinimumTailRatio),
            MinimumSlowestRatio = parsed.GetValue(MinimumSlowestRatio),
            SameWithinRatio = parsed.GetValue(SameWithin),
            FalseDiscoveryRate = parsed.GetValue(FalseDiscoveryRate),
            GuardMicroseconds = parsed.GetValue(GuardMicroseconds),
            GuardTimeShare = parsed.GetValue(GuardTimeShare),
            IgnoresDoubts = parsed.GetValue(IgnoreDoubts),
        };
    }

    private static Option<string?> Report(string name, string description) => new(name) { Description = $"{description} - is standard output.", HelpName = "F" };
}
