using Replay.Workload;

namespace Replay.Comparator.Tests;

public sealed class ResultTests
{
    [Fact]
    public void OtherValuesFail()
    {
        var (comparison, result) = Compare("select v from t where id = ?", (label, n, outcome) => label[0] == 'B' && n == 5 ? outcome with { SetHash = 7, SequenceHash = 8 } : outcome);
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Equal((ResultKind.ValueDifferent, 1L, 100L), (result.Kind, result.Different, result.Compared));
        Assert.NotNull(result.Example);
    }

    [Fact]
    public void AnotherNumberOfRowsFails()
    {
        var (comparison, result) = Compare("select v from t where id > ?", (label, n, outcome) => label[0] == 'B' && n < 5 ? outcome with { Rows = 9, SetHash = 7 } : outcome);
        Assert.Equal(WholeVerdict.Fail, comparison.Verdict);
        Assert.Equal((ResultKind.CountDifferent, 5L), (result.Kind, result.Different));
    }

    [Fact]
    public void AnotherOrderWithoutOrderByDoesNotFail()
    {
        var (comparison, result) = Compare("select v from t", (label, _, outcome) => label[0] == 'B' ? outcome with { SequenceHash = 8 } : outcome);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(ResultKind.OrderDifferent, result.Kind);
    }

    [Fact]
    public void AnotherOrderDespiteOrderByIsNamed()
    {
        var (_, result) = Compare("select v from t order by v", (label, _, outcome) => label[0] == 'B' ? outcome with { SequenceHash = 8 } : outcome);
        Assert.Equal(ResultKind.OrderDifferentWithOrderBy, result.Kind);
    }

    [Fact]
    public void LimitWithoutOrderByMayChooseOtherRows()
    {
        var (comparison, result) = Compare("select v from t limit ?", (label, _, outcome) => label[0] == 'B' ? outcome with { SetHash = 7 } : outcome);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(ResultKind.Arbitrary, result.Kind);
    }

    [Fact]
    public void AShapeThatContradictsItselfIsNotBelieved()
    {
        var (comparison, result) = Compare("select random()", (label, n, outcome) => outcome with { SetHash = (uint)HashCode.Combine(label, n) });
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(ResultKind.Unstable, result.Kind);
    }

    [Fact]
    public void UnstableValuesDoNotHideAnotherNumberOfRows()
    {
        var (_, result) = Compare("select now(), v from t", (label, n, outcome) => outcome with { SetHash = (uint)HashCode.Combine(label, n), Rows = label[0] == 'B' ? 2u : 1u });
        Assert.Equal(ResultKind.CountDifferent, result.Kind);
    }

    [Fact]
    public void WhatProductionAnsweredIsNotHeldAgainstTheCandidate()
    {
        // The baseline went astray; the candidate says what the capture says.
        var (comparison, result) = Compare("select v from t where id = ?", (label, n, outcome) => label[0] == 'A' && n == 5 ? outcome with { SetHash = 7 } : outcome);
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Equal(1, result.CandidateIsProduction);
    }

    [Fact]
    public void ResultsOnTaintedGroundAreNotCompared()
    {
        var (_, result) = Compare("select v from t where id = ?", (label, n, outcome) =>
            label[0] == 'B' && n == 5 ? outcome with { SetHash = 7, Flags = outcome.Flags | RunFlags.Tainted } : outcome);
        Assert.Equal((ResultKind.Equal, 99L), (result.Kind, result.Compared));
    }

    [Fact]
    public void WithOneRunASideProductionTellsWhatDiffersByItself()
    {
        string[] shapes = ["select v from own", "select v from t where id = ?"];
        using var campaign = new SyntheticCampaign(
            [
                .. SyntheticCampaign.Ordinary(),
                new SyntheticShape(shapes[0], 100, 900) { Change = (label, n, outcome) => outcome with { SetHash = (uint)HashCode.Combine(label, n) } },
                new SyntheticShape(shapes[1], 100, 900) { Change = (label, n, outcome) => label[0] == 'B' && n % 2 == 0 ? outcome with { SetHash = 7 } : outcome },
            ],
            ["A1", "B1"]);
        var found = campaign.Compare(new Statistics.DecisionOptions { IgnoresDoubts = true }).Shapes.ToDictionary(shape => shape.Sql, shape => shape.Results.Kind);
        Assert.Equal([ResultKind.Unstable, ResultKind.ValueDifferent], shapes.Select(sql => found[sql]));
    }

    [Fact]
    public void DoubtsThatAreIgnoredAreWarnings()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(executions: 10), ["A1", "B1"]);
        var doubtful = campaign.Compare();
        Assert.Equal(WholeVerdict.Undecided, doubtful.Verdict);
        var passed = campaign.Compare(new Statistics.DecisionOptions { IgnoresDoubts = true });
        Assert.Equal(WholeVerdict.Pass, passed.Verdict);
        Assert.All(doubtful.Reasons, reason => Assert.Contains(reason, passed.Warnings));
        Assert.Contains("No shape is proven to have become slower", Assert.Single(passed.Reasons), StringComparison.Ordinal);
    }

    private static (Comparison Comparison, ResultFinding Result) Compare(string sql, Func<string, int, RunOutcome, RunOutcome> change)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(sql, 100, 900) { Change = change }]);
        var comparison = campaign.Compare();
        return (comparison, comparison.Shapes.Single(shape => shape.Sql == sql).Results);
    }
}
