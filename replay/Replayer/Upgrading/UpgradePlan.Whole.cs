using YamlDotNet.Serialization;

namespace Replay.Replayer;

/// <content>The whole workload once a side, and its peak as often as <see cref="Order"/> says.</content>
public sealed partial record UpgradePlan
{
    private const string DefaultPeak = "1h";

    // What the peak alone is played of saves more than the whole takes.
    private static readonly TimeSpan LongEnough = TimeSpan.FromHours(2);

    // Their files are of the peak.
    private static readonly HashSet<string> ReportOptions = new(StringComparer.Ordinal) { "--html", "--json", "--junit", "--markdown", "--csv" };

    /// <summary>Whether the whole workload is played once a side besides its peak: <c>true</c>, <c>false</c>, or <c>auto</c>: if it takes over two hours, has due times and no part of it was chosen.</summary>
    public string Whole { get; set; } = "auto";

    /// <summary>What the whole workload's runs are in, and their comparison.</summary>
    [YamlIgnore]
    public string WholeOut => Path.Combine(Out, "whole");

    /// <summary>The plans to be carried out one after the other: this one, or first that of the peak, then that of the whole.</summary>
    /// <param name="length">How long the workload takes at the plan's speed.</param>
    public IReadOnlyList<UpgradePlan> Parts(TimeSpan length)
    {
        var isWhole = Whole == "true" || (Whole == "auto" && length > LongEnough && (From, To, Peak) == (null, null, null) && Speed != "max" && PeakPart.KnobProblem() is null);
        return !isWhole ? [this] :
        [
            PeakPart,
            this with { Peak = null, Whole = "false", Out = WholeOut, Order = "AB", Design = "sequential", PlayAgain = 0, Compare = [.. WithoutReports(Compare), "--ignore-doubts"] },
        ];
    }

    private UpgradePlan PeakPart => this with { Peak = Peak ?? DefaultPeak, Whole = "false" };

    private static IEnumerable<string> WithoutReports(IReadOnlyList<string> arguments) =>
        arguments.Where((argument, i) => !ReportOptions.Contains(argument.Split('=', ':')[0]) && (i == 0 || !ReportOptions.Contains(arguments[i - 1])));

    private string? WholeProblem() => this switch
    {
        _ when Whole is not ("auto" or "true" or "false") => $"'whole' is '{Whole}'; it must be auto, true or false",
        { Whole: "true" } when From is not null || To is not null => "'whole' plays all of the workload and its peak: not with 'from' or 'to'",
        { Whole: "true", Speed: "max" } => "'whole' plays the peak besides, which is a stretch of due times, and 'speed' max has none: give a factor",
        { Whole: "true" } => PeakPart.KnobProblem(),
        _ => null,
    };
}
