namespace Replay.Comparator.Tests;

public sealed class PlanDifferTests
{
    private static readonly PlanNode ByIndex = Scan(PlanStep.IndexScan, "orders", "orders_customer_idx", 10);
    private static readonly PlanNode Whole = Scan(PlanStep.SequentialScan, "orders", null, 10);
    private static readonly PlanNode Customers = Scan(PlanStep.SequentialScan, "customers", null, 100);

    [Fact]
    public void AnotherWayToATableIsSaid()
    {
        var changes = PlanDiffer.Compare(ByIndex, Whole);
        Assert.Equal(["index scan on orders_customer_idx became a sequential scan on orders"], changes.Select(change => change.Words));
        Assert.Equal("Index scan on orders_customer_idx became a sequential scan on orders; 10 rows expected, 50,000 found.", Comparison(changes, 10, 50_000).Words);
        Assert.Equal("Index scan on orders_customer_idx became a sequential scan on orders.", Comparison(changes, 10, 12).Words);
    }

    [Fact]
    public void APlanIsLikeItself()
    {
        Assert.Empty(PlanDiffer.Compare(Join(PlanStep.HashJoin, ByIndex, Customers), Join(PlanStep.HashJoin, ByIndex, Customers)));
        Assert.Equal("Both servers plan it alike.", Comparison([], null, null).Words);
        Assert.Null(PlanComparison.None.Words);
    }

    [Fact]
    public void AnotherIndexNamesItsTableIfItsNameDoesNot() =>
        Assert.Equal(
            ["index scan on a_idx became an index-only scan on b_idx (table orders)"],
            PlanDiffer.Compare(Scan(PlanStep.IndexScan, "orders", "a_idx", 1), Scan(PlanStep.IndexOnlyScan, "orders", "b_idx", 1)).Select(change => change.Words));

    [Fact]
    public void JoinsAreKnownByTheirTables()
    {
        var words = PlanDiffer.Compare(Join(PlanStep.HashJoin, Whole, Customers), Join(PlanStep.NestedLoop, Customers, ByIndex)).Select(change => change.Words).ToArray();
        Assert.Equal(
            ["sequential scan on orders became an index scan on orders_customer_idx", "the hash join of customers, orders became a nested loop", "tables are joined in another order: orders, customers became customers, orders"], words);
    }

    [Fact]
    public void SortsWorkersAndGroupsAreTold()
    {
        PlanNode Over(PlanStep step, PlanNode inner) => new() { Step = step, Name = "x", Children = [inner] };

        Assert.Equal(["the new server sorts, the old one had no need to"], Words(Whole, Over(PlanStep.Sort, Whole)));
        Assert.Equal(["the new server uses no parallel workers any more"], Words(Over(PlanStep.Parallel, Whole), Whole));
        Assert.Equal(["rows are grouped in sorted order, not by hash any more", "the new server sorts, the old one had no need to"], Words(Over(PlanStep.HashAggregate, Whole), Over(PlanStep.Aggregate, Over(PlanStep.Sort, Whole))));
    }

    [Fact]
    public void ExpectationsThatLieFarApartAreTold() =>
        Assert.Equal(["the old server expects 10 rows of orders, the new one 50,000"], Words(Whole, Whole with { Rows = 50_000 }));

    [Fact]
    public void ATableThatIsReadOnceMoreIsTold() =>
        Assert.Equal("the new server reads customers once more (sequential scan on customers)", Words(Whole, Join(PlanStep.NestedLoop, Whole, Customers))[0]);

    private static string[] Words(PlanNode old, PlanNode fresh) => [.. PlanDiffer.Compare(old, fresh).Select(change => change.Words)];

    private static PlanComparison Comparison(IReadOnlyList<PlanChange> changes, double? expected, long? found) =>
        new(new PlanTree(ByIndex, new Dictionary<string, string>()), new PlanTree(Whole, new Dictionary<string, string>()), changes, expected, found);

    private static PlanNode Scan(PlanStep step, string table, string? index, double rows) => new() { Step = step, Name = "x", Relation = table, Alias = table, Index = index, Rows = rows };

    private static PlanNode Join(PlanStep step, PlanNode first, PlanNode second) => new() { Step = step, Name = "x", Children = [first, second] };
}
