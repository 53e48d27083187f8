using System.Text;
using Replay.Statistics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Replay.Comparator;

/// <summary>The shapes that matter most on a terminal, two lines of up to 80 columns each: figures with both sides' distributions as sparklines, and the statement.</summary>
internal static class TerminalFindings
{
    /// <summary>More findings than these are for the other reports, unless they fail.</summary>
    public const int MostFindings = 12;

    /// <summary>Failing ones beyond this are for the other reports too.</summary>
    public const int MostFailing = 40;

    // Of a comparison without findings: those that hold most of the time.
    private const int MostSame = 5;
    private const int VerdictWidth = 16;
    private const int LeastWidth = 60;

    public static void Write(Comparison comparison, IAnsiConsole console)
    {
        console.MarkupLine($"[grey]{"",VerdictWidth}  ratio      interval  p50 old  p50 new  {"old",-Sparkline.Width} {"new",-Sparkline.Width}[/]");
        var findings = comparison.Shapes.Where(shape => shape.IsFailure || shape.Waivers.Count > 0 || (shape.Exclusion == Eligibility.Compared && shape.Decision.Verdict != ShapeVerdict.Same)).ToArray();
        var shown = findings.Length == 0 ? [.. comparison.Shapes.Take(MostSame)] : findings.Where((shape, i) => i < MostFindings || (i < MostFailing && shape.IsFailure)).ToArray();
        foreach (var shape in shown)
        {
            WriteShape(shape, console);
        }

        if (shown.Length < comparison.Shapes.Count)
        {
            var same = comparison.Shapes.Count(shape => shape.Decision.Verdict == ShapeVerdict.Same) - shown.Count(shape => shape.Decision.Verdict == ShapeVerdict.Same);
            console.MarkupLine($"[grey]{Sentences.Count(comparison.Shapes.Count - shown.Length, "more shape")}, {same:N0} of them the same; --html and --json have all.[/]");
        }

        console.WriteLine();
    }

    private static void WriteShape(ShapeComparison shape, IAnsiConsole console)
    {
        var verdict = TerminalReport.Plain(ReportRows.Verdict(shape));
        var first = verdict.Length <= VerdictWidth ? verdict : shape.Decision.Verdict.Words();
        var cells = ReportRows.Cells(shape, LeastWidth);
        var (old, fresh) = console.Profile.Capabilities.Unicode ? Sparkline.Of(shape.Baseline.Histogram, shape.Candidate.Histogram) : ("", "");
        var line = new StringBuilder().Append(TerminalReport.Colored(shape, $"{first,-VerdictWidth}")).Append($"{cells[1],7} {cells[2],13} {cells[4],8} {cells[5],8}  ");
        line.Append("[blue]").Append(old).Append("[/] [").Append(shape.IsFailure ? "red" : "yellow").Append(']').Append(fresh).Append("[/]");
        console.MarkupLine(line.ToString());
        var more = verdict.StartsWith(first, StringComparison.Ordinal) ? verdict[first.Length..].TrimStart(';', ' ') : verdict;
        var rest = more.Length == 0 ? "" : $"{more}: ";
        var width = Math.Max(LeastWidth, console.Profile.Width) - 3;
        console.MarkupLine($"  {Markup.Escape(Fitting(rest + shape.Sql, width))}");
    }

    // East Asian characters take two columns each.
    private static string Fitting(string text, int columns)
    {
        var length = columns;
        var cut = TerminalReport.Plain(Sentences.Short(text, length));
        while (new Segment(cut).CellCount() > columns)
        {
            cut = TerminalReport.Plain(Sentences.Short(text, --length));
        }

        return cut;
    }
}
