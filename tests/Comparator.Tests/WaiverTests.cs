using System.Xml.Linq;
using Replay.Statistics;

namespace Replay.Comparator.Tests;

public sealed class WaiverTests
{
    private const string Slow = "select slow from big";
    private const string Broken = "select gone(?)";
    private const string Other = "select v from other where id = ?";

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WhatIsAcceptedIsReportedAndFailsNothing()
    {
        using var campaign = Faulty();
        var comparison = Compare(campaign, Waive(Slow, "slower", "at_most: 1.8"), Waive(Broken, "error", "code: 42883"), Waive("select v from *", "rows"));
        Assert.True(comparison.Verdict == WholeVerdict.Pass, string.Join("\n", comparison.Reasons));
        Assert.Contains("No other shape", Assert.Single(comparison.Reasons), StringComparison.Ordinal);
        Assert.Equal(3, comparison.Warnings.Count(warning => warning.Contains("accepted by ana until 2026-11-20: it will be mended", StringComparison.Ordinal)));
        var slow = Shape(comparison, Slow);
        Assert.Equal(ShapeVerdict.Regressed, slow.Decision.Verdict); // it is what it is
        Assert.False(slow.IsFailure);
        Assert.Equal("regressed; accepted: slower", ReportRows.Verdict(slow));
        Assert.Contains("accepted: error 42883", ReportRows.Verdict(Shape(comparison, Broken)), StringComparison.Ordinal);
        Assert.Empty(Shape(comparison, Broken).NewErrors);
        Assert.Contains("accepted", Html(comparison), StringComparison.Ordinal);
        var junit = XDocument.Parse(Written.Text(comparison, JUnitReport.Write));
        Assert.Equal("0", junit.Root!.Element("testsuite")!.Attribute("failures")!.Value);
        Assert.Equal(3, junit.Descendants("system-out").Count());
        using var json = System.Text.Json.JsonDocument.Parse(Written.Text(comparison, JsonReport.Write));
        var accepted = json.RootElement.GetProperty("shapes").EnumerateArray().Single(shape => shape.GetProperty("sql").GetString() == Slow).GetProperty("accepted")[0];
        Assert.Equal(("slower", 1.8, "ana"), (accepted.GetProperty("accept").GetString(), accepted.GetProperty("at_most").GetDouble(), accepted.GetProperty("owner").GetString()));
    }

    [Theory]
    [InlineData("slower", "at_most: 1.2", "1 shape regressed")] // slower than that
    [InlineData("values", "", "1 shape regressed")] // something else is accepted
    public void WhatIsNotAcceptedFailsAsBefore(string accept, string more, string reason)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 2000) { Ratio = 1.5 }]);
        var comparison = Compare(campaign, Waive(Slow, accept, more));
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Contains(reason, comparison.Reasons[0], StringComparison.Ordinal);
        Assert.Contains(comparison.Warnings, warning => warning == "Waiver 1 accepts nothing that was found.");
    }

    [Fact]
    public void AnotherCodeIsNewAllTheSame()
    {
        using var campaign = Faulty();
        var comparison = Compare(campaign, Waive(Slow, "slower", "at_most: 1.8"), Waive(Broken, "error", "code: 42P01"), Waive(Other, "rows"));
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Equal(["42883"], Shape(comparison, Broken).NewErrors);
    }

    [Fact]
    public void FewerRowsAreNotAcceptedAsOtherValues()
    {
        using var campaign = Faulty();
        var comparison = Compare(campaign, Waive(Slow, "slower", "at_most: 1.8"), Waive(Broken, "error", "code: 42883"), Waive(Other, "values"));
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Equal(300, comparison.DifferentResults);
    }

    [Fact]
    public void WaiversExpireAndMistakenOnesAreNamed()
    {
        using var campaign = Faulty();
        var comparison = Compare(campaign, Waive(Slow, "slower", "at_most: 1.8").Replace("2026-11-20", "2026-11-19", StringComparison.Ordinal), Waive("select nothing", "rows"));
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Contains(comparison.Warnings, warning => warning.StartsWith("Waiver 1 (ana: it will be mended) expired on 2026-11-19", StringComparison.Ordinal));
        Assert.Contains(comparison.Warnings, warning => warning == "Waiver 2 (ana: it will be mended) names no shape of this workload.");
    }

    [Fact]
    public void AShapeIsNamedByItsFingerprintToo()
    {
        using var campaign = Faulty();
        var hex = Shape(Compare(campaign), Slow).Hex;
        var comparison = Compare(campaign, Waive(Slow, "slower", "at_most: 9").Replace($"sql: \"{Slow}\"", $"shape: {hex.ToUpperInvariant()}", StringComparison.Ordinal));
        Assert.False(Shape(comparison, Slow).IsFailure);
    }

    [Theory]
    [InlineData("select * from t", "select a from t", true)]
    [InlineData("select * from t", "select a from tt", false)]
    [InlineData("*from*where*", "select a from t where b = ? and where c", true)]
    [InlineData("select ?", "select ?", true)]
    [InlineData("select ?", "select x", false)] // the question mark is the shape's own
    [InlineData("a*b*c", "a.b.b.c", true)]
    [InlineData("a*b*c", "a.b.b.d", false)]
    public void APatternMatchesTheWholeText(string pattern, string text, bool matches) =>
        Assert.Equal(matches, new ShapeScope(Shape: null, pattern, Class: null).Holds("", text, ""));

    [Theory]
    [InlineData("waivers: []\nother: 1", "line 2")]
    [InlineData("nothing: 1", "line 1")]
    [InlineData("", "no list 'waivers'")]
    [InlineData("waivers:\n- {accept: slower, at_most: 2, reason: r, owner: o, until: 2026-12-31}", "waiver 1: give either 'shape' or 'sql'")]
    [InlineData("waivers:\n- {shape: abc, accept: rows, reason: r, owner: o, until: 2026-12-31}", "8 to 32 hexadecimal digits")]
    [InlineData("waivers:\n- {sql: '*', accept: rows, reason: r, owner: o, until: 2026-12-31}", "name something")]
    [InlineData("waivers:\n- {sql: a, accept: all, reason: r, owner: o, until: 2026-12-31}", "'accept' is one of")]
    [InlineData("waivers:\n- {sql: a, accept: slower, reason: r, owner: o, until: 2026-12-31}", "'at_most'")]
    [InlineData("waivers:\n- {sql: a, accept: slower, at_most: 0.9, reason: r, owner: o, until: 2026-12-31}", "above 1")]
    [InlineData("waivers:\n- {sql: a, accept: error, reason: r, owner: o, until: 2026-12-31}", "'code'")]
    [InlineData("waivers:\n- {sql: a, accept: rows, owner: o, until: 2026-12-31}", "'reason' and 'owner'")]
    [InlineData("waivers:\n- {sql: a, accept: rows, reason: r, owner: o}", "'until' is a date")]
    [InlineData("waivers:\n- {sql: a, accept: rows, reason: r, owner: o, until: 31.12.2026}", "'until' is a date")]
    public void AFileThatSaysNothingClearIsRefused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => WaiverFile.Parse(text)).Message, StringComparison.Ordinal);

    private static SyntheticCampaign Faulty() => new(
    [
        .. SyntheticCampaign.Ordinary(),
        new SyntheticShape(Slow, 300, 2000) { Ratio = 1.5 },
        new SyntheticShape(Broken, 300, 2000) { Error = (label, _) => label[0] == 'B' ? "42883" : null },
        new SyntheticShape(Other, 300, 2000) { Change = (label, _, outcome) => label[0] == 'B' ? outcome with { Rows = 0 } : outcome },
    ]);

    private static string Waive(string sql, string accept, string more = "") =>
        $"- sql: \"{sql}\"\n  accept: {accept}\n{(more.Length > 0 ? $"  {more}\n" : "")}  reason: it will be mended\n  owner: ana\n  until: 2026-11-20\n";

    private static string Document(params string[] entries) => $"waivers:{(entries.Length == 0 ? " []" : "")}\n{string.Concat(entries)}";

    private static Comparison Compare(SyntheticCampaign campaign, params string[] entries)
    {
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        return ComparisonMaker.Compare(input, new DecisionOptions(), Now, waivers: WaiverFile.Parse(Document(entries)));
    }

    private static ShapeComparison Shape(Comparison comparison, string sql) => comparison.Shapes.Single(shape => shape.Sql == sql);

    private static string Html(Comparison comparison) => Written.Text(comparison, HtmlReport.Write);
}
