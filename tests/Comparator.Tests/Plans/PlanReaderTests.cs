namespace Replay.Comparator.Tests;

/// <summary>Plans as real servers print them (shortened), all as one kind of tree.</summary>
public sealed class PlanReaderTests
{
    // PostgreSQL 18, MariaDB 10.5 (which writes a key twice), MariaDB 11.8, MySQL 5.6, MySQL 9.7: select c.city, count(*) from orders o join customers c on c.id = o.customer where o.amount > 3 group by c.city order by 2
    public const string Postgres =
        """
        [{"Plan":{"Node Type":"Sort","Total Cost":543.77,"Plan Rows":100,"Sort Key":["(count(*))"],"Plans":[{"Node Type":"Aggregate","Strategy":"Hashed","Total Cost":540.20,"Plan Rows":100,"Group Key":["c.city"],"Plans":[
        {"Node Type":"Hash Join","Join Type":"Inner","Total Cost":439.21,"Plan Rows":19997,"Hash Cond":"(o.customer = c.id)","Plans":[
        {"Node Type":"Seq Scan","Relation Name":"orders","Alias":"o","Total Cost":359.00,"Plan Rows":19997,"Filter":"((amount > 3) AND ((note)::text <> 'it''s secret'::text))"},
        {"Node Type":"Hash","Total Cost":15.00,"Plan Rows":1000,"Plans":[{"Node Type":"Seq Scan","Relation Name":"customers","Alias":"c","Total Cost":15.00,"Plan Rows":1000}]}]}]}]},"Settings":{"enable_nestloop":"off"}}]
        """;

    public const string MariaDb105 =
        """
        {"query_block":{"select_id":1,"filesort":{"sort_key":"count(0)","temporary_table":{
        "table":{"table_name":"c","access_type":"ALL","possible_keys":["PRIMARY"],"rows":1000,"filtered":100},
        "table":{"table_name":"o","access_type":"ref","possible_keys":["orders_customer_idx"],"key":"orders_customer_idx","key_length":"5","used_key_parts":["customer"],"ref":["shop.c.id"],"rows":5,"filtered":100,"attached_condition":"o.amount > 3"}}}}}
        """;

    public const string MariaDb118 =
        """
        {"query_block":{"select_id":1,"cost":10.85165288,"filesort":{"sort_key":"count(0)","temporary_table":{"nested_loop":[
        {"table":{"table_name":"o","access_type":"ALL","possible_keys":["orders_customer_idx"],"loops":1,"rows":10172,"cost":1.7509516,"filtered":100,"attached_condition":"o.amount > 3 and o.customer is not null"}},
        {"table":{"table_name":"c","access_type":"eq_ref","key":"PRIMARY","used_key_parts":["id"],"ref":["shop.o.customer"],"loops":10172,"rows":1,"cost":9.10070128,"filtered":100}}]}}}}
        """;

    public const string MySql56 =
        """
        {"query_block":{"select_id":1,"ordering_operation":{"using_filesort":true,"grouping_operation":{"using_temporary_table":true,"using_filesort":false,"nested_loop":[
        {"table":{"table_name":"c","access_type":"ALL","possible_keys":["PRIMARY"],"rows":1000,"filtered":100}},
        {"table":{"table_name":"o","access_type":"ref","key":"orders_customer_idx","used_key_parts":["customer"],"key_length":"5","ref":["shop.c.id"],"rows":5,"filtered":100,"attached_condition":"(`shop`.`o`.`amount` > 3)"}}]}}}}
        """;

    public const string MySql97 =
        """
        {"query":"/* select#1 */ select 1","query_plan":{"inputs":[{"inputs":[{"inputs":[{"inputs":[
        {"inputs":[{"alias":"o","operation":"Table scan on o","table_name":"orders","access_type":"table","schema_name":"shop","estimated_rows":9978.0,"estimated_total_cost":1022.05}],"condition":"((o.amount > 3) and (o.customer is not null))","operation":"Filter","access_type":"filter","estimated_rows":3325.7,"filter_columns":["o.amount"]},
        {"alias":"c","covering":false,"operation":"Single-row index lookup on c using PRIMARY (id = o.customer)","index_name":"PRIMARY","table_name":"customers","access_type":"index","key_columns":["id"],"schema_name":"shop","estimated_rows":1.0,"index_access_type":"index_lookup"}],
        "join_type":"inner join","operation":"Nested loop inner join","access_type":"join","estimated_rows":3325.7,"join_algorithm":"nested_loop"}],"operation":"Aggregate using temporary table","access_type":"temp_table_aggregate"}],
        "operation":"Table scan on <temporary>","table_name":"<temporary>","access_type":"table"}],"operation":"Sort: count(*)","access_type":"sort","sort_fields":["count(*)"]},"query_type":"select","json_schema_version":"2.0"}
        """;

    private static readonly Dictionary<string, string> Names = new() { ["o"] = "orders", ["c"] = "customers" };

    [Theory]
    [InlineData(Postgres, "sort(hash_aggregate(hash_join(sequential_scan orders, sequential_scan customers)))")]
    [InlineData(MariaDb105, "sort(hash_aggregate(nested_loop(sequential_scan customers, index_scan orders orders_customer_idx)))")]
    [InlineData(MariaDb118, "sort(hash_aggregate(nested_loop(sequential_scan orders, index_scan customers PRIMARY)))")]
    [InlineData(MySql56, "sort(hash_aggregate(nested_loop(sequential_scan customers, index_scan orders orders_customer_idx)))")]
    [InlineData(MySql97, "sort(hash_aggregate(nested_loop(sequential_scan orders, index_scan customers PRIMARY)))")]
    // PostgreSQL 18: select * from orders where customer = 7
    [InlineData("""[{"Plan":{"Node Type":"Bitmap Heap Scan","Relation Name":"orders","Alias":"orders","Plan Rows":20,"Recheck Cond":"(customer = 7)","Plans":[{"Node Type":"Bitmap Index Scan","Index Name":"orders_customer_idx","Index Cond":"(customer = 7)"}]}}]""", "bitmap_scan orders orders_customer_idx")]
    // PostgreSQL: update
    [InlineData("""[{"Plan":{"Node Type":"ModifyTable","Operation":"Update","Relation Name":"orders","Alias":"orders","Plan Rows":0,"Plans":[{"Node Type":"Index Scan","Relation Name":"orders","Alias":"orders","Index Name":"orders_pkey","Index Cond":"(id = 9)","Plan Rows":1}]}}]""", "modify orders(index_scan orders orders_pkey)")]
    // MariaDB 11.8: customers where id in (select customer from orders where amount = 3)
    [InlineData("""{"query_block":{"select_id":1,"nested_loop":[{"table":{"table_name":"customers","access_type":"ALL","rows":1000,"filtered":100}},{"table":{"table_name":"<subquery2>","access_type":"eq_ref","key":"distinct_key","rows":1,"filtered":100,"materialized":{"unique":1,"query_block":{"select_id":2,"nested_loop":[{"table":{"table_name":"orders","access_type":"ALL","rows":10172,"filtered":100,"attached_condition":"orders.amount = 3"}}]}}}}]}}""", "nested_loop(sequential_scan customers, materialise <subquery2> distinct_key(sequential_scan orders))")]
    // MariaDB 11.8: update; insert
    [InlineData("""{"query_block":{"select_id":1,"table":{"update":1,"table_name":"orders","access_type":"range","key":"orders_customer_idx","used_key_parts":["customer"],"rows":10,"attached_condition":"orders.customer = 9"}}}""", "modify orders(index_scan orders orders_customer_idx)")]
    [InlineData("""{"query_block":{"select_id":1,"table":{"table_name":"customers"}}}""", "modify customers")]
    // MySQL 5.6: select 1 union select id from customers where id < 4
    [InlineData("""{"query_block":{"union_result":{"using_temporary_table":true,"table_name":"<union1,2>","access_type":"ALL","query_specifications":[{"dependent":false,"query_block":{"select_id":1,"table":{"message":"No tables used"}}},{"dependent":false,"query_block":{"select_id":2,"table":{"table_name":"customers","access_type":"range","key":"PRIMARY","rows":3,"filtered":100,"using_index":true}}}]}}}""", "other(other, index_only_scan customers PRIMARY)")]
    // MySQL 8: a hash join in the first format
    [InlineData("""{"query_block":{"select_id":1,"cost_info":{"query_cost":"103.60"},"nested_loop":[{"table":{"table_name":"a","access_type":"ALL","rows_examined_per_scan":10,"filtered":"100.00"}},{"table":{"table_name":"b","access_type":"ALL","rows_examined_per_scan":100,"filtered":"10.00","using_join_buffer":"hash join"}}]}}""", "hash_join(sequential_scan a, sequential_scan b)")]
    public void EachDialectIsTheSameKindOfTree(string json, string expected) =>
        Assert.Equal(expected, Shown(PlanNames.Resolve(PlanReader.Read(json, plan: null)!.Root, Names)));

    [Fact]
    public void ATableOfMariaDbIsATreeToo()
    {
        const string Plan = "id=1 select_type=SIMPLE table=c type=ALL possible_keys=PRIMARY rows=1000 Extra=Using temporary; Using filesort\nid=1 select_type=SIMPLE table=o type=ref possible_keys=orders_customer_idx key=orders_customer_idx key_len=5 ref=shop.c.id rows=5 Extra=Using where";
        Assert.Equal("sort(hash_aggregate(nested_loop(sequential_scan customers, index_scan orders orders_customer_idx)))", Shown(PlanNames.Resolve(PlanReader.Read(null, Plan)!.Root, Names)));
        Assert.Null(PlanReader.Read(null, "EXPLAIN=-> Table scan on o  (cost=1022 rows=9978)"));
        Assert.Null(PlanReader.Read(null, "Seq Scan on orders  (cost=0.00..573.00 rows=3 width=27)"));
    }

    [Fact]
    public void OfConditionsOnlyColumnsAreKept()
    {
        var plan = PlanReader.Read(Postgres, null)!;
        Assert.Equal(["amount", "note"], plan.Root.Scans.First().Columns);
        Assert.Equal(["customer", "id"], plan.Root.All.Single(node => node.Step == PlanStep.HashJoin).Columns);
        Assert.Equal("off", plan.Settings["enable_nestloop"]);
        Assert.Equal((100, 543.77), (plan.Root.Rows, plan.Root.Cost));
        Assert.Equal(["amount", "customer"], PlanReader.Read(MySql97, null)!.Root.Scans.First().Columns);

        // MySQL 9.7 escapes a quote by a backslash; in PostgreSQL that is a character.
        Assert.Equal(["name"], PlanReader.Read("""{"query_plan":{"operation":"Table scan on t","table_name":"t","schema_name":"d","access_type":"table","condition":"(t.`name` <> 'O\\'Brien secret')"}}""", null)!.Root.Columns);
        Assert.Equal(["path", "owner"], PlanReader.Read("""[{"Plan":{"Node Type":"Seq Scan","Relation Name":"f","Filter":"((path = 'C:\\'::text) AND (owner = 'secret'::text))"}}]""", null)!.Root.Columns);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"query_plan":{"operation":"<not executable by iterator executor>"}} trailing""")]
    public void WhatCannotBeReadIsNoPlan(string json) => Assert.Null(PlanReader.Read(json, "anything"));

    internal static string Shown(PlanNode node)
    {
        var own = string.Join(' ', new[] { node.Step.Name(), node.Relation, node.Index }.OfType<string>());
        return node.Children.Count == 0 ? own : $"{own}({string.Join(", ", node.Children.Select(Shown))})";
    }
}
