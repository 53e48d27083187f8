using System.Text.Json;

namespace Replay.Comparator.Tests;

/// <summary>What the runs stored of their servers, as sentences under the shape that it can explain.</summary>
public sealed class ExplanationTests
{
    private const string Slow = "select note from orders where customer = ?";

    [Fact]
    public void AMissingIndexThatThePlanUsedComesFirst()
    {
        using var campaign = Campaign();
        var comparison = campaign.Compare();
        var shape = comparison.Shapes.Single(one => one.Sql == Slow);
        Assert.Equal("Index scan on orders_customer_idx became a sequential scan on orders; 50 rows expected, 1 found.", shape.Plans.Words);
        Assert.Equal("The new server has no index orders_customer_idx on orders (the old one: CREATE INDEX orders_customer_idx ON public.orders USING btree (customer)).", shape.Explanations[0].Difference.Sentence);
        Assert.Equal(100, shape.Explanations[0].Score);
        Assert.DoesNotContain(shape.Explanations, one => one.Difference.Table == "elsewhere");
        Assert.DoesNotContain(shape.Explanations, one => one.Difference.Name == "enable_mergejoin");
        Assert.Equal(
            ["version", "orders_customer_idx", "elsewhere_idx", "rows", "name", "work_mem", "enable_indexscan", "shop default collation", "hstore"],
            comparison.Differences.OrderBy(one => Array.IndexOf(["version", "orders_customer_idx", "elsewhere_idx", "rows", "name", "work_mem", "enable_indexscan", "shop default collation", "hstore"], one.Name)).Select(one => one.Name));
    }

    [Fact]
    public void AllReportsSayIt()
    {
        using var campaign = Campaign();
        var comparison = campaign.Compare();
        var page = Written.Text(comparison, HtmlReport.Write);
        var markdown = new StringWriter();
        MarkdownReport.Write(comparison, markdown);
        var terminal = new StringWriter();
        TerminalReport.Write(comparison, TerminalReport.Console(terminal, isTerminal: false));
        Assert.All([page, markdown.ToString(), terminal.ToString()], text =>
        {
            var plain = text.Replace("\\", "", StringComparison.Ordinal);
            Assert.Contains("Index scan on orders_customer_idx became a sequential scan on orders", plain, StringComparison.Ordinal);
            Assert.Contains("The new server has no index orders_customer_idx on orders", plain, StringComparison.Ordinal);
        });
        using var json = JsonDocument.Parse(Written.Text(comparison, JsonReport.Write));
        var shape = json.RootElement.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == Slow);
        Assert.Equal("access", shape.GetProperty("plans").GetProperty("changes")[0].GetProperty("kind").GetString());
        Assert.Equal("index_scan", shape.GetProperty("plans").GetProperty("baseline").GetProperty("step").GetString());
        Assert.Equal("index", shape.GetProperty("explanations")[0].GetProperty("kind").GetString());
        Assert.Contains(json.RootElement.GetProperty("server_differences").EnumerateArray(), one => one.GetProperty("kind").GetString() == "user_setting");
        Assert.DoesNotContain("secret", page + markdown + terminal + json.RootElement, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunWithoutTheseDocumentsIsComparedAllTheSame()
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 3000) { Ratio = 2 }]);
        var comparison = campaign.Compare();
        Assert.Equal(["version", "work_mem"], comparison.Differences.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.Null(comparison.Shapes.Single(one => one.Sql == Slow).Plans.Words);
    }

    [Theory]
    [InlineData("enable_indexscan", true, 90)]
    [InlineData("enable_mergejoin", true, 30)]
    [InlineData("random_page_cost", true, 50)]
    [InlineData("random_page_cost", false, 0)]
    [InlineData("join_collapse_limit", true, 0)] // one table has no order
    [InlineData("extra_float_digits", true, 0)]
    public void ASettingIsRankedByWhatItDoes(string name, bool hasOtherPlan, int expected) => Assert.Equal(expected, SettingEffects.Score(name, Shape(hasOtherPlan)));

    [Fact]
    public void ListsOfSwitchesDifferBySwitch()
    {
        Assert.Equal(
            ["optimizer switch derived_merge is on on the old server, off on the new one"],
            SettingWords.Differences(new SettingDifference("optimizer_switch", "index_merge=on,derived_merge=on", "index_merge=on,derived_merge=off")).Select(one => one.Words));
        Assert.Equal(
            ["sql_mode has STRICT_TRANS_TABLES on the new server only"],
            SettingWords.Differences(new SettingDifference("sql_mode", "ANSI_QUOTES", "ANSI_QUOTES,STRICT_TRANS_TABLES")).Select(one => one.Words));
    }

    [Theory]
    [InlineData("int(11)", "int", null, null, 0)]
    [InlineData("int", "bigint", null, null, 1)]
    [InlineData("varchar(9)", "varchar(9)", "utf8_general_ci", "utf8mb3_general_ci", 0)]
    [InlineData("varchar(9)", "varchar(9)", "default", "en-x-icu", 1)]
    public void ColumnsDifferWhereTheyMean(string oldType, string newType, string? oldCollation, string? newCollation, int expected)
    {
        ServerFacts Facts(string type, string? collation) => new() { Tables = [new ServerFacts.Table { Database = "shop", Name = "names", Columns = [new ServerFacts.Column("name", type, collation)] }] };

        Assert.Equal(expected, ServerDiffer.Compare(Facts(oldType, oldCollation), Facts(newType, newCollation), [], "x", "x").Count);
    }

    private static ExplainedShape Shape(bool hasOtherPlan)
    {
        var scan = new PlanNode { Step = PlanStep.IndexScan, Name = "x", Relation = "t", Alias = "t", Index = "i" };
        var whole = scan with { Step = PlanStep.SequentialScan, Index = null };
        var plans = new PlanComparison(new PlanTree(scan, new Dictionary<string, string>()), new PlanTree(whole, new Dictionary<string, string>()), hasOtherPlan ? PlanDiffer.Compare(scan, whole) : [], null, null);
        return new ExplainedShape { Plans = plans, Tables = new HashSet<string> { "t" }, IsSlower = true, IsWrite = false, HasNewErrors = false, HasOtherAnswers = false };
    }

    private static SyntheticCampaign Campaign()
    {
        List<SyntheticShape> shapes = [.. SyntheticCampaign.Ordinary(), new SyntheticShape(Slow, 300, 3000) { Ratio = 2 }];
        return new SyntheticCampaign(shapes, documents: label => Documents(label[0] == 'B', shapes.Count));
    }

    private static (string, string)[] Documents(bool isCandidate, int shape)
    {
        var scan = isCandidate ? """ "Node Type":"Seq Scan" """ : """ "Node Type":"Index Scan","Index Name":"orders_customer_idx","Index Cond":"(customer = 'secret')" """;
        var index = isCandidate ? "" : """{"name":"orders_customer_idx","scans":5,"bytes":8192,"definition":"CREATE INDEX orders_customer_idx ON public.orders USING btree (customer)","is_usable":true}""";
        var elsewhere = isCandidate ? "" : """{"name":"elsewhere_idx"}""";
        return
        [
            ("plans.json", $$"""[{"shape":"{{7:x16}}{{shape:x16}}","position":0,"sql":"x","plan":"Scan (customer = 'secret')","tree":{{JsonSerializer.Serialize("[{\"Plan\":{" + scan + ",\"Relation Name\":\"orders\",\"Alias\":\"orders\",\"Plan Rows\":50}}]")}},"error":null}]"""),
            ("tables.json", $$"""
                [{"database":"shop","schema":"public","table":"orders","live_rows":1000,"planned_rows":{{(isCandidate ? 10 : 1000)}},"analyzed_at":"2026-01-01","indexes":[{{index}}],
                "columns":[{"name":"name","type":"text","collation":"{{(isCandidate ? "en-x-icu" : "default")}}"}]},
                {"database":"shop","schema":"public","table":"elsewhere","live_rows":10,"indexes":[{{elsewhere}}],"columns":[]}]
                """),
            ("environment.json", $$"""
                {"extensions":[{{(isCandidate ? "" : """{"database":"shop","name":"hstore","version":"1.8"}""")}}],"databases":[{"database":"shop","encoding":"UTF8","collation":"{{(isCandidate ? "en_US" : "C")}}","version":null}],
                "user_settings":[{{(isCandidate ? """{"database":null,"user":"reports","name":"enable_indexscan","value":"off"}""" : "")}}]}
                """),
        ];
    }
}
