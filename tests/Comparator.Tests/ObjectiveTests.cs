using System.Text.Json;
using System.Xml.Linq;
using Replay.Statistics;

namespace Replay.Comparator.Tests;

public sealed class ObjectiveTests
{
    private const string Many = "select v from many where id = ?";
    private const string Good = "{name: answers, good: 99.9%, at_most: 1.5, floor: 0us}";
    private const string P99 = "{name: quick, percentile: 99, at_most: 1.3, floor: 0us}";

    [Fact]
    public void EqualServersKeepThemAlthoughSingleExecutionsDiffer()
    {
        // A third of the executions are 1.2 times as slow as in another run of the same server: that is noise, not the new server's.
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Deviation = 0.25 });
        var comparison = Compare(campaign, $"{{sql: '{Many}', good: 99%, at_most: 1.2, floor: 0us}}", P99, "{new_errors: 0}");
        Assert.All(comparison.Objectives, outcome => Assert.True(outcome.Verdict == ObjectiveVerdict.Met, outcome.Why));
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal((5000L, 5000L), (comparison.Objectives[0].Exchanges, comparison.Objectives[0].Eligible));
    }

    [Fact]
    public void AFewBadExecutionsMissTheShareAndNothingElse()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Deviation = 0.01, Change = (label, n, outcome) => label[0] == 'B' && n % 200 == 0 ? outcome with { LatencyMicroseconds = 50 * outcome.LatencyMicroseconds } : outcome });
        var comparison = Compare(campaign, $"{{sql: '{Many}', good: 99.9%, at_most: 1.5}}", "{class: read, percentile: 90, at_most: 1.3}", "{sql: 'select c?? from t*', good: 99%, at_most: 2}");
        Assert.Equal([ObjectiveVerdict.Missed, ObjectiveVerdict.Met], comparison.Objectives.Take(2).Select(outcome => outcome.Verdict));
        Assert.Contains("0.5 % of the executions are bad", comparison.Objectives[0].Why, StringComparison.Ordinal);
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Contains(comparison.Reasons, reason => reason.StartsWith("Objective \"99.9% good, at most 1.5 times, select v from many where id = ?\" is missed.", StringComparison.Ordinal));
        Assert.Contains("names no shape", comparison.Objectives[2].Why, StringComparison.Ordinal); // ? is a character, not a wildcard
    }

    [Fact]
    public void TwoMayAskForTheSame()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000));
        Assert.Equal(2, Compare(campaign, Good, Good).Objectives.Count);
    }

    [Fact]
    public void ErrorsAreBadExecutionsAndCountAsNewErrors()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Error = (label, n) => label[0] == 'B' && n % 100 == 0 ? "42883" : null });
        var comparison = Compare(campaign, Good, "{new_errors: 0}", "{new_errors: 1}");
        Assert.Equal([ObjectiveVerdict.Missed, ObjectiveVerdict.Missed, ObjectiveVerdict.Met], comparison.Objectives.Select(outcome => outcome.Verdict));
        Assert.Contains("42883", comparison.Objectives[1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuantileIsJudgedByShapeAndTheFloorExcuses()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Ratio = 1.6 });
        var comparison = Compare(campaign, P99, "{percentile: 99, at_most: 1.3, floor: 1s}", "{percentile: 99.9, at_most: 2}");
        Assert.Equal([ObjectiveVerdict.Missed, ObjectiveVerdict.Met, ObjectiveVerdict.Undecided], comparison.Objectives.Select(outcome => outcome.Verdict));
        Assert.Contains(Many, comparison.Objectives[0].Why, StringComparison.Ordinal);
        Assert.Contains("20 shapes with fewer than 1,000 executions are not judged", comparison.Objectives[0].Why, StringComparison.Ordinal);
        Assert.Contains("10,000 executions that a p99.9 needs", comparison.Objectives[2].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStretchInWhichItBurnsIsNamed()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Error = (label, n) => label[0] == 'B' && n is >= 2500 and < 2600 ? "57014" : null });
        var outcome = Assert.Single(Compare(campaign, $"{{sql: '{Many}', good: 99.9%, at_most: 3}}").Objectives);
        var burn = Assert.Single(outcome.Burns);
        var whole = campaign.Exchanges * 1000.0; // microseconds
        Assert.InRange(burn.FromMicroseconds / whole, 0.48, 0.52);
        Assert.InRange(burn.ToMicroseconds / whole, 0.50, 0.58);
        Assert.Contains("It burns where it should not", outcome.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotEligibleIsCountedByReason()
    {
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape(Many, 300, 2000) { ProductionError = "23505" }, new SyntheticShape("select ?", 200, 100), new SyntheticShape("select v from rare", 200, 100)]);
        var outcomes = Compare(campaign, "{good: 99%, at_most: 2}", "{sql: 'select ?', good: 99%, at_most: 2}", "{sql: select v from rare, good: 99.9%, at_most: 2}").Objectives;
        Assert.Contains((Eligibility.FailedInProduction.Name(), 300L), outcomes[0].Excluded);
        Assert.Contains((Eligibility.HealthCheck.Name(), 200L), outcomes[0].Excluded);
        Assert.Equal(outcomes[0].Exchanges, outcomes[0].Eligible + outcomes[0].Excluded.Sum(one => one.Count));
        Assert.Equal((ObjectiveVerdict.Undecided, 0L), (outcomes[1].Verdict, outcomes[1].Eligible));
        Assert.Contains("3,000 are needed", outcomes[2].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void ReportsHaveThem()
    {
        using var campaign = Campaign(new SyntheticShape(Many, 5000, 2000) { Ratio = 1.6 });
        var comparison = Compare(campaign, P99, "{new_errors: 0}");
        using var json = JsonDocument.Parse(Written.Text(comparison, JsonReport.Write));
        Assert.Equal(["missed", "met"], json.RootElement.GetProperty("objectives").EnumerateArray().Select(one => one.GetProperty("verdict").GetString()));
        Assert.Contains("id=\"objectives\"", Written.Text(comparison, HtmlReport.Write), StringComparison.Ordinal);
        Assert.Equal("Not to be upgraded as it is: on the new server 1 statement became slower and 1 objective is missed.", HtmlSummary.Headline(comparison));
        Assert.Contains(XDocument.Parse(Written.Text(comparison, JUnitReport.Write)).Descendants("testcase"), one => one.Attribute("name")!.Value == "quick" && one.Element("failure") is not null);
        using var markdown = new StringWriter();
        MarkdownReport.Write(comparison, markdown);
        Assert.Contains("**missed** quick", markdown.ToString(), StringComparison.Ordinal);
        using var terminal = new StringWriter();
        TerminalReport.Write(comparison, TerminalReport.Console(terminal, isTerminal: false));
        Assert.Contains("missed quick: The p99 of", terminal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("objectives: 1", "line 1")]
    [InlineData("waivers: []", "line 1")]
    [InlineData("objectives:\n- {percentile: 99, good: 99%, at_most: 2}", "give one of")]
    [InlineData("objectives:\n- {percentile: 100, at_most: 2}", "'percentile'")]
    [InlineData("objectives:\n- {percentile: 99}", "'at_most'")]
    [InlineData("objectives:\n- {percentile: 99, at_most: 1}", "'at_most'")]
    [InlineData("objectives:\n- {good: 100%, at_most: 2}", "'good' is a share")]
    [InlineData("objectives:\n- {good: 0.99, at_most: 2}", "'good' is a share")]
    [InlineData("objectives:\n- {good: 99%, at_most: 2, floor: 5}", "'floor' is a time")]
    [InlineData("objectives:\n- {new_errors: 0, at_most: 2}", "'new_errors'")]
    [InlineData("objectives:\n- {new_errors: 0, shape: xyz}", "objective 1: 'shape'")]
    public void AFileThatSaysNothingClearIsRefused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ObjectiveFile.Parse(text)).Message, StringComparison.Ordinal);

    private static SyntheticCampaign Campaign(SyntheticShape shape) => new([.. SyntheticCampaign.Ordinary(), shape]);

    private static Comparison Compare(SyntheticCampaign campaign, params string[] entries)
    {
        using var input = ComparisonInput.Open(campaign.Side('A'), campaign.Side('B'), null);
        return ComparisonMaker.Compare(input, new DecisionOptions(), DateTimeOffset.UnixEpoch, objectives: ObjectiveFile.Parse($"objectives:\n{string.Concat(entries.Select(entry => $"- {entry}\n"))}"));
    }
}
