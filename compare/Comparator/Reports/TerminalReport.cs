using Replay.Statistics;
using Spectre.Console;

namespace Replay.Comparator;

/// <summary>The comparison as a table on the terminal; without colours and frames where there is none.</summary>
public static class TerminalReport
{
    /// <summary>More shapes than this are for the other reports, unless they matter.</summary>
    public const int MostShapes = 40;

    private const int PlainWidth = 180;
    private const int SqlLength = 80;

    /// <summary>A console for a writer: with colours if it is a terminal.</summary>
    public static IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
            console.Profile.Capabilities.Unicode = false;
        }

        return console;
    }

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var color = comparison.Verdict switch { WholeVerdict.Pass => "green", WholeVerdict.Fail => "red", _ => "yellow" };
        console.MarkupLine($"[bold {color}]{comparison.Verdict.Name().ToUpperInvariant()}[/]  {Markup.Escape(ReportRows.Side(comparison, false))} -> {Markup.Escape(ReportRows.Side(comparison, true))}, {comparison.Exchanges:N0} exchanges, {Markup.Escape(ReportRows.Design(comparison))}");
        foreach (var reason in comparison.Reasons)
        {
            console.MarkupLine($"  - {Markup.Escape(reason)}");
        }

        foreach (var warning in comparison.Warnings)
        {
            console.MarkupLine($"  [yellow]![/] {Markup.Escape(warning)}");
        }

        foreach (var outcome in comparison.Objectives)
        {
            var tone = outcome.Verdict switch { ObjectiveVerdict.Met => "green", ObjectiveVerdict.Missed => "red", _ => "yellow" };
            console.MarkupLine($"  [{tone}]{outcome.Verdict.Name()}[/] {Markup.Escape($"{outcome.Objective.Name}: {outcome.Why} ({ReportRows.Judged(outcome)})")}");
        }

        console.WriteLine();
        WriteShapes(comparison, console);
        foreach (var (shape, why) in WhyLines.Of(comparison))
        {
            console.MarkupLine($"why {Markup.Escape(shape)}");
            foreach (var line in why)
            {
                console.MarkupLine($"  - {Markup.Escape(line)}");
            }
        }

        WriteErrors(comparison, console);
        console.MarkupLine(Markup.Escape(ReportRows.Compared(comparison)));
        console.MarkupLine(Markup.Escape(ReportRows.Overall(comparison.Decision)));
        console.MarkupLine(Markup.Escape(ReportRows.Noise(comparison.Decision)));
        foreach (var run in comparison.Runs)
        {
            console.MarkupLine(Markup.Escape($"{run.Label} {run.Name}: {ReportRows.Accounting(run.Account, run.Manifest)}"));
        }
    }

    private static void WriteShapes(Comparison comparison, IAnsiConsole console)
    {
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Ascii };
        for (var i = 0; i < ReportRows.Header.Length; i++)
        {
            var column = new TableColumn(ReportRows.Header[i]);
            table.AddColumn(i is 0 || i == ReportRows.Header.Length - 1 ? column : column.RightAligned().NoWrap());
        }

        var shown = comparison.Shapes.Where((shape, i) => i < MostShapes || shape.IsFailure).ToArray();
        foreach (var shape in shown)
        {
            var cells = ReportRows.Cells(shape, SqlLength).Select(Markup.Escape).ToArray();
            cells[0] = Colored(shape, cells[0]);
            table.AddRow(cells);
        }

        console.Write(table);
        if (shown.Length < comparison.Shapes.Count)
        {
            console.MarkupLine($"{comparison.Shapes.Count - shown.Length:N0} more shapes; --html and --json have all.");
        }
    }

    private static string Colored(ShapeComparison shape, string text) => shape.IsFailure ? $"[red]{text}[/]" : shape.Decision.Verdict switch
    {
        ShapeVerdict.Slower => $"[yellow]{text}[/]",
        ShapeVerdict.Improved => $"[green]{text}[/]",
        ShapeVerdict.NotEnoughData => $"[grey]{text}[/]",
        _ => text,
    };

    private static void WriteErrors(Comparison comparison, IAnsiConsole console)
    {
        foreach (var error in comparison.Errors.Where(error => error.IsFailure))
        {
            var sql = comparison.Shapes.FirstOrDefault(shape => shape.Number == error.Shape)?.Sql ?? "";
            var where = error.Example is { } example ? $" first in session {example.Session}, exchange {example.Ordinal}: {example.Message}{(example.ProductionCode is null ? "" : $" (production had {example.ProductionCode})")}" : "";
            var cause = error.Cause is { IsItself: false } root ? $"; {root.Words}" : "";
            console.MarkupLine(Markup.Escape($"new error {error.Code}, {Sentences.Count(error.NewExchanges, "time")} in {Sentences.Short(sql, SqlLength)};{where}{cause}"));
        }
    }
}
