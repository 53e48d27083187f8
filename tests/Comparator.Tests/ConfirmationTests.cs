using System.Globalization;
using System.Text.Json;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>What 'dbreplay confirm' found, taken into a comparison.</summary>
public sealed class ConfirmationTests : IDisposable
{
    private const string Slow = "select slow from big";
    private readonly SyntheticCampaign _campaign = new([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 2000) { Ratio = 1.5 }]);

    [Fact]
    public void ARefutedSuspectIsNoRegressionAndShowsBothFigures()
    {
        var comparison = Compare("refuted", 1.0, 0.98, 1.02);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        var slow = comparison.Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal((ShapeVerdict.Same, ShapeVerdict.Regressed), (slow.Decision.Verdict, slow.Decision.Confirmation!.Suspected));
        Assert.Contains(comparison.Warnings, w => w.Contains(Slow, StringComparison.Ordinal) && w.Contains("(1.4", StringComparison.Ordinal) && w.Contains("1.00 times, 0.98 to 1.02", StringComparison.Ordinal));
        Assert.Equal("same, regressed in the runs, refuted", ReportRows.Verdict(slow));
        Assert.Equal(ShapeVerdict.Slower, Compare("refuted", 1.03, 1.01, 1.04).Shapes.Single(shape => shape.Sql == Slow).Decision.Verdict);
    }

    [Fact]
    public void AConfirmedOneSaysSo()
    {
        var comparison = Compare("confirmed", 1.49, 1.45, 1.53);
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Contains("confirmed: 1.49 times, 1.45 to 1.53", comparison.Reasons[0], StringComparison.Ordinal);
        Assert.Equal("regressed, confirmed", ReportRows.Verdict(comparison.Shapes[0]));

        using var json = new MemoryStream();
        JsonReport.Write(comparison, json);
        using var document = JsonDocument.Parse(json.ToArray());
        var confirmation = document.RootElement.GetProperty("shapes")[0].GetProperty("confirmation");
        Assert.Equal("confirmed", confirmation.GetProperty("outcome").GetString());
        Assert.Equal(1.45, confirmation.GetProperty("ratio").GetProperty("low").GetDouble());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("shapes")[1].GetProperty("confirmation").ValueKind);
        using var html = new MemoryStream();
        HtmlReport.Write(comparison, html);
        Assert.Contains("Confirmed: executed again on both servers in turn it takes 1.49 times", System.Text.Encoding.UTF8.GetString(html.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.05, "confirmed", 1.3, 1.25, 1.35, ShapeVerdict.Regressed, "regressed, slower in the runs, confirmed")]
    [InlineData(1.05, "undecided", 1.3, 1.0, 1.6, ShapeVerdict.Slower, "slower, not confirmed")]
    [InlineData(1.05, "refuted", 1.0, 0.98, 1.02, ShapeVerdict.Same, "same, slower in the runs, refuted")]
    [InlineData(1.1, "confirmed", 1.3, 1.25, 1.35, ShapeVerdict.Slower, "slower, confirmed")] // in the workload it does not matter, whatever it is alone
    public void WhatIsSlowerByAnUnprovenAmountIsARegressionOnceConfirmed(double minimum, string outcome, double estimate, double low, double high, ShapeVerdict verdict, string words)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 2000) { Ratio = 1.06 }]);
        File.WriteAllText(campaign.File("c.json"), Json(outcome, estimate, low, high, shape: 21).Replace("1.05", minimum.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var decision = new DecisionOptions { MinimumRatio = minimum };
        var slow = ComparisonMaker.Compare(input, decision, DateTimeOffset.UnixEpoch).Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal((ShapeVerdict.Slower, false), (slow.Decision.Verdict, slow.Decision.IsTooSmallToMatter));
        Assert.Equal(minimum < 1.1, slow.Decision.Ratio!.Value.Estimate > minimum);
        slow = ComparisonMaker.Compare(input, decision, DateTimeOffset.UnixEpoch, confirmation: ConfirmationFile.Read(campaign.File("c.json"))).Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal(verdict, slow.Decision.Verdict);
        Assert.Equal(words, ReportRows.Verdict(slow));
    }

    [Theory]
    [InlineData(null, ShapeVerdict.NotEnoughData, "not enough data, perhaps slower (needs ")]
    [InlineData("confirmed", ShapeVerdict.Regressed, "regressed, perhaps slower in the runs, confirmed")]
    [InlineData("undecided", ShapeVerdict.NotEnoughData, "not enough data, perhaps slower (needs ")]
    [InlineData("refuted", ShapeVerdict.Same, "same, perhaps slower in the runs, refuted")]
    public void WhatIsPerhapsSlowerIsDecidedByIt(string? outcome, ShapeVerdict verdict, string words)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 25, 2000) { Ratio = 1.05, Deviation = 0.4 }]);
        File.WriteAllText(campaign.File("c.json"), Json(outcome ?? "", 1.3, outcome == "refuted" ? 0.98 : 1.25, 1.35, shape: 21));
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var comparison = ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, confirmation: outcome is null ? null : ConfirmationFile.Read(campaign.File("c.json")));
        var slow = comparison.Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal((verdict, EffectMetric.Typical), (slow.Decision.Verdict, slow.Decision.PerhapsSlower));
        Assert.StartsWith(words, ReportRows.Verdict(slow), StringComparison.Ordinal);
        Assert.All(comparison.Shapes.Where(shape => shape.Sql != Slow), shape => Assert.Null(shape.Decision.PerhapsSlower));
        using var html = new MemoryStream();
        HtmlReport.Write(comparison, html);
        var page = System.Text.Encoding.UTF8.GetString(html.ToArray());
        Assert.Contains(outcome switch { "confirmed" => "among so many shapes the runs alone do not prove it. Confirmed:", "refuted" => "The runs called it perhaps slower; refuted:", _ => "Perhaps slower: its own interval says so" }, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0, ShapeVerdict.Same, "same")]
    [InlineData("confirmed", 1.25, ShapeVerdict.Regressed, "regressed, perhaps slower in the runs, confirmed")]
    [InlineData("confirmed", 1.06, ShapeVerdict.Same, "same")] // the slowest have a minimum effect of their own
    [InlineData("undecided", 1.06, ShapeVerdict.Same, "same")]
    [InlineData("refuted", 0.98, ShapeVerdict.Same, "same")] // alone on an idle server; of the rest it says nothing
    public void WhoseSlowestArePerhapsSlowerIsDecidedByIt(string? outcome, double low, ShapeVerdict verdict, string words)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 1000, 2000) { Deviation = 0.3, Change = (label, n, one) => n % 100 == 7 ? one with { LatencyMicroseconds = one.LatencyMicroseconds * (label[0] == 'B' ? 65 : 50) } : one }]);
        File.WriteAllText(campaign.File("c.json"), Json(outcome ?? "", 1.3, low, 1.35, shape: 21));
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var comparison = ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, confirmation: outcome is null ? null : ConfirmationFile.Read(campaign.File("c.json")));
        var slow = comparison.Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal((verdict, EffectMetric.Slowest), (slow.Decision.Verdict, slow.Decision.PerhapsSlower));
        Assert.Equal(words, ReportRows.Verdict(slow));
        Assert.Equal(10, slow.Causes!.SlowInEachRun.Count);
        if (verdict == ShapeVerdict.Regressed)
        {
            Assert.Contains("in its slowest executions", comparison.Reasons[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(900, 80, false)] // nine slowest
    [InlineData(1000, 65, true)]
    public void FewSlowestAreNotSuspected(int executions, int slow, bool isSuspected)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, executions, 2000) { Deviation = 0.3, Change = (label, n, one) => n % 100 == 7 ? one with { LatencyMicroseconds = one.LatencyMicroseconds * (label[0] == 'B' ? slow : 50) } : one }]);
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var decision = ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch).Shapes.Single(shape => shape.Sql == Slow).Decision;
        Assert.True(decision.Effects.Single(effect => effect.Metric == EffectMetric.Slowest).Ratio is { Low: > 1, Estimate: > 1.1 }, $"{decision.Effects.Single(effect => effect.Metric == EffectMetric.Slowest).Ratio}");
        Assert.Equal(ShapeVerdict.Same, decision.Verdict);
        Assert.Equal(isSuspected, decision.PerhapsSlower == EffectMetric.Slowest);
    }

    [Fact]
    public void WhatIsUndecidedStaysWhatItWas()
    {
        var comparison = Compare("undecided", 1.1, 0.9, 1.3);
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Equal(ShapeVerdict.Regressed, comparison.Shapes[0].Decision.Verdict);
    }

    [Fact]
    public void WhatWasNotSuspectedIsNotMadeARegression()
    {
        var comparison = Compare("confirmed", 1.49, 1.45, 1.53, shape: 1);
        Assert.All(comparison.Shapes.Where(s => s.Sql != Slow), shape => Assert.Equal((ShapeVerdict.Same, null), (shape.Decision.Verdict, shape.Decision.Confirmation)));
    }

    [Theory]
    [InlineData(null, WholeVerdict.Undecided, ShapeVerdict.NotEnoughData, "not enough data (regressed, were the runs to be trusted)")]
    [InlineData("undecided", WholeVerdict.Undecided, ShapeVerdict.NotEnoughData, "not enough data (regressed, were the runs to be trusted)")]
    [InlineData("confirmed", WholeVerdict.Fail, ShapeVerdict.Regressed, "regressed, confirmed")]
    [InlineData("refuted", WholeVerdict.Undecided, ShapeVerdict.Same, "same, regressed in the runs, refuted")]
    public void WhatRunsThatCannotBeTrustedAccuseIsDecidedByItAlone(string? outcome, WholeVerdict whole, ShapeVerdict verdict, string words)
    {
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 2000) { Ratio = 1.3 }],
            manifest: (label, manifest) => label == "A2" ? manifest with { Fitness = new RunFitness { Fit = false, Reasons = ["p99 lag 8 ms"] } } : manifest);
        File.WriteAllText(campaign.File("c.json"), Json(outcome ?? "", 1.3, outcome == "refuted" ? 0.98 : 1.25, 1.35, shape: 21));
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        var comparison = ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, confirmation: outcome is null ? null : ConfirmationFile.Read(campaign.File("c.json")));
        var slow = comparison.Shapes.Single(shape => shape.Sql == Slow);
        Assert.Equal((whole, verdict, ShapeVerdict.Regressed), (comparison.Verdict, slow.Decision.Verdict, slow.Decision.Withheld));
        Assert.Equal(words, ReportRows.Verdict(slow));
        Assert.Contains(comparison.Reasons, reason => reason.Contains("cannot be trusted", StringComparison.Ordinal));
        Assert.All(comparison.Shapes.Where(shape => shape.Sql != Slow), shape => Assert.Null(shape.Decision.Withheld));
        using var json = new MemoryStream();
        JsonReport.Write(comparison, json);
        using var document = JsonDocument.Parse(json.ToArray());
        Assert.Equal("regressed", document.RootElement.GetProperty("shapes").EnumerateArray().Single(shape => shape.GetProperty("sql").GetString() == Slow).GetProperty("withheld").GetString());
    }

    [Fact]
    public void ConfirmationsOfSomethingElseAreRefused()
    {
        Refused("another workload", Json("refuted", 1, 0.9, 1.02, 21).Replace("1111-", "9999-", StringComparison.Ordinal));
        Refused("minimum of 1.1", Json("refuted", 1, 0.9, 1.02, 21).Replace("\"minimum_ratio\":1.05", "\"minimum_ratio\":1.1", StringComparison.Ordinal));
        Refused("of a server 99", Json("refuted", 1, 0.9, 1.02, 21).Replace("\"server_version\":\"", "\"server_version\":\"99", StringComparison.Ordinal));
        Refused("no outcome 'maybe'", Json("maybe", 1, 0.9, 1.02, 21));
        Refused("dbreplay confirm --out", "{}");
    }

    public void Dispose() => _campaign.Dispose();

    private void Refused(string says, string json) => Assert.Contains(says, Assert.Throws<ComparisonException>(() => Compare(json)).Message, StringComparison.Ordinal);

    // The slow shape is the last that the campaign makes, and numbered from 1 in its fingerprint.
    private Comparison Compare(string outcome, double estimate, double low, double high, int shape = 21) => Compare(Json(outcome, estimate, low, high, shape));

    private Comparison Compare(string json)
    {
        File.WriteAllText(_campaign.File("c.json"), json);
        var confirmation = ConfirmationFile.Read(_campaign.File("c.json"));
        using var input = ComparisonInput.Open(_campaign.Side('A'), _campaign.Side('B'), null);
        return ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, confirmation: confirmation);
    }

    private string Json(string outcome, double estimate, double low, double high, int shape)
    {
        using var input = ComparisonInput.Open(_campaign.Side('A'), _campaign.Side('B'), null);
        string Version(bool isCandidate) => input.Runs.First(run => run.IsCandidate == isCandidate).Manifest.ServerVersion;
        return FormattableString.Invariant($$"""
            {"workload":"11111111-2222-3333-4444-555555555555","minimum_ratio":1.05,
             "baseline":{"server_version":"{{Version(false)}}"},"candidate":{"server_version":"{{Version(true)}}"},
             "shapes":[{"shape":"{{7:x16}}{{shape:x16}}","outcome":"{{outcome}}","ratio":{"estimate":{{estimate}},"low":{{low}},"high":{{high}}},"rounds":12,"executions":600}]}
            """);
    }
}
