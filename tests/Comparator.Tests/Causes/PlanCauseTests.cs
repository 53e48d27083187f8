using System.Text.Json;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>Plans of several executions of a shape: which change is told, and whether the slow executions are those of a plan.</summary>
public sealed class PlanCauseTests
{
    private const string Sql = "select toll from ledger where id = ?";
    private const string IndexScan = """ "Node Type":"Index Scan","Index Name":"ledger_pkey","Index Cond":"(id = 1)" """;
    private const string WholeTable = """ "Node Type":"Seq Scan" """;

    // Every third execution has the value 7, the others one of their own.
    private const int Hot = 3;

    [Fact]
    public void ThePlanOfTheSlowExecutionsIsToldAndTheirParameterBesideIt()
    {
        // The first one and two more by the index, the hot value by the whole table.
        using var campaign = Campaign(slow: i => i % Hot == 0, candidate: Plans((1, IndexScan), (4, IndexScan), (Hot, WholeTable), (7, IndexScan)));
        var finding = Assert.Single(Shape(campaign.Compare(showLiterals: true)).Causes!.Findings);
        Assert.Equal((CauseDimension.Plan, "the plan \"sequential scan on ledger\""), (finding.Dimension, finding.What));
        Assert.Equal(["id (parameter 1) = 7"], finding.Same.Select(same => same.What));
        Assert.InRange(finding.Contrast.ExecutionShare, 0.3, 0.4);
        Assert.InRange(finding.Contrast.ExcessShare, 0.95, 1);
        using var json = JsonDocument.Parse(Written.Text(campaign.Compare(), JsonReport.Write));
        var told = json.RootElement.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == Sql).GetProperty("causes").GetProperty("findings")[0];
        Assert.Equal(("plan", "sequential scan on ledger"), (told.GetProperty("dimension").GetString(), told.GetProperty("value").GetString()));
        Assert.Equal(["one value of id (parameter 1)"], told.GetProperty("same_executions").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public void WhatWasBoundTellsThePlanToo()
    {
        using var campaign = Campaign(slow: i => i % Hot == 0, candidate: Plans((1, IndexScan), (Hot, WholeTable), (7, IndexScan)), bound: true);
        Assert.Equal(CauseDimension.Plan, Assert.Single(Shape(campaign.Compare()).Causes!.Findings).Dimension);
    }

    [Fact]
    public void APlanThatOthersHaveWithoutBeingSlowIsNotTheReason()
    {
        // The hot value and two quick ones have one plan; a quick one has another.
        using var campaign = Campaign(slow: i => i % Hot == 0, candidate: Plans((1, IndexScan), (4, IndexScan), (Hot, IndexScan), (7, WholeTable)));
        AssertOnlyTheParameter(campaign);
    }

    [Fact]
    public void OnePlanOfAllSetsNothingApart()
    {
        using var campaign = Campaign(slow: i => i % Hot == 0, candidate: Plans((1, IndexScan), (4, IndexScan), (Hot, IndexScan), (7, IndexScan)));
        AssertOnlyTheParameter(campaign);
    }

    [Fact]
    public void PlansOfExecutionsThatWereNotExplainedAreNotKnown()
    {
        // All are slow, whatever their parameters: those of which no plan is known too.
        using var campaign = Campaign(slow: i => i % 2 == 0, candidate: Plans((1, IndexScan), (Hot, WholeTable)));
        Assert.DoesNotContain(Shape(campaign.Compare()).Causes!.Findings.SelectMany(finding => finding.Same.Prepend(finding)), finding => finding.Dimension == CauseDimension.Plan);
    }

    [Fact]
    public void TheExecutionWhosePlanChangedIsToldIfTheFirstOnesDidNot()
    {
        using var campaign = Campaign(
            slow: i => i % Hot == 0, candidate: Plans((1, IndexScan), (Hot, WholeTable), (7, WholeTable)), baseline: Plans((1, IndexScan), (Hot, IndexScan), (7, IndexScan)));
        var comparison = campaign.Compare();
        var shape = Shape(comparison);
        var execution = Place(campaign, Hot);
        Assert.Equal($"Exchange {execution.Ordinal} of session {execution.Session}, not the first that was explained: index scan on ledger_pkey became a sequential scan on ledger; 50 rows expected, 1 found.", shape.Plans.Words);
        Assert.Equal(("Index Scan (id = ?)", "Seq Scan (id = ?)"), (shape.BaselinePlan, shape.CandidatePlan));
        Assert.Equal((execution.Session, execution.Ordinal, "is planned otherwise on the new server"), (shape.Reproductions[0].Session, shape.Reproductions[0].Ordinal, shape.Reproductions[0].What));
        Assert.Contains($" {execution.Session} {execution.Ordinal} ", shape.Reproductions[0].Commands[0], StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Written.Text(comparison, JsonReport.Write));
        var told = json.RootElement.GetProperty("shapes").EnumerateArray().Single(one => one.GetProperty("sql").GetString() == Sql).GetProperty("plans").GetProperty("execution");
        Assert.Equal((execution.Session, execution.Ordinal), (told.GetProperty("session").GetInt32(), told.GetProperty("ordinal").GetInt32()));
    }

    [Fact]
    public void TheFirstOneIsToldIfItsPlanChanged()
    {
        using var campaign = Campaign(slow: _ => true, candidate: Plans((1, WholeTable), (Hot, WholeTable)), baseline: Plans((Hot, IndexScan), (1, IndexScan)));
        var shape = Shape(campaign.Compare());
        Assert.Equal("Index scan on ledger_pkey became a sequential scan on ledger; 50 rows expected, 1 found.", shape.Plans.Words);
        Assert.True(shape.Plans.IsFirst);
    }

    [Fact]
    public void AShapeWithNothingToSayHasASampleTooIfItWasExplained()
    {
        using var campaign = Campaign(slow: _ => false, candidate: Plans((2, IndexScan), (Hot, IndexScan)), baseline: Plans((2, IndexScan)));
        var shape = Shape(campaign.Compare());
        Assert.Equal(ShapeVerdict.Same, shape.Decision.Verdict);
        var sample = Assert.Single(shape.Reproductions);
        Assert.Equal((Place(campaign, 2).Session, Place(campaign, 2).Ordinal, "is the one whose plans are told"), (sample.Session, sample.Ordinal, sample.What));
        Assert.Equal(2, sample.Commands.Count);
    }

    [Fact]
    public void OnlyTheSameExecutionsAreCompared()
    {
        // The old server explained others, but one; and of the first there is no plan on the new one.
        using var campaign = Campaign(slow: _ => true, candidate: Plans((1, null), (2, WholeTable), (Hot, WholeTable)), baseline: Plans((1, IndexScan), (Hot, WholeTable), (4, IndexScan)));
        var shape = Shape(campaign.Compare());
        Assert.Empty(shape.Plans.Changes);
        Assert.Equal((Place(campaign, Hot).Session, Place(campaign, Hot).Ordinal), (shape.Plans.Execution!.Session, shape.Plans.Execution.Ordinal));
    }

    [Fact]
    public void PlansAreToldByStepsTablesAndIndexes()
    {
        var scan = new PlanNode { Step = PlanStep.SequentialScan, Name = "Seq Scan", Relation = "orders", Rows = 5, Cost = 7 };
        var items = new PlanNode { Step = PlanStep.IndexScan, Name = "Index Scan", Relation = "items", Index = "items_order" };
        var join = new PlanNode { Step = PlanStep.HashJoin, Name = "Hash Join", Children = [items, scan] };
        Assert.Equal(PlanIdentity.Of(join), PlanIdentity.Of(join with { Rows = 1, Children = [items, scan with { Rows = 9_999, Cost = 1 }] }));
        Assert.NotEqual(PlanIdentity.Of(join), PlanIdentity.Of(join with { Children = [items with { Index = "items_date" }, scan] }));
        Assert.NotEqual(PlanIdentity.Of(join), PlanIdentity.Of(join with { Step = PlanStep.NestedLoop }));
        Assert.Equal("index scan on items_order and sequential scan on orders, hash join", PlanIdentity.Words(join));
        Assert.Equal("sequential scan on orders and sequential scan on orders and 2 more", PlanIdentity.Words(scan with { Children = [scan, scan, scan] }));
        Assert.Equal("Result", PlanIdentity.Words(new PlanNode { Step = PlanStep.Other, Name = "Result" }));
    }

    private static void AssertOnlyTheParameter(SyntheticCampaign campaign)
    {
        var finding = Assert.Single(Shape(campaign.Compare()).Causes!.Findings);
        Assert.Equal(CauseDimension.Parameter, finding.Dimension);
        Assert.Empty(finding.Same);
    }

    private static (int Execution, string? Scan)[] Plans(params (int Execution, string? Scan)[] plans) => plans;

    private static SyntheticCampaign Campaign(Func<int, bool> slow, (int Execution, string? Scan)[] candidate, (int Execution, string? Scan)[]? baseline = null, bool bound = false)
    {
        List<SyntheticShape> shapes =
        [
            .. SyntheticCampaign.Ordinary(),
            new SyntheticShape(Sql, 400, 3000)
            {
                Text = i => $"SELECT toll FROM ledger WHERE id = {(bound ? "$1" : Value(i))}",
                Bound = bound ? i => [Value(i)] : null,
                Command = bound ? Command.Execute : Command.Query,
                Change = (label, execution, outcome) => outcome with { LatencyMicroseconds = outcome.LatencyMicroseconds * (label[0] == 'B' && slow(execution) ? 5 : 1) },
            },
        ];
        using var measured = new SyntheticCampaign(shapes, runs: []);
        var positions = Positions(measured);
        return new SyntheticCampaign(shapes, documents: label => [("plans.json", Json(label[0] == 'B' ? candidate : baseline ?? candidate, positions, shapes.Count))]);
    }

    private static string Value(int execution) => execution % Hot == 0 ? "7" : $"{1000 + execution}";

    private static string Json((int Execution, string? Scan)[] plans, long[] positions, int shape) => JsonSerializer.Serialize(plans.Select(plan => new
    {
        shape = $"{7:x16}{shape:x16}",
        position = positions[plan.Execution],
        sql = "x",
        plan = plan.Scan is null ? null : plan.Scan == WholeTable ? "Seq Scan (id = 5)" : "Index Scan (id = 5)",
        tree = plan.Scan is null ? null : $"[{{\"Plan\":{{{plan.Scan},\"Relation Name\":\"ledger\",\"Alias\":\"ledger\",\"Plan Rows\":50}}}}]",
        error = plan.Scan is null ? "lock timeout" : null,
    }));

    private static long[] Positions(SyntheticCampaign campaign)
    {
        using var workload = WorkloadReader.Open(campaign.Workload);
        using var cursor = workload.Read();
        var positions = new List<long>();
        while (cursor.MoveNext())
        {
            if (cursor.Current.Shape == workload.Shapes.Count - 1)
            {
                positions.Add(cursor.Position);
            }
        }

        return [.. positions];
    }

    private static (int Session, int Ordinal) Place(SyntheticCampaign campaign, int execution)
    {
        using var workload = WorkloadReader.Open(campaign.Workload);
        using var cursor = workload.Read(Positions(campaign)[execution]);
        Assert.True(cursor.MoveNext());
        return (cursor.Current.Session, cursor.Current.Ordinal);
    }

    private static ShapeComparison Shape(Comparison comparison) => comparison.Shapes.Single(shape => shape.Sql == Sql);
}
