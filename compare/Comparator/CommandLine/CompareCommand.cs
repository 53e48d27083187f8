using System.CommandLine;

namespace Replay.Comparator;

/// <summary><c>dbcompare BASELINE.run... --against CANDIDATE.run...</c></summary>
internal static class CompareCommand
{
    /// <summary>The root command, which compares.</summary>
    public static RootCommand Create(CancellationToken cancellation)
    {
        var options = new CompareOptions();
        var command = new RootCommand("Compares runs of one workload on two servers, shape by shape. Exit status: 0 pass, 1 fail, 2 could not compare, 3 undecided.");
        foreach (var symbol in options.All)
        {
            if (symbol is Option option)
            {
                command.Options.Add(option);
            }
            else
            {
                command.Arguments.Add((Argument)symbol);
            }
        }

        command.Subcommands.Add(SimulateCommand.Create(cancellation));
        command.SetAction(parsed => Run(parsed, options, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CompareOptions options, CancellationToken cancellation)
    {
        var outputs = ReportOutputs.Of(parsed.GetValue(options.Html), parsed.GetValue(options.Json), parsed.GetValue(options.JUnit), parsed.GetValue(options.Csv), parsed.GetValue(options.Markdown));
        var store = options.Store.Url(parsed);
        var isQuiet = parsed.GetValue(options.Quiet);
        var confirmation = parsed.GetValue(options.Confirmation) is { } file ? ConfirmationFile.Read(file) : null;
        var waivers = parsed.GetValue(options.Waivers) is { } list ? WaiverFile.Read(list) : null;
        var objectives = parsed.GetValue(options.Objectives) is { } slo ? ObjectiveFile.Read(slo) : null;
        using var input = ComparisonInput.Open(parsed.GetValue(options.Baseline)!, parsed.GetValue(options.Against)!, parsed.GetValue(options.Workload));
        Comparison comparison;
        using (var progress = new ProgressLine("comparing", input.Count, isQuiet))
        {
            comparison = ComparisonMaker.Compare(input, options.Decision(parsed), DateTimeOffset.UtcNow, progress.Report, parsed.GetValue(options.ShowValues), parsed.GetValue(options.ShowLiterals), confirmation, waivers, objectives, cancellation);
        }

        outputs.Write(comparison);
        if (!outputs.UsesStandardOutput && !isQuiet)
        {
            TerminalReport.Write(comparison, TerminalReport.Console(Console.Out, !Console.IsOutputRedirected));
        }

        // The reports are written, whatever becomes of this.
        if (store is not null)
        {
            using var progress = new ProgressLine("storing", ComparisonStore.Rows(input), isQuiet);
            ComparisonStore.Store(store, comparison, input, options.Store.WithExchanges(parsed), progress.Report, cancellation);
        }

        return ExitStatus.Of(comparison.Verdict);
    }
}
