using System.Text.Json;
using System.Xml.Linq;
using Replay.Workload;

namespace Replay.Comparator.Tests;

public sealed class ReportTests
{
    private const string Nasty = "select '</script><script>alert(1)</script>', \"a\" & `b` | c \U0001F418 \u0001";

    [Theory]
    [InlineData(Engine.PostgreSql, "18.1", "PostgreSQL 18.1")]
    [InlineData(Engine.MySql, "9.7.0", "MySQL 9.7.0")]
    [InlineData(Engine.MySql, "10.11.14-MariaDB-0+deb12u2-log", "MariaDB 10.11.14")]
    [InlineData(Engine.MySql, "5.5.5-10.5.29-MariaDB", "MariaDB 10.5.29")]
    public void AServerIsCalledByItsName(Engine engine, string version, string name) =>
        Assert.Equal(name, ReportRows.Server(new RunManifest { WorkloadFolder = "w", TargetUrl = "", Engine = engine, ServerVersion = version }));

    [Fact]
    public void TheJsonHasTheContractsKeys()
    {
        using var document = JsonDocument.Parse(Written.Text(Comparison(), JsonReport.Write));
        var root = document.RootElement;
        Assert.Equal("fail", root.GetProperty("verdict").GetString());
        Assert.NotEmpty(root.GetProperty("reasons").EnumerateArray());
        var shape = root.GetProperty("shapes")[0];
        Assert.Equal(32, shape.GetProperty("shape").GetString()!.Length);
        Assert.Equal("select slow from big", shape.GetProperty("sql").GetString());
        Assert.Equal(300, shape.GetProperty("executions").GetInt64());
        Assert.Equal("regressed", shape.GetProperty("verdict").GetString());
        Assert.True(shape.GetProperty("ratio").GetProperty("low").GetDouble() < shape.GetProperty("ratio").GetProperty("estimate").GetDouble());
        foreach (var side in new[] { "baseline", "candidate" })
        {
            Assert.All(new[] { "p50_us", "p95_us", "p99_us", "mean_us", "total_ms" }, key => Assert.True(shape.GetProperty(side).GetProperty(key).GetDouble() > 0));
        }

        var failing = root.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == Nasty);
        Assert.Equal((0, 3), (failing.GetProperty("errors").GetProperty("baseline").GetInt64(), failing.GetProperty("errors").GetProperty("candidate").GetInt64()));
        Assert.Equal("42883", failing.GetProperty("errors").GetProperty("new")[0].GetString());
        Assert.Equal((97, 0), (failing.GetProperty("results").GetProperty("compared").GetInt64(), failing.GetProperty("results").GetProperty("different").GetInt64()));
        foreach (var run in root.GetProperty("accounting").EnumerateArray())
        {
            Assert.Equal(run.GetProperty("captured").GetInt64(), run.GetProperty("replayed").GetInt64() + run.GetProperty("skipped").GetInt64() + run.GetProperty("failed").GetInt64());
        }

        // What could not be measured is null, not NaN and not 0.
        var unmeasured = root.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == "never answered");
        Assert.Equal("not_enough_data", unmeasured.GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, unmeasured.GetProperty("ratio").GetProperty("estimate").ValueKind);
        Assert.Equal(JsonValueKind.Null, unmeasured.GetProperty("baseline").GetProperty("p50_us").ValueKind);
    }

    [Fact]
    public void ThePageIsSelfContainedAndEncodesWhatStrangersWrote()
    {
        var page = Written.Text(Comparison(), HtmlReport.Write);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.Equal((2, 3), (Occurrences(page, "<script>"), Occurrences(page, "<script"))); // the library's, ours, and what is packed
        Assert.DoesNotContain(" src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.Contains("The MIT License (MIT)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL 15.8", page, StringComparison.Ordinal);
        Assert.Contains("id=\"guide\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryRowOfThePageLeadsToItsDetail()
    {
        var page = Written.Text(Comparison(), HtmlReport.Write);
        var links = page.Split("href=#s-").Skip(1).Select(part => part[..32]).Distinct(StringComparer.Ordinal).ToArray();
        Assert.Equal(22, links.Length);
        Assert.All(links, hex => Assert.Contains($"id=\"s-{hex}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public void JUnitIsValidAndCountsFailures()
    {
        var suite = XDocument.Parse(Written.Text(Comparison(), JUnitReport.Write)).Root!.Element("testsuite")!;
        Assert.Equal(suite.Attribute("failures")!.Value, suite.Elements("testcase").Count(test => test.Element("failure") is not null).ToString());
        Assert.Equal(suite.Attribute("tests")!.Value, suite.Elements("testcase").Count().ToString());
        Assert.Equal("3", suite.Attribute("failures")!.Value);
        Assert.Contains(suite.Elements("testcase"), test => test.Attribute("name")!.Value.EndsWith("| c \U0001F418 ?", StringComparison.Ordinal)); // no control character is XML
    }

    [Fact]
    public void MarkdownKeepsItsTable()
    {
        var lines = Written.Text(Comparison(), (comparison, stream) =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            MarkdownReport.Write(comparison, writer);
        }).Split('\n');
        Assert.Equal("## FAIL: PostgreSQL 15.8 -> PostgreSQL 18.1", lines[0]);
        Assert.All(lines.Where(line => line.StartsWith('|')), line => Assert.Equal(ReportRows.Header.Length + 1, Occurrences(line.Replace("\\|", "", StringComparison.Ordinal), "|")));
    }

    [Fact]
    public void MarkdownHasNoMarkupOfStrangers()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select @total, a ~~b~~ &lt;img&gt; $x$ <b> [l](u) \n# c", 300, 2000) { Ratio = 1.6 }]);
        using var writer = new StringWriter();
        MarkdownReport.Write(campaign.Compare(), writer);
        Assert.Contains("select @\u2060total, a \\~\\~b\\~\\~ \\&lt;img\\&gt; \\$x\\$ \\<b> \\[l](u) # c", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("@total", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheTerminalSaysTheVerdictAndTheAccounting()
    {
        using var writer = new StringWriter();
        TerminalReport.Write(Comparison(), TerminalReport.Console(writer, isTerminal: false));
        var text = writer.ToString();
        Assert.StartsWith("FAIL", text, StringComparison.Ordinal);
        Assert.Contains("select slow from big", text, StringComparison.Ordinal);
        Assert.Contains("captured =", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsThatDifferAreShownAndPlacesAreNot()
    {
        var setting = Assert.Single(Comparison().Settings);
        Assert.Equal(new SettingDifference("work_mem", "4MB", "8MB"), setting);
    }

    private static Comparison Comparison()
    {
        using var campaign = new SyntheticCampaign([
            .. SyntheticCampaign.Ordinary(),
            new SyntheticShape("select slow from big", 300, 2000) { Ratio = 1.6 },
            new SyntheticShape(Nasty, 100, 700) { Error = (label, n) => label[0] == 'B' && n < 3 ? "42883" : null },
            new SyntheticShape("never answered", 10, 700) { Change = (_, _, _) => new RunOutcome { Status = RunStatus.Skipped, Reason = RunReason.Excluded, LatencyMicroseconds = float.NaN } },
        ]);
        return campaign.Compare();
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
