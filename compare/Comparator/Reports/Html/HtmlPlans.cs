namespace Replay.Comparator;

/// <summary>Which of a shape's executions are slow, its plans side by side, in what they differ in words, and what of the servers' differences may have made them so.</summary>
internal static class HtmlPlans
{
    private const int PlanLength = 10_000;

    /// <summary>Why it changed, in words.</summary>
    public static void WriteReasons(Html html, ShapeComparison shape)
    {
        if (shape.Causes is { } causes)
        {
            html.Raw("<h3>Which executions are slow</h3>").Element("p", causes.Lead);
            if (causes.Findings.Count > 0)
            {
                html.Element("ol", () =>
                {
                    foreach (var finding in causes.Findings)
                    {
                        html.Element("li", finding.Sentence);
                    }
                });
            }
        }

        if (shape.Plans.Words is { } words)
        {
            html.Raw("<h3>Plan</h3>").Element("p", words);
        }

        if (shape.Explanations.Count > 0)
        {
            html.Raw("<h3>What differs between the servers and may explain it</h3>").Element("ol", () =>
            {
                foreach (var explanation in shape.Explanations)
                {
                    html.Element("li", explanation.Difference.Sentence);
                }
            });
        }
    }

    /// <summary>Executions to look at, and the plans as the servers put them.</summary>
    public static void WriteSamples(Html html, ShapeComparison shape)
    {
        if (shape.Reproductions.Count > 0)
        {
            html.Raw("<h3>See for yourself</h3>").Element("p", "Each command executes the captured statement with its session's settings and parameters, and shows its time and its plan: the first on the new server, the second on the old one. What it writes is rolled back.", "small soft");
            foreach (var one in shape.Reproductions)
            {
                html.Element("p", $"Session {one.Session}, exchange {one.Ordinal} {one.What}:").Element("pre", string.Join('\n', one.Commands));
            }
        }

        if (shape.BaselinePlan is not null || shape.CandidatePlan is not null)
        {
            html.Raw("<div class=\"columns\"><div><h3>Plan on the old server</h3>").Element("pre", Plan(shape.BaselinePlan))
                .Raw("</div><div><h3>Plan on the new server</h3>").Element("pre", Plan(shape.CandidatePlan)).Raw("</div></div>");
        }
    }

    private static string Plan(string? text) => text is null ? "not recorded" : Html.Cut(text, PlanLength, "plans.json of the run");
}
