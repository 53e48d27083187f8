namespace Replay.Comparator;

/// <summary>Errors and result differences.</summary>
internal static class HtmlFindings
{
    /// <summary>Known errors beyond this many are for the JSON.</summary>
    public const int MostRows = 500;

    private const int SqlLength = 160;

    public static void WriteObjectives(Html html, Comparison comparison)
    {
        if (comparison.Objectives.Count == 0)
        {
            return;
        }

        html.Raw("<h2 id=\"objectives\">Objectives</h2>\n").Element("div", () => html.Element("table", () => html
            .Head("", "Objective", "What was found", "Of which exchanges")
            .Element("tbody", () =>
            {
                foreach (var outcome in comparison.Objectives)
                {
                    var (sign, tone) = outcome.Verdict switch { ObjectiveVerdict.Met => ("\u2713", "good"), ObjectiveVerdict.Missed => ("!", "bad"), _ => ("?", "warn") };
                    html.Element("tr", () => html.Raw("<td>").Element("span", $"{sign} {outcome.Verdict.Name()}", $"tag {tone}").Raw("</td>")
                        .Element("td", outcome.Objective.Name).Element("td", outcome.Why).Element("td", ReportRows.Judged(outcome)));
                }
            })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Objectives\"");
    }

    public static void WriteErrors(Html html, Comparison comparison)
    {
        html.Raw("<h2 id=\"errors\">Errors</h2>\n");
        if (comparison.Errors.Count == 0)
        {
            html.Element("p", "No exchange carries an error, neither in production nor in a run.");
            return;
        }

        var sql = comparison.Shapes.ToDictionary(shape => shape.Number);
        html.Element("p", "Counts are exchanges, per run. Errors that production had too are no news; those that equal runs show by chance (deadlocks) are told apart.");
        html.Element("div", () => html.Element("table", () => html
            .Head(["", "Code", "Statement", "#production", .. comparison.Runs.Select(run => $"#{run.Label}"), "First example and what it follows from"])
            .Element("tbody", () =>
            {
                foreach (var error in comparison.Errors.Take(MostRows))
                {
                    WriteError(html, error, sql.GetValueOrDefault(error.Shape));
                }
            })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Errors\"");
        More(html, comparison.Errors.Count - MostRows);
    }

    public static void WriteResults(Html html, Comparison comparison)
    {
        html.Raw("<h2 id=\"results\">Results</h2>\n");
        var different = comparison.Shapes.Where(shape => shape.Results.Kind is not (ResultKind.Equal or ResultKind.NotCompared))
            .OrderByDescending(shape => shape.Results.IsFailure).ThenBy(shape => shape.Results.Kind).ThenByDescending(shape => shape.Results.Different).ToArray();
        var compared = comparison.Shapes.Sum(shape => shape.Results.Compared);
        html.Element("p", $"The results of {Sentences.Count(compared, "exchange")} were compared: numbers of rows, and hashes of all values where the whole response was hashed.");
        if (different.Length == 0)
        {
            html.Element("p", "All of them are equal.");
            return;
        }

        html.Element("div", () => html.Element("table", () => html
            .Head("Difference", "Statement", "#compared", "#differ", "#differ between equal runs", "Columns", "First example")
            .Element("tbody", () =>
            {
                foreach (var shape in different.Take(MostRows))
                {
                    var result = shape.Results;
                    html.Element("tr", () => html.Raw("<td>").Element("span", result.Kind.Words(), result.IsFailure ? "tag bad" : "tag").Raw("</td>")
                        .Raw($"<th scope=\"row\" class=\"sql\"><a href=\"#s-{shape.Hex}\">").Text(Sentences.Short(shape.Sql, SqlLength)).Raw("</a></th>")
                        .Element("td", $"{result.Compared:N0}", "num").Element("td", $"{result.Different:N0}", "num").Element("td", $"{result.SelfDifferent:N0}", "num").Element("td", Columns(result, shape.Responses)).Element("td", Where(result.Example)));
                }
            })), "class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results\"");
        More(html, different.Length - MostRows);
    }

    private static void WriteError(Html html, ErrorFinding error, ShapeComparison? shape) => html.Element("tr", () =>
    {
        html.Raw("<td>").Element("span", error.Kind switch
        {
            ErrorKind.New => error.IsFailure ? "! new" : "new, accepted",
            ErrorKind.Consequence => "consequence",
            ErrorKind.Gone => "gone",
            ErrorKind.Chance => "by chance",
            _ => "known",
        }, error.IsFailure ? "tag bad" : "tag").Raw("</td>");
        html.Raw("<th scope=\"row\">").Element("code", error.Code).Raw("</th>").Raw("<td class=\"sql\">");
        if (shape is not null)
        {
            html.Raw($"<a href=\"#s-{shape.Hex}\">").Text(Sentences.Short(shape.Sql, SqlLength)).Raw("</a>");
        }

        html.Raw("</td>").Element("td", $"{error.Production:N0}", "num");
        foreach (var count in error.PerRun)
        {
            html.Element("td", $"{count:N0}", "num");
        }

        html.Raw("<td>").Text(error.Example?.Message).Raw(error.Example?.Message is null ? "" : "<br>").Element("span", Where(error.Example), "small soft");
        if (error.Cause is { } cause)
        {
            html.Raw("<br>").Element("span", cause.Words, "small");
        }

        html.Raw("</td>");
    });

    private static string Where(ExchangeExample? example) => example is null ? ""
        : $"session {example.Session}, exchange {example.Ordinal}{(example.User is null ? "" : $", user {example.User}")}{(example.Database is null ? "" : $", database {example.Database}")}{(example.ProductionCode is null ? "" : $"; production had {example.ProductionCode}")}";

    private static string Columns(ResultFinding result, ResponseDifference responses)
    {
        if (result.Kind == ResultKind.MetadataDifferent)
        {
            return string.Join("; ", responses.Columns);
        }

        if (result.Kind == ResultKind.CountDifferent && result.Exemplars is [var first, ..])
        {
            return $"{Rows(first.BaselineRows)} became {Rows(first.CandidateRows)}; production had {Rows(first.ProductionRows)}";
        }

        return string.Join("; ", result.Columns.Select(column =>
            $"{column.Column}: {column.Difference.Words()}{(column.Row > 1 ? $" in row {column.Row:N0}" : "")}{(column.Baseline is null && column.Candidate is null ? "" : $" ({column.Baseline ?? "NULL"} became {column.Candidate ?? "NULL"})")}"));
    }

    private static string Rows(long? rows) => rows is null ? "no rows" : Sentences.Count(rows.Value, "row");

    private static void More(Html html, int more)
    {
        if (more > 0)
        {
            html.Element("p", $"{more:N0} more are in the JSON report.", "soft");
        }
    }
}
