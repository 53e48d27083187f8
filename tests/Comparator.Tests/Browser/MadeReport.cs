using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator.Tests.Browser;

/// <summary>A comparison that has something of everything: a regression with its cause and plan, new errors, other results, what got faster, rare and unjudged shapes, certificates, and strangers' texts that are meant to break a page.</summary>
internal static class MadeReport
{
    public const string Script = "<script>alert(1)</script>";

    public const string BadUser = "o'\"re\nilly\r\n<img src=x onerror=alert(2)>";

    public const string Slow = "select o.id, o.placed_at, sum(p.price * p.quantity) from orders o join positions p on p.order_id = o.id where o.customer = ? and o.placed_at > ? group by o.id, o.placed_at order by o.placed_at desc limit ?";

    // Between exchanges: some 10 hours in all.
    private const long StepMicroseconds = 5_000_000;

    /// <summary>Some thirty shapes.</summary>
    public static Comparison Comparison()
    {
        List<SyntheticShape> shapes =
        [
            .. SyntheticCampaign.Ordinary(18),
            new SyntheticShape("update stock set available = available - ? where article = ?", 280, 900) { Class = "write", Ratio = 0.6 },
            new SyntheticShape($"select ? as \"{Script}\", ']]>', \"a\" & `b`", 200, 700) { Error = (label, n) => label[0] == 'B' && n < 3 ? "42883" : null, Session = n => n % 3 == 0 ? 2 : 1 },
            new SyntheticShape("select name, price from articles where price < ? order by name", 200, 1400) { Columns = Names, Rows = (label, n) => label[0] == 'B' && n % 2 == 0 ? [["zebra"], ["Äpfel"]] : [["Äpfel"], ["zebra"]] },
            new SyntheticShape("select count(*) from visits where at > ?", 200, 5200) { Columns = Names, Row = (label, n) => [label[0] == 'B' && n % 4 == 0 ? "17" : "18"], Ratio = 1.03 },
            new SyntheticShape("select once from yearly where report = ?", 4, 250_000) { Ratio = 1.2 },
            new SyntheticShape("insert into audit(at, who, what) values (?, ?, ?)", 260, 300) { Class = "write" },
            new SyntheticShape("never answered", 10, 700) { Change = (_, _, _) => new RunOutcome { Status = RunStatus.Skipped, Reason = RunReason.Excluded, LatencyMicroseconds = float.NaN } },
            new SyntheticShape(Slow, 300, 3000) { Change = (label, n, outcome) => outcome with { LatencyMicroseconds = outcome.LatencyMicroseconds * (label[0] == 'B' ? n % 4 == 0 ? 6 : 1.3f : 1) }, Session = n => n % 4 == 0 ? 2 : n % 4 },
        ];
        using var campaign = new SyntheticCampaign(shapes, documents: label => Documents(label, shapes.Count), user: number => number == 2 ? BadUser : $"user{number}", stepMicroseconds: StepMicroseconds);
        return campaign.Compare();
    }

    /// <summary>A dozen shapes, small enough to be read in a golden file.</summary>
    public static Comparison Small()
    {
        List<SyntheticShape> shapes =
        [
            .. SyntheticCampaign.Ordinary(8, 60),
            new SyntheticShape($"select ? as \"{Script}\", ']]>', \"a\" & `b` | c", 60, 700) { Error = (label, n) => label[0] == 'B' && n < 3 ? "42883" : null, Session = n => n % 3 == 0 ? 2 : 1 },
            new SyntheticShape("select count(*) from visits\twhere at > ?\r\n", 60, 5200) { Columns = Names, Row = (label, n) => [label[0] == 'B' && n % 4 == 0 ? "17" : "18"] },
            new SyntheticShape("select once from yearly where report = ?", 4, 250_000),
            new SyntheticShape(Slow, 60, 3000) { Ratio = 1.9 },
        ];
        using var campaign = new SyntheticCampaign(shapes, documents: label => Documents(label, shapes.Count), user: _ => BadUser, stepMicroseconds: StepMicroseconds);
        return campaign.Compare();
    }

    /// <summary>As many shapes as are asked for, with texts of usual lengths; or long ones as object mappers make them, each with plans, and some with errors.</summary>
    public static Comparison OfShapes(int count, int executions, bool isLong = false)
    {
        var shapes = Enumerable.Range(0, count).Select(i => new SyntheticShape(isLong ? Mapped(i) : Text(i), executions, 200 * Math.Pow(1.9, i % 14))
        {
            Class = i % 5 == 0 ? "write" : "read",
            Ratio = i % 40 == 7 ? 1.7 : i % 50 == 9 ? 0.5 : 1,
            Session = n => 1 + (((n * 7) + i) % 6),
            Error = isLong && i % 30 == 3 ? (label, n) => label[0] == 'B' && n < 3 ? "42883" : null : null,
        }).ToList();
        using var campaign = new SyntheticCampaign(shapes, documents: isLong ? _ => [("plans.json", JsonSerializer.Serialize(Enumerable.Range(0, count).Select(Planned)))] : null, stepMicroseconds: 36_000_000_000 / ((long)count * executions));
        return campaign.Compare();
    }

    private static Column[] Names => [new Column("name", 25, -1, false)];

    private static string Text(int i)
    {
        string[] tables = ["orders", "customers", "articles", "positions", "payments", "shipments", "visits", "carts"];
        string From(int n) => $"{tables[(i + n) % 8]}_{i / 8} t{n}";
        return (i % 4) switch
        {
            0 => $"select t0.id, t0.name, t0.created_at from {From(0)} where t0.id = ?",
            1 => $"select t0.id, t0.state, t1.name, t1.city, count(*) from {From(0)} join {From(1)} on t1.id = t0.parent where t0.state = ? and t1.city in (...) and t0.created_at between ? and ? group by t0.id, t0.state, t1.name, t1.city order by t0.created_at desc limit ?",
            2 => $"update {tables[i % 8]}_{i / 8} set state = ?, changed_at = now(), changed_by = ? where id = ? and version = ?",
            _ => $"insert into {tables[i % 8]}_{i / 8}(id, name, state, created_at, changed_at, amount, currency, note) values (?, ?, ?, now(), now(), ?, ?, ?) returning id, created_at",
        };
    }

    // Some 3 KB.
    private static string Mapped(int i)
    {
        string Columns(int table) => string.Join(", ", Enumerable.Range(0, 12).Select(column => $"t{table}.attribute_{(i * 7 + column * (table + 3)) % 97} as t{table}_attribute_{column}"));
        return $"select {string.Join(", ", Enumerable.Range(0, 6).Select(Columns))} from entity_{i} t0 {string.Concat(Enumerable.Range(1, 5).Select(table => $"left outer join entity_{(i * 3 + table) % 211} t{table} on t{table}.id = t{table - 1}.attribute_{(i + table) % 89}_id "))}"
            + $"where t0.tenant_id = ? and t{i % 6}.state in (...) and t{(i + 1) % 6}.changed_at > ? order by t0.attribute_{i % 97} desc limit ?";
    }

    private static object Planned(int i) => new
    {
        shape = $"{7:x16}{i + 1:x16}",
        position = 0,
        sql = "x",
        plan = string.Concat(Enumerable.Range(0, 24).Select(step => $"{new string(' ', step)}->  Nested Loop Left Join  (cost={(i * 31 + step * 17) % 977}.{step:00}..{(i * 13) + (step * 101)}.{i % 100:00} rows={(i * 7 + step) % 5000} width={step * 8})\n{new string(' ', step)}  Join Filter: (t{step % 6}.id = t{(step + 1) % 6}.attribute_{(i + step) % 89}_id)\n")),
        tree = "[{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"entity\",\"Alias\":\"t0\",\"Plan Rows\":50}}]",
        error = (string?)null,
    };

    private static (string, string)[] Documents(string label, int shape)
    {
        var isCandidate = label[0] == 'B';
        var scan = isCandidate ? """ "Node Type":"Seq Scan" """ : """ "Node Type":"Index Scan","Index Name":"orders_customer_idx","Index Cond":"(customer = 'secret')" """;
        var plan = isCandidate
            ? "Limit  (cost=2150.10..2150.15 rows=20 width=24)\n  ->  Sort  (cost=2150.10..2151.00 rows=360 width=24)\n        ->  Seq Scan on orders o  (cost=0.00..2084.00 rows=360 width=24)\n              Filter: (customer = 'secret')"
            : "Limit  (cost=8.45..8.50 rows=20 width=24)\n  ->  Sort  (cost=8.45..8.60 rows=50 width=24)\n        ->  Index Scan using orders_customer_idx on orders o  (cost=0.29..7.10 rows=50 width=24)\n              Index Cond: (customer = 'secret')";
        var index = isCandidate ? "" : """{"name":"orders_customer_idx","scans":5,"bytes":8192,"definition":"CREATE INDEX orders_customer_idx ON public.orders USING btree (customer)","is_usable":true}""";
        return
        [
            ("plans.json", $$"""[{"shape":"{{7:x16}}{{shape:x16}}","position":0,"sql":"x","plan":{{JsonSerializer.Serialize(plan)}},"tree":{{JsonSerializer.Serialize("[{\"Plan\":{" + scan + ",\"Relation Name\":\"orders\",\"Alias\":\"o\",\"Plan Rows\":50}}]")}},"error":null}]"""),
            ("tables.json", $$"""[{"database":"shop","schema":"public","table":"orders","live_rows":1000,"planned_rows":1000,"analyzed_at":"2026-01-01","indexes":[{{index}}],"columns":[{"name":"name","type":"text","collation":"{{(isCandidate ? "en-x-icu" : "default")}}"}]}]"""),
            ("certificate.json", """
                {"replayed_share":1,"cpu_share":0.25,"stretch":1,"own_lag_us":{"count":9000,"p50":12,"p90":20,"p99":210,"p999":300,"max":345},"inherited_lag_us":{"count":120,"p50":300,"p99":2400,"max":5100},
                "rate":{"captured_per_second":5000,"scheduled_per_second":5000,"achieved_per_second":4990.5},"concurrency":{"captured":3.5,"achieved":4.25,"most":17},
                "over_time":{"bucket_seconds":0.5,"due":[4000,5000,5200,5600,6400,6000,5100,4300,4200,3900],"sent":[3990,5010,5190,5600,6300,6100,5100,4300,4200,3900],"captured_concurrency":[3.5,3.5,3.6,4,4.4,4.2,3.6,3.3,3.2,3.1],"concurrency":[4,4.5,4.6,5,5.9,5.2,4.4,4,3.9,3.7],"own_lag_max_us":[345,12]},
                "order":{"waits":12,"wait_us":3400,"violations":0,"violated_share":0},"garbage_collections":{"count":3,"pause_us":4000,"longest_us":2500,"touched":31},
                "processor":{"processors":2,"cpu_seconds":1.5,"wait_seconds":0.25,"stolen_seconds":null,"others_seconds":1,"seconds":5}}
                """),
        ];
    }
}
