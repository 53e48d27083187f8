namespace Replay.Comparator;

/// <summary>A shape's plans side by side, in what they differ in words, and what of the servers' differences may have made them so.</summary>
internal static class HtmlPlans
{
    public static void Write(Html html, ShapeComparison shape)
    {
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

        if (shape.BaselinePlan is not null || shape.CandidatePlan is not null)
        {
            html.Raw("<div class=\"columns\"><div><h3>Plan on the old server</h3>").Element("pre", shape.BaselinePlan ?? "not recorded")
                .Raw("</div><div><h3>Plan on the new server</h3>").Element("pre", shape.CandidatePlan ?? "not recorded").Raw("</div></div>");
        }
    }
}
