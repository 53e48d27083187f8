namespace Replay.Comparator.Tests;

public sealed class PlanTextTests
{
    [Theory]
    [InlineData("Index Cond: (customer_id = 9739)", "Index Cond: (customer_id = ?)")]
    [InlineData("Filter: ((order_id <= 25000) AND (name = 'O''Hara'::text))", "Filter: ((order_id <= ?) AND (name = '?'::text))")]
    [InlineData("Filter: (id = ANY ('{1,2,3}'::integer[]))", "Filter: (id = ANY ('?'::integer[]))")]
    [InlineData("-> Filter: (o.id in (17,18))  (cost=4.31 rows=3)", "-> Filter: (o.id in (?,?))  (cost=4.31 rows=3)")]
    [InlineData("Seq Scan on t1  (cost=0.00..573.00 rows=3 width=27)", "Seq Scan on t1  (cost=0.00..573.00 rows=3 width=27)")]
    [InlineData("Filter: (x between -5 and 7.5)", "Filter: (x between ? and ?)")]
    public void LiteralsAreNotShown(string plan, string expected) => Assert.Equal(expected, PlanText.WithoutLiterals(plan));
}
