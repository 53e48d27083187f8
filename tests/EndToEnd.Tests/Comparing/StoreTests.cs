using System.Globalization;
using System.Text.Json;
using Replay.Comparator.Tests;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>What <c>dbcompare --store</c> leaves in a real PostgreSQL, read by psql: the history of nights, equal to the JSON of each; once however often it is stored.</summary>
[Collection(LoginsCollection.Name)]
public sealed class StoreTests(ServersFixture servers)
{
    private const string Slow = "select total from orders where customer = ? order by placed_at";
    private const string Broken = "select shipping_cost(weight) from products where id = ?";
    private const string Other = "select stock from products where id = ?";
    private const string Literal = "classified";

    private static readonly string[] Tables = ["workloads", "runs", "shapes", "comparisons", "comparison_runs", "shape_verdicts", "errors", "objectives", "sessions", "exchanges", "outcomes"];

    [ServerTheory]
    [InlineData("postgres 13")]
    [InlineData("postgres 18")]
    public async Task TwoNightsAreAHistory(string version)
    {
        var server = await servers.GetAsync(ServerKind.Parse(version));
        var database = await servers.NewDatabaseAsync(server);
        using var first = Night(1, ratio: 1);
        using var second = Night(2, ratio: 2);
        using var pass = await CompareAsync(first, 0, "--store", server.Url(database));
        using var fail = await CompareAsync(second, 1, "--store", server.Url(database));

        Assert.Equal("pass|0|0|0|0|4|0\nfail|1|1|1|3|4|0", await server.SqlAsync("SELECT verdict, regressed, new_errors, other_answers, failing, runs, distrusted_runs FROM replay.comparison_history ORDER BY replayed_at", database));
        foreach (var (json, night) in new[] { (pass, 1), (fail, 2) })
        {
            await EqualsAsync(server, database, json.RootElement, night);
        }

        Assert.Equal($"{Slow}|1|t", await server.SqlAsync("SELECT sql, times, since = replayed_at AND ratio > 1.8 FROM replay.regressions", database));
        Assert.Equal($"{Broken}|42883|40|message of 42883", await server.SqlAsync("SELECT sql, code, new_exchanges, message FROM replay.new_errors", database));
        Assert.Equal("t|f|4", await server.SqlAsync("SELECT bool_and(fit), bool_or(own_lag_p99_us <> 12.5), count(*) FILTER (WHERE comparison = (SELECT comparison FROM replay.latest_comparisons)) FROM replay.certificates", database));

        // Single exchanges: all of both nights' runs; the sums are those of the report.
        Assert.Equal($"{first.Exchanges}|{8 * first.Exchanges}|t", await server.SqlAsync("SELECT (SELECT count(*) FROM replay.exchanges), (SELECT count(*) FROM replay.outcomes), (SELECT bool_and(started_at = 'epoch'::timestamptz + position * interval '1 ms' AND latency_us = 400) FROM replay.exchanges)", database));
        var slow = Shape(fail.RootElement, Slow);
        var sums = (await server.SqlAsync($"SELECT sum(baseline_us) / 1000, sum(candidate_us) / 1000 FROM replay.exchange_pairs WHERE comparison IN (SELECT comparison FROM replay.latest_comparisons) AND shape = '{slow.GetProperty("shape").GetString()}'", database)).Split('|');
        Near(slow.GetProperty("baseline").GetProperty("total_ms"), sums[0]);
        Near(slow.GetProperty("candidate").GetProperty("total_ms"), sums[1]);
        Assert.Equal("40|10.0.0.2:5555|user2|app2|{42883}", await server.SqlAsync(
            $"SELECT count(*), min(n.client), min(n.user_name), min(n.application), min(p.candidate_errors) FROM replay.exchange_pairs p JOIN replay.sessions n USING (workload, session) WHERE candidate_errors IS NOT NULL", database));
        Assert.Equal("40", await server.SqlAsync("SELECT count(*) FROM replay.exchange_latency WHERE label = 'B2' AND error = '42883' AND user_name = 'user2' AND sql LIKE 'select shipping_cost%'", database));

        Assert.Equal("30|t", await server.SqlAsync($"SELECT count(*), bool_and(sql = '{Other}') FROM replay.exchange_pairs p JOIN replay.shapes s USING (shape) WHERE other_answer", database));

        // Stored again, it is what it was; and the order in which runs are named makes no other comparison.
        var before = await ContentsAsync(server, database);
        (await RunAsync([.. Sides(second), "--quiet", "--store", server.Url(database)])).Expect(1);
        Assert.Equal(before, await ContentsAsync(server, database));
        (await RunAsync([second.Run("A2"), second.Run("A1"), "--against", second.Run("B1"), second.Run("B2"), "--quiet", "--store", server.Url(database), "--store-exchanges", "none"])).Expect(1);
        Assert.Equal($"2|{8 * first.Exchanges}", await server.SqlAsync("SELECT (SELECT count(*) FROM replay.comparisons), (SELECT count(*) FROM replay.outcomes)", database));

        foreach (var table in Tables)
        {
            Assert.Equal("0", await server.SqlAsync($"SELECT count(*) FROM replay.{table} t WHERE t::text LIKE '%{Literal}%' OR t::text LIKE '%{TestServer.Password}%'", database));
        }

        await DashboardAsync(server, database, slow.GetProperty("shape").GetString()!);

        // What README.md shows is SQL.
        var readme = await File.ReadAllTextAsync(RepositoryFolder.Path("README.md"));
        var examples = readme[(readme.IndexOf("```sql\n", StringComparison.Ordinal) + "```sql\n".Length)..];
        Assert.Contains(Slow, await server.SqlAsync(examples[..examples.IndexOf("```", StringComparison.Ordinal)], database), StringComparison.Ordinal);

        // Old exchanges go and their verdicts stay; then the first night goes, and the workload stays for the second; then all.
        const string Left = "SELECT (SELECT count(*) FROM replay.exchanges), (SELECT count(*) FROM replay.outcomes), (SELECT count(*) FROM replay.runs), (SELECT count(*) FROM replay.comparisons)";
        Assert.Equal($"\n{first.Exchanges}|{4 * first.Exchanges}|8|2", await server.SqlAsync($"SELECT replay.delete_exchanges_before(now() - interval '36 hours'); {Left}", database));
        Assert.Equal($"\n{first.Exchanges}|{4 * first.Exchanges}|4|1", await server.SqlAsync($"SELECT replay.delete_comparisons_before(now() - interval '36 hours'); {Left}", database));
        Assert.Equal("0|0|0|0", await server.SqlAsync($"DELETE FROM replay.workloads; {Left}", database));
    }

    [ServerFact]
    public async Task WhatCannotBeStoredIsOneLineAndTheReportsAreThere()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18);
        var database = await servers.NewDatabaseAsync(server);
        using var night = Night(1, ratio: 1);
        await server.SqlAsync("CREATE ROLE reader LOGIN PASSWORD 'secret'");
        using var other = new NotADatabase();
        await CouldNotAsync(night, "password authentication failed", server.Url(database, password: "not-the-password"));
        await CouldNotAsync(night, "does not exist", server.Url("no_such_database"));
        await CouldNotAsync(night, "permission denied for database", server.Url(database, user: "reader"));
        await CouldNotAsync(night, "SSL", server.Url(database) + "?sslmode=require");
        await CouldNotAsync(night, "127.0.0.1:1/", $"postgres://app:secret@127.0.0.1:1/{database}");
        await CouldNotAsync(night, "nothing was stored", $"postgres://app:secret@127.0.0.1:{other.Port}/{database}");
        Assert.Equal("0", await server.SqlAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'replay'", database));

        // What is wrong with the URL is said before the work.
        await CouldNotAsync(night, "stored in PostgreSQL, not in 'mysql'", "mysql://app:secret@127.0.0.1/shop", isReported: false);
        await CouldNotAsync(night, "parameter 'options' is not known", server.Url(database) + "?options=x", isReported: false);
        await CouldNotAsync(night, "no name for a schema", server.Url(database) + "?schema=Drop%20it", isReported: false);

        // What fails in the midst, and a schema of the future, leave what was there; another schema is another history.
        (await RunAsync([.. Sides(night), "--quiet", "--store", server.Url(database)])).Expect();
        var before = await ContentsAsync(server, database);
        await server.SqlAsync("ALTER TABLE replay.outcomes ADD CHECK (position < 1000) NOT VALID", database);
        using var next = Night(2, ratio: 2);
        await CouldNotAsync(next, "outcomes_position_check", server.Url(database));
        await server.SqlAsync("INSERT INTO replay.schema_version VALUES (1000, now(), '99')", database);
        await CouldNotAsync(next, "version 1000", server.Url(database));
        Assert.Equal(before, await ContentsAsync(server, database));
        await server.SqlAsync("DELETE FROM replay.schema_version WHERE version = 1000; ALTER TABLE replay.outcomes DROP CONSTRAINT outcomes_position_check", database);

        // Who did not make the schema needs no more than to write into it.
        await CouldNotAsync(next, "permission denied for schema replay", server.Url(database, user: "reader"));
        await server.SqlAsync("GRANT USAGE ON SCHEMA replay TO reader; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA replay TO reader", database);
        (await RunAsync([.. Sides(next), "--quiet", "--store", server.Url(database, user: "reader")])).Expect(1);
        Assert.Equal("2", await server.SqlAsync("SELECT count(*) FROM replay.comparison_history", database));
        (await RunAsync([.. Sides(next), "--quiet", "--store", server.Url(database) + "?schema=nightly", "--store-exchanges", "none"])).Expect(1);
        Assert.Equal("1|0|0|0", await server.SqlAsync("SELECT (SELECT count(*) FROM nightly.comparison_history), (SELECT count(*) FROM nightly.exchanges), (SELECT count(*) FROM nightly.outcomes), (SELECT count(*) FROM nightly.sessions)", database));
    }

    [ServerFact]
    public async Task AnOlderSchemaIsBroughtUpToDateAndKeepsItsHistory()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18);
        var database = await servers.NewDatabaseAsync(server);
        var tables = await File.ReadAllTextAsync(RepositoryFolder.Path("compare/Comparator/Storing/Schema/tables-1.sql"));
        await server.SqlAsync(
            $"""
            CREATE SCHEMA replay;
            CREATE TABLE replay.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now(), tool_version text NOT NULL);
            INSERT INTO replay.schema_version (version, tool_version) VALUES (1, '0.1.0');
            SET search_path = replay;
            {tables}
            INSERT INTO workloads VALUES (gen_random_uuid(), 'earlier.workload', 'live eth0', '{"{}"}', NULL, NULL, now(), 7, '0.1.0');
            """,
            database);
        using var night = Night(1, ratio: 1);
        using var report = await CompareAsync(night, 0, "--store", server.Url(database));
        Assert.Equal("1\n2", await server.SqlAsync("SELECT version FROM replay.schema_version ORDER BY version", database));
        Assert.Equal("earlier.workload|7||", await server.SqlAsync("SELECT workload_name, exchanges, packets_seen, whole FROM replay.captures WHERE source = 'live eth0'", database));
        Assert.Equal("pass", await server.SqlAsync("SELECT verdict FROM replay.latest_comparisons", database));

        // The sums are those of the report.
        var capture = report.RootElement.GetProperty("workload").GetProperty("capture");
        string[] sums = [.. capture.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.Number).Select(one => one.Name)];
        Assert.Equal(11, sums.Length);
        Assert.Equal(
            string.Join('|', [capture.GetProperty("completed").GetBoolean() ? "t" : "f", .. sums.Select(name => capture.GetProperty("completed").GetBoolean() ? capture.GetProperty(name).ToString() : "")]),
            await server.SqlAsync($"SELECT completed, {string.Join(", ", sums)} FROM replay.captures WHERE exchanges = {night.Exchanges}", database));
    }

    [ServerFact]
    public async Task TlsIsAsTheUrlSaysAndThePasswordMayBeInAFile()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18, tls: true);
        var database = await servers.NewDatabaseAsync(server);
        using var night = Night(1, ratio: 1);
        await File.WriteAllTextAsync(night.File("password"), TestServer.Password + "\n");
        var url = $"postgres://{TestServer.User}@127.0.0.1:{server.Port}/{database}?sslmode=";
        await CouldNotAsync(night, "certificate", url + "verify-full", "--store-password-file", night.File("password"));
        (await RunAsync([.. Sides(night), "--quiet", "--store", $"{url}verify-ca&sslrootcert={server.CertificateFile}", "--store-password-file", night.File("password")])).Expect();
        Assert.Equal("pass", await server.SqlAsync("SELECT verdict FROM replay.latest_comparisons", database));
    }

    // A workload that was replayed on a night: the new server is slower in one shape by so much, and if it is at all, another fails there and a third is answered otherwise.
    private static SyntheticCampaign Night(int day, double ratio) => new(
        [
            .. SyntheticCampaign.Ordinary(),
            new SyntheticShape(Slow, 200, 3000) { Ratio = ratio, Text = i => $"select total from orders where customer = '{Literal}-{i}' order by placed_at" },
            new SyntheticShape(Broken, 40, 300) { Session = _ => 2, Error = (label, _) => ratio > 1 && label[0] == 'B' ? "42883" : null },
            new SyntheticShape(Other, 30, 300) { Change = (label, _, outcome) => ratio > 1 && label[0] == 'B' ? outcome with { SetHash = 300, SequenceHash = 400 } : outcome },
        ],
        seed: day,
        manifest: (label, manifest) => manifest with { StartedAt = DateTimeOffset.UtcNow.AddDays(day - 3).AddMinutes(label[1]), EndedAt = DateTimeOffset.UtcNow.AddDays(day - 3).AddHours(1) },
        documents: _ => [("certificate.json", """{"own_lag_us":{"count":9,"p50":3,"p99":12.5,"max":90}}""")]);

    private static string[] Sides(SyntheticCampaign night) => [.. night.Side('A'), "--against", .. night.Side('B')];

    private static Task<ProcessResult> RunAsync(string[] arguments) => ProcessRunner.RunAsync(ProjectPrograms.Compare, arguments);

    private static async Task<JsonDocument> CompareAsync(SyntheticCampaign night, int status, params string[] others)
    {
        (await RunAsync([.. Sides(night), "--quiet", "--json", night.File("c.json"), .. others])).Expect(status);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(night.File("c.json")));
    }

    private static async Task CouldNotAsync(SyntheticCampaign night, string says, string url, params string[] others) => await CouldNotAsync(night, says, url, true, others);

    private static async Task CouldNotAsync(SyntheticCampaign night, string says, string url, bool isReported, params string[] others)
    {
        var report = night.File("could-not.json");
        File.Delete(report);
        var result = await RunAsync([.. Sides(night), "--quiet", "--json", report, "--store", url, .. others]);
        Assert.True(result.ExitCode == 2 && result.Error.Contains(says, StringComparison.Ordinal), $"expected 2 and '{says}', but {result.ExitCode}: {result.Error}");
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(TestServer.Password, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", result.Error, StringComparison.Ordinal);
        Assert.Equal(isReported, File.Exists(report));
    }

    private static JsonElement Shape(JsonElement comparison, string sql) => comparison.GetProperty("shapes").EnumerateArray().Single(shape => shape.GetProperty("sql").GetString() == sql);

    private static async Task EqualsAsync(TestServer server, string database, JsonElement comparison, int night)
    {
        var rows = (await server.SqlAsync(
            $"""
            SELECT shape, verdict, executions, sql, ratio, ratio_low, ratio_high, baseline_p50_us, baseline_p95_us, baseline_p99_us, baseline_mean_us, candidate_p50_us, candidate_p95_us, candidate_p99_us, candidate_mean_us
            FROM replay.shape_history WHERE comparison = (SELECT comparison FROM replay.comparison_history ORDER BY replayed_at LIMIT 1 OFFSET {night - 1})
            """, database)).Split('\n').Select(line => line.Split('|')).ToArray();
        var shapes = comparison.GetProperty("shapes").EnumerateArray().ToDictionary(shape => shape.GetProperty("shape").GetString()!);
        Assert.Equal(shapes.Count, rows.Length);
        foreach (var row in rows)
        {
            var shape = shapes[row[0]];
            Assert.Equal((shape.GetProperty("verdict").GetString(), shape.GetProperty("executions").ToString(), shape.GetProperty("sql").GetString()), (row[1], row[2], row[3]));
            JsonElement[] numbers =
            [
                .. new[] { "estimate", "low", "high" }.Select(shape.GetProperty("ratio").GetProperty),
                .. new[] { "p50_us", "p95_us", "p99_us", "mean_us" }.Select(shape.GetProperty("baseline").GetProperty),
                .. new[] { "p50_us", "p95_us", "p99_us", "mean_us" }.Select(shape.GetProperty("candidate").GetProperty),
            ];
            for (var i = 0; i < numbers.Length; i++)
            {
                Near(numbers[i], row[4 + i]);
            }
        }

        var noise = comparison.GetProperty("noise");
        var overall = (await server.SqlAsync($"SELECT overall_ratio, ln(noise + 1), false_alarm_rate FROM replay.comparison_history ORDER BY replayed_at LIMIT 1 OFFSET {night - 1}", database)).Split('|');
        Near(comparison.GetProperty("overall").GetProperty("ratio").GetProperty("estimate"), overall[0]);
        Near(noise.GetProperty("shape_deviation"), overall[1]);
        Near(noise.GetProperty("false_alarm_rate"), overall[2]);
    }

    // The JSON has six digits.
    private static void Near(JsonElement expected, string actual)
    {
        if (expected.ValueKind == JsonValueKind.Null || actual.Length == 0)
        {
            Assert.Equal((JsonValueKind.Null, ""), (expected.ValueKind, actual));
            return;
        }

        var number = double.Parse(actual, CultureInfo.InvariantCulture);
        Assert.InRange(number, (expected.GetDouble() * (1 - 1e-5)) - 1e-12, (expected.GetDouble() * (1 + 1e-5)) + 1e-12);
    }

    // All rows of all tables, but for the moments of comparing and storing.
    private static Task<string> ContentsAsync(TestServer server, string database) => server.SqlAsync(
        string.Concat(Tables.Select(table => $"SELECT '{table}', count(*), md5(string_agg(row, ',' ORDER BY row)) FROM (SELECT {(table == "comparisons" ? "(to_jsonb(t) - 'stored_at' - 'compared_at')::text" : "t::text")} AS row FROM replay.{table} t) rows;\n")), database);

    // Each query of Grafana's dashboard, as Grafana would ask, has an answer.
    private static async Task DashboardAsync(TestServer server, string database, string shape)
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllBytesAsync(RepositoryFolder.Path("compare", "Grafana", "replay.json")));
        var comparison = await server.SqlAsync("SELECT comparison FROM replay.latest_comparisons", database);
        var target = await server.SqlAsync("SELECT quote_literal(candidate_target) FROM replay.latest_comparisons", database);
        var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(one => one.GetProperty("rawSql").GetString()!)
            .Concat(dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Where(one => one.GetProperty("type").GetString() == "query").Select(one => one.GetProperty("query").GetString()!)).ToArray();
        Assert.True(queries.Length > 15);
        foreach (var query in queries)
        {
            var sql = query.Replace("${schema:raw}", "replay", StringComparison.Ordinal).Replace("${candidate:sqlstring}", target, StringComparison.Ordinal).Replace("${comparison:raw}", comparison, StringComparison.Ordinal)
                .Replace("${shape:raw}", shape, StringComparison.Ordinal).Replace("$__timeFilter(replayed_at)", "replayed_at BETWEEN now() - interval '30 days' AND now()", StringComparison.Ordinal);
            Assert.DoesNotContain('$', sql);
            var answer = await server.SqlAsync($"SELECT count(*) FROM ({sql}) answer", database);
            Assert.True(int.Parse(answer, CultureInfo.InvariantCulture) > 0, $"no row: {sql}");
        }
    }
}
