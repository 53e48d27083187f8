namespace Replay.Comparator;

/// <summary>The comparison as Markdown, for a merge request or a chat.</summary>
public static class MarkdownReport
{
    /// <summary>Comments have limits; the other reports have all shapes.</summary>
    public const int MostShapes = 50;

    private const int SqlLength = 120;

    // A user variable of MySQL's (@total) must not call somebody of that name to the merge request, which no backslash prevents. It has no width.
    private const char WordJoiner = '\u2060';

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        output.WriteLine($"## {comparison.Verdict.Name().ToUpperInvariant()}: {Escape(ReportRows.Side(comparison, false))} -> {Escape(ReportRows.Side(comparison, true))}");
        output.WriteLine();
        foreach (var reason in comparison.Reasons.Concat(comparison.Warnings))
        {
            output.WriteLine($"- {Escape(reason)}");
        }

        foreach (var outcome in comparison.Objectives)
        {
            output.WriteLine($"- **{outcome.Verdict.Name()}** {Escape($"{outcome.Objective.Name}: {outcome.Why} ({ReportRows.Judged(outcome)})")}");
        }

        output.WriteLine();
        output.WriteLine($"| {string.Join(" | ", ReportRows.Header)} |");
        output.WriteLine($"|{string.Concat(ReportRows.Header.Select((_, i) => i is > 0 and < 9 ? "---:|" : "---|"))}");
        foreach (var shape in comparison.Shapes.Where((shape, i) => i < MostShapes || shape.IsFailure))
        {
            output.WriteLine($"| {string.Join(" | ", ReportRows.Cells(shape, SqlLength).Select(Escape))} |");
        }

        foreach (var (shape, why) in WhyLines.Of(comparison))
        {
            output.WriteLine();
            output.WriteLine($"Why {Escape(shape)}");
            output.WriteLine();
            foreach (var line in why)
            {
                output.WriteLine(line.StartsWith(WhyLines.Look, StringComparison.Ordinal) ? $"- {WhyLines.Look}{Code(line[WhyLines.Look.Length..])}" : $"- {Escape(line)}");
            }
        }

        output.WriteLine();
        output.WriteLine($"{ReportRows.Design(comparison)}. {Escape(ReportRows.Compared(comparison))} {ReportRows.Overall(comparison.Decision)} {ReportRows.Noise(comparison.Decision)}");
        output.WriteLine();
        output.WriteLine($"- {Escape(CaptureCertificate.Sums(comparison.Workload))}");
        foreach (var run in comparison.Runs)
        {
            output.WriteLine($"- {run.Label} `{run.Name.Replace('`', '\'')}`: {ReportRows.Accounting(run.Account, run.Manifest)}");
        }
    }

    // To be copied as it is: no sign of it is markup.
    private static string Code(string text)
    {
        var fence = new string('`', 1 + text.Split(text.Where(character => character != '`').Distinct().ToArray()).Max(run => run.Length));
        return fence.Length == 1 ? $"`{text}`" : $"{fence} {text} {fence}";
    }

    private static string Escape(string text)
    {
        var escaped = new System.Text.StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            _ = character is '|' or '*' or '_' or '`' or '<' or '[' or '\\' or '~' or '&' or '$' ? escaped.Append('\\').Append(character)
                : character == '@' ? escaped.Append(character).Append(WordJoiner)
                : escaped.Append(char.IsControl(character) ? ' ' : character);
        }

        return escaped.ToString();
    }
}
