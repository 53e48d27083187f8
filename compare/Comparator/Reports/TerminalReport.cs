using Replay.Statistics;
using Spectre.Console;

namespace Replay.Comparator;

/// <summary>The verdict and what matters most on a terminal, in 80 columns, with colours and sparklines; a plain table where there is none.</summary>
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
        Say(console, $"[bold {color}]{comparison.Verdict.Name().ToUpperInvariant()}[/] ", $"{ReportRows.Side(comparison, false)} -> {ReportRows.Side(comparison, true)}, {comparison.Exchanges:N0} exchanges, {ReportRows.Design(comparison)}");
        foreach (var reason in comparison.Reasons)
        {
            Say(console, "  -", reason);
        }

        foreach (var warning in comparison.Warnings)
        {
            Say(console, "  [yellow]![/]", warning);
        }

        foreach (var outcome in comparison.Objectives)
        {
            var tone = outcome.Verdict switch { ObjectiveVerdict.Met => "green", ObjectiveVerdict.Missed => "red", _ => "yellow" };
            Say(console, $"  [{tone}]{outcome.Verdict.Name()}[/]", $"{outcome.Objective.Name}: {outcome.Why} ({ReportRows.Judged(outcome)})");
        }

        console.WriteLine();
        if (console.Profile.Capabilities.Ansi)
        {
            TerminalFindings.Write(comparison, console);
        }
        else
        {
            WriteShapes(comparison, console);
        }

        foreach (var (shape, why) in WhyLines.Of(comparison))
        {
            Say(console, "why", shape);
            foreach (var line in why)
            {
                Say(console, "  -", line);
            }
        }

        WriteErrors(comparison, console);
        Say(console, "", ReportRows.Compared(comparison));
        Say(console, "", ReportRows.Overall(comparison.Decision));
        Say(console, "", ReportRows.Noise(comparison.Decision));
        Say(console, "", CaptureCertificate.Sums(comparison.Workload));
        foreach (var run in comparison.Runs)
        {
            Say(console, "", $"{run.Label} {run.Name}: {ReportRows.Accounting(run.Account, run.Manifest)}");
        }
    }

    /// <summary>Text of strangers without what a terminal would obey: control characters, escape sequences with them.</summary>
    internal static string Plain(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '\ufffd' : character));

    /// <summary>A text in the colour of the shape's verdict.</summary>
    internal static string Colored(ShapeComparison shape, string text) => (shape.IsFailure, shape.Decision.Verdict) switch
    {
        (true, _) => $"[red]{Markup.Escape(text)}[/]",
        (_, ShapeVerdict.Slower) => $"[yellow]{Markup.Escape(text)}[/]",
        (_, ShapeVerdict.Improved) => $"[green]{Markup.Escape(text)}[/]",
        (_, ShapeVerdict.NotEnoughData) => $"[grey]{Markup.Escape(text)}[/]",
        _ => Markup.Escape(text),
    };

    // On a terminal lines after the first are set in as far as the text.
    private static void Say(IAnsiConsole console, string lead, string text)
    {
        var plain = Markup.Escape(Plain(text.ReplaceLineEndings(" ")));
        if (lead.Length == 0 || !console.Profile.Capabilities.Ansi)
        {
            console.MarkupLine(lead.Length == 0 ? plain : $"{lead} {plain}");
            return;
        }

        var line = new Grid { Expand = false };
        line.AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(1)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        line.AddRow(lead, plain);
        console.Write(line);
    }

    private static void WriteShapes(Comparison comparison, IAnsiConsole console)
    {
        var table = new Table { Border = TableBorder.Ascii };
        for (var i = 0; i < ReportRows.Header.Length; i++)
        {
            var column = new TableColumn(ReportRows.Header[i]);
            table.AddColumn(i is 0 || i == ReportRows.Header.Length - 1 ? column : column.RightAligned().NoWrap());
        }

        var shown = comparison.Shapes.Where((shape, i) => i < MostShapes || shape.IsFailure).ToArray();
        foreach (var shape in shown)
        {
            var cells = ReportRows.Cells(shape, SqlLength).Select(Plain).ToArray();
            table.AddRow([Colored(shape, cells[0]), .. cells[1..].Select(Markup.Escape)]);
        }

        console.Write(table);
        if (shown.Length < comparison.Shapes.Count)
        {
            console.MarkupLine($"{comparison.Shapes.Count - shown.Length:N0} more shapes; --html and --json have all.");
        }
    }

    private static void WriteErrors(Comparison comparison, IAnsiConsole console)
    {
        foreach (var error in comparison.Errors.Where(error => error.IsFailure))
        {
            var sql = comparison.Shapes.FirstOrDefault(shape => shape.Number == error.Shape)?.Sql ?? "";
            var where = error.Example is { } example ? $" first in session {example.Session}, exchange {example.Ordinal}: {example.Message}{(example.ProductionCode is null ? "" : $" (production had {example.ProductionCode})")}" : "";
            var cause = error.Cause is { IsItself: false } root ? $"; {root.Words}" : "";
            Say(console, "", $"new error {error.Code}, {Sentences.Count(error.NewExchanges, "time")} in {Sentences.Short(sql, SqlLength)};{where}{cause}");
        }
    }
}
