using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>Shapes of which only some executions became slower: the report names whose they are.</summary>
public sealed class CauseTests
{
    private const string Sql = "select toll from ledger where id = ?";

    [Fact]
    public void TheUserWhoseExecutionsAreSlowIsNamedAndWhatSaysTheSameBesideIt()
    {
        using var campaign = Campaign(slow: i => i % 4 == 0, session: i => i % 4 == 0 ? 2 : 1);
        var shape = Shape(campaign.Compare());
        var finding = Assert.Single(shape.Causes!.Findings);
        Assert.Equal("client 10.0.0.2", finding.What);
        Assert.Equal(["user user2", "application app2"], finding.Same.Select(same => same.What));
        Assert.InRange(finding.Contrast.RiskRatio.Low, 5, finding.Contrast.RiskRatio.Estimate);
        Assert.InRange(finding.Contrast.ExcessShare, 0.95, 1);
        Assert.InRange(shape.Causes.Slow, 90, 110);
        Assert.Contains("25 % of the executions", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void AParametersValueIsNamedOnlyIfLiteralsMayBeShown()
    {
        using var campaign = Campaign(slow: i => i % 3 == 0, text: i => $"SELECT toll FROM ledger WHERE id = {(i % 3 == 0 ? 7001 : 100 + i)}");
        var hidden = Assert.Single(Shape(campaign.Compare()).Causes!.Findings);
        Assert.Equal("one value of id (parameter 1)", hidden.What);
        Assert.Null(hidden.Value);
        Assert.DoesNotContain("7001", Json(campaign.Compare()), StringComparison.Ordinal);
        var shown = Assert.Single(Shape(campaign.Compare(showLiterals: true)).Causes!.Findings);
        Assert.Equal("id (parameter 1) = 7001", shown.What);
        Assert.Contains("7001", Json(campaign.Compare(showLiterals: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasBoundToAPreparedStatementIsADimensionToo()
    {
        // The literal is the same in all executions, and no value of parameter 1.
        using var campaign = Campaign(slow: i => i % 3 == 0, text: _ => "SELECT toll FROM ledger WHERE kind = 5 AND region = $2 AND id = $1", bound: i => [i % 3 == 0 ? "7001" : $"{100 + i}", i % 2 == 0 ? null : "north"]);
        var comparison = campaign.Compare();
        Assert.Equal("one value of id (parameter 1)", Assert.Single(Shape(comparison).Causes!.Findings).What);
        Assert.DoesNotContain(comparison.Warnings, warning => warning.Contains("bound", StringComparison.Ordinal));
        Assert.DoesNotContain("7001", Json(comparison), StringComparison.Ordinal);
        Assert.Equal("id (parameter 1) = 7001", Assert.Single(Shape(campaign.Compare(showLiterals: true)).Causes!.Findings).What);

        using var nulls = Campaign(slow: i => i % 2 == 0, text: _ => "SELECT toll FROM ledger WHERE id = $1 AND region = $2", bound: i => [$"{i}", i % 2 == 0 ? null : $"north {i}"]);
        Assert.Equal("region (parameter 2) = NULL", Assert.Single(Shape(nulls.Compare(showLiterals: true)).Causes!.Findings).What);
    }

    [Fact]
    public void TheCommandsThatShowAnExecutionCarryWhoTheRunWas()
    {
        string[] arguments = ["--target", "postgres://app@b/shop", "--login", "captured", "--speed", "max", "--password-file", "/etc/pass words", "--map-user", "app=app2", "--map-user", "it's=other", "--map-database", "shop=shop2", "--force", "users,databases", "--explain", "7"];
        using var campaign = Campaign(slow: i => i % 4 == 0, manifest: (label, made) => label[0] == 'B' ? made with { TargetUrl = "postgres://app@b/shop", Arguments = arguments } : made);
        var reproduction = Shape(campaign.Compare()).Reproductions[0];
        Assert.EndsWith(
            $"{reproduction.Session} {reproduction.Ordinal} --target postgres://app@b/shop --login captured --password-file '/etc/pass words' --map-user app=app2 --map-user 'it'\\''s=other' --map-database shop=shop2 --force users,databases",
            reproduction.Commands[0], StringComparison.Ordinal);
        Assert.DoesNotContain("--map-user", reproduction.Commands[1], StringComparison.Ordinal);
    }

    [Fact]
    public void TheCommandsSayWhereAMovedWorkloadIs()
    {
        using var campaign = Campaign(slow: i => i % 4 == 0);
        Assert.DoesNotContain("--workload", Shape(campaign.Compare()).Reproductions[0].Commands[0], StringComparison.Ordinal);
        var moved = campaign.File("moved away.workload");
        Directory.Move(campaign.Workload, moved);
        using var input = ComparisonInput.Open(campaign.Side('A'), [Path.GetRelativePath(Environment.CurrentDirectory, campaign.Run("B1")), campaign.Run("B2")], moved);
        var reproduction = Shape(ComparisonMaker.Compare(input, new Statistics.DecisionOptions(), DateTimeOffset.UnixEpoch)).Reproductions[0];
        Assert.StartsWith($"dbreplay exec {campaign.Run("B1")} {reproduction.Session} {reproduction.Ordinal} --target ", reproduction.Commands[0], StringComparison.Ordinal);
        Assert.All(reproduction.Commands, command => Assert.Contains($" --workload '{moved}'", command, StringComparison.Ordinal));
    }

    [Fact]
    public void ATagOfACommentIsADimension()
    {
        using var campaign = Campaign(slow: i => i % 5 == 0, text: i => $"SELECT toll FROM ledger WHERE id = {i} /*route='{(i % 5 == 0 ? "%2Fbatch" : "%2Fweb")}',app='shop'*/");
        Assert.Equal("tag route /batch", Assert.Single(Shape(campaign.Compare()).Causes!.Findings).What);
    }

    [Fact]
    public void WhereAllAreSlowerNothingSetsThemApart()
    {
        using var campaign = Campaign(slow: _ => true, session: i => 1 + (i % 3));
        var causes = Shape(campaign.Compare()).Causes!;
        Assert.Empty(causes.Findings);
        Assert.DoesNotContain("What sets them apart", causes.Lead, StringComparison.Ordinal);
    }

    [Fact]
    public void AllReportsSayIt()
    {
        using var campaign = Campaign(slow: i => i % 4 == 0, session: i => i % 4 == 0 ? 2 : 1);
        var comparison = campaign.Compare();
        var markdown = new StringWriter();
        MarkdownReport.Write(comparison, markdown);
        var terminal = new StringWriter();
        TerminalReport.Write(comparison, TerminalReport.Console(terminal, isTerminal: false));
        Assert.All([Written.Text(comparison, HtmlReport.Write), markdown.ToString(), terminal.ToString(), Json(comparison)], text => Assert.Contains("lient 10.0.0.2: 25 % of the executions", text, StringComparison.Ordinal));
        using var json = JsonDocument.Parse(Json(comparison));
        var causes = json.RootElement.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == Sql).GetProperty("causes");
        Assert.Equal("client", causes.GetProperty("findings")[0].GetProperty("dimension").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("shapes").EnumerateArray().First(one => one.GetProperty("sql").GetString() != Sql).GetProperty("causes").ValueKind);
    }

    [Fact]
    public void MemoryHasABound()
    {
        var sample = new ExecutionSample(1);
        var kept = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var values = new List<int>();
            if (sample.NextPlace() is >= 0 and var place)
            {
                kept++;
                sample.Note(values, CauseDimension.Parameter, "parameter 1", i.ToString());
                sample.Put(place, new SampledExecution(1, i, 0, 0, 0, 0, i, false, [.. values]));
            }
        }

        Assert.Equal((ExecutionSample.MostExecutions, 50_000), (sample.Kept.Count, sample.All));
        Assert.Equal(ValueTable.MostValues, sample.Dimensions[0].Values.Count);
        Assert.InRange(kept, ExecutionSample.MostExecutions + 15_000, ExecutionSample.MostExecutions + 22_000); // 20,000 * ln 2.5 more
        Assert.InRange(sample.Kept.Average(execution => execution.Excess), 24_000, 26_000);
    }

    [Fact]
    public void TheTimelineTellsHowManyWereOnTheWire()
    {
        var timeline = new BusyTimeline(0, 10_000_000);
        timeline.Add(0, 5_000_000); // one all the first half
        for (var i = 0; i < 50; i++)
        {
            timeline.Add(1_000_000 + (i * 1000), 1_000_000 + (i * 1000) + 500); // and half of one more for 50 ms
        }

        Assert.Equal(1, timeline.At(500_000), 2);
        Assert.Equal(1.5, timeline.At(1_020_000), 2);
        Assert.Equal(0, timeline.At(7_000_000), 2);
    }

    private static SyntheticCampaign Campaign(Func<int, bool> slow, Func<int, int>? session = null, Func<int, string>? text = null, Func<int, string?[]>? bound = null, Func<string, RunManifest, RunManifest>? manifest = null) => new(
    [
        .. SyntheticCampaign.Ordinary(),
        new SyntheticShape(Sql, 400, 3000)
        {
            Session = session,
            Text = text,
            Bound = bound,
            Command = bound is null ? Command.Query : Command.Execute,
            Change = (label, execution, outcome) => outcome with { LatencyMicroseconds = outcome.LatencyMicroseconds * (label[0] == 'B' && slow(execution) ? 5 : 1) },
        },
    ], manifest: manifest);

    private static ShapeComparison Shape(Comparison comparison) => comparison.Shapes.Single(shape => shape.Sql == Sql);

    private static string Json(Comparison comparison) => Written.Text(comparison, JsonReport.Write);
}
