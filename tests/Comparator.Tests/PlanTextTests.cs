using Replay.Workload;

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
    [InlineData(@"Filter: ((path = 'C:\'::text) AND (owner = 'secret'::text))", "Filter: ((path = '?'::text) AND (owner = '?'::text))")]
    [InlineData("Filter: (CASE WHEN ((flags & 5) = 5) THEN 777 ELSE 888 END IS DISTINCT FROM 999)", "Filter: (CASE WHEN ((flags & ?) = ?) THEN ? ELSE ? END IS DISTINCT FROM ?)")]
    [InlineData("Filter: (tags @> ARRAY[41, 42]) (SubPlan 1), Workers Planned: 2", "Filter: (tags @> ARRAY[?, ?]) (SubPlan 1), Workers Planned: 2")]
    public void LiteralsAreNotShown(string plan, string expected) => Assert.Equal(expected, PlanText.WithoutLiterals(plan, Engine.PostgreSql));

    // As MySQL 9.7 puts them: its strings escape quotes by a backslash.
    [Theory]
    [InlineData(@"-> Filter: (t.`name` <> 'O\'Brien secret')  (cost=0.35 rows=1)", "-> Filter: (t.`name` <> '?')  (cost=0.35 rows=1)")]
    [InlineData(@"over ('a""q' <= name <= 'b\\') OR (name = 'it''s')", "over ('?' <= name <= '?') OR (name = '?')")]
    [InlineData("Index lookup on t using a (a = 77777)  (cost=0.35 rows=1)", "Index lookup on t using a (a = ?)  (cost=0.35 rows=1)")]
    [InlineData("Filter: ((t.a + interval 7777 day) > <cache>(now()))", "Filter: ((t.a + interval ? day) > <cache>(now()))")]
    [InlineData("Filter: (t.token = 0x736563726574)", "Filter: (t.token = ?)")]
    [InlineData("-> Limit: 5 row(s)  (cost=0.55 rows=3)", "-> Limit: ? row(s)  (cost=0.55 rows=3)")]
    [InlineData("-> Limit/Offset: 5/34343 row(s)", "-> Limit/Offset: ?/? row(s)")]
    [InlineData("-> Select #2 (subquery in condition; run only once)", "-> Select #2 (subquery in condition; run only once)")]
    public void LiteralsOfMySqlAreNotShown(string plan, string expected) => Assert.Equal(expected, PlanText.WithoutLiterals(plan, Engine.MySql));

    [Theory]
    [InlineData("invalid input syntax for type integer: \"secret\"", "invalid input syntax for type integer: ?")]
    [InlineData("Incorrect DATE value: 'secret'", "Incorrect DATE value: ?")]
    [InlineData("canceling statement due to statement timeout", "canceling statement due to statement timeout")]
    public void WhyThereIsNoPlanIsSaidWithoutData(string error, string expected) => Assert.Equal(expected, ErrorText.WithoutQuoted(error));
}
