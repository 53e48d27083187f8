using System.Text.Json;

namespace Replay.Comparator.Tests.Schema;

/// <summary>What runs store of servers that differ in all that is told.</summary>
internal static class ServerDocuments
{
    /// <summary>Of a run.</summary>
    /// <param name="isCandidate">Its side.</param>
    /// <param name="shape">The number, from 1, of the shape that has a plan of a join.</param>
    public static (string Name, string Json)[] Of(bool isCandidate, int shape)
    {
        var names = $$"""{"Node Type":"Seq Scan","Relation Name":"names","Alias":"b","Plan Rows":{{(isCandidate ? 5000 : 50)}},"Total Cost":155.5}""";
        var orders = isCandidate
            ? """{"Node Type":"Seq Scan","Relation Name":"orders","Alias":"a","Plan Rows":50}"""
            : """{"Node Type":"Index Scan","Index Name":"orders_customer_idx","Index Cond":"(customer = 'secret')","Relation Name":"orders","Alias":"a"}""";
        var plan = isCandidate ? $$$"""[{"Plan":{"Node Type":"Hash Join","Plan Rows":500,"Plans":[{{{names}}},{{{orders}}}]}}]""" : $$$"""[{"Plan":{"Node Type":"Nested Loop","Plan Rows":50,"Plans":[{{{orders}}},{{{names}}}]}}]""";
        var index = isCandidate ? "" : """{"name":"orders_customer_idx","definition":"CREATE INDEX orders_customer_idx ON public.orders USING btree (customer)","is_usable":true}""";
        var missing = isCandidate ? "" : """,{"database":"shop","schema":"public","table":"elsewhere","live_rows":10,"indexes":[],"columns":[]}""";
        return
        [
            ("plans.json", $$"""[{"shape":"{{7:x16}}{{shape:x16}}","position":0,"sql":"x","plan":"Join","tree":{{JsonSerializer.Serialize(plan)}},"error":null},{{Scan(0, "Index")}},{{Scan(30, isCandidate ? "Seq" : "Index")}}]"""),
            ("settings.json", isCandidate ? """{"new_one":"on","work_mem":"8MB"}""" : """{"old_one":"on","work_mem":"4MB"}"""),
            ("tables.json", $$"""
                [{"database":"shop","schema":"public","table":"orders","live_rows":1000,"planned_rows":{{(isCandidate ? 10 : 1000)}},"analyzed_at":"2026-01-01","indexes":[{{index}}],
                "columns":[{"name":"name","type":"text","collation":"{{(isCandidate ? "en-x-icu" : "default")}}"}]}{{missing}}]
                """),
            ("environment.json", $$"""
                {"extensions":[{{(isCandidate ? "" : """{"database":"shop","name":"hstore","version":"1.8"}""")}}],"databases":[{"database":"shop","encoding":"UTF8","collation":"{{(isCandidate ? "en_US" : "C")}}","version":null}],
                "user_settings":[{{(isCandidate ? """{"database":null,"user":"reports","name":"enable_indexscan","value":"off"}""" : "")}}]}
                """),
            ("responses.json", $$"""{"shapes":[{"shape":"{{7:x16}}{{1:x16}}","exchanges":100,"warnings":{{(isCandidate ? 50 : 0)}},"with_warnings":0,"columns":[{"count":97,"list":[{"name":"total","type":{{(isCandidate ? 1700 : 20)}},"modifier":-1}]}],"other_columns":0}]}"""),
        ];
    }

    // Of the second shape.
    private static string Scan(int position, string how) =>
        $$"""{"shape":"{{7:x16}}{{2:x16}}","position":{{position}},"sql":"x","plan":"Scan","tree":{{JsonSerializer.Serialize($$$"""[{"Plan":{"Node Type":"{{{how}}} Scan","Relation Name":"t1","Alias":"t1"}}]""")}},"error":null}""";
}
