using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>Two suspects on real servers, prepared and as text: one lost its index on the new server, the other takes the same time on both.</summary>
[Collection(ComparisonsCollection.Name)]
public sealed class ConfirmTests(ServersFixture servers)
{
    private const int Rows = 20_000;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mysql 9.7")]
    public async Task WhatIsSlowerIsConfirmedAndWhatIsNotIsRefuted(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(
            $"""
            CREATE TABLE lookup (id INT PRIMARY KEY, code INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO lookup WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 100 + b.i, a.i * 100 + b.i, repeat('x', 100) FROM n a, n b WHERE a.i <= {Rows / 100} AND b.i <= 100;
            CREATE INDEX lookup_code ON lookup (code);
            """,
            database);
        using var folder = new TempFolder("confirm");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        if (kind.IsPostgres)
        {
            File.WriteAllText(folder.File("s.pgbench"), $"\\set c random(1, {Rows})\nSELECT pad FROM lookup WHERE code = :c;\n\\set d random(101, 200)\nSELECT code, pg_sleep(0.02) FROM lookup WHERE id = :d;\n");
            await Generators.RunPgBenchScriptsAsync(source, database, "prepared", clients: 2, seconds: 1, folder.File("s.pgbench"));
        }
        else
        {
            await source.SqlAsync("SET SESSION sort_buffer_size = 262144;\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"SELECT pad FROM lookup WHERE code = {i * 97};\nSELECT code, SLEEP(0.02) FROM lookup WHERE id = {i * 101};\n")), database);
            await Generators.InitSysBenchAsync(source, database); // its own tables come after the snapshot: what reads them fails on the new server
            await Generators.RunSysBenchAsync(source, database, "oltp_point_select", prepared: true, events: 50, threads: 1);
        }

        await capture.StopAsync();
        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        await target.SqlAsync(kind.IsPostgres ? "DROP INDEX lookup_code" : "DROP INDEX lookup_code ON lookup", database);
        var shapes = (await ShownWorkload.OfWorkloadAsync(capture.Folder)).Statements.Where(e => e.Sql?.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) == true).DistinctBy(e => e.Shape).ToList();
        string Shape(string text) => shapes.First(e => e.Sql!.Contains(text, StringComparison.Ordinal)).Shape;
        var (slow, steady, missing) = (Shape("code = "), Shape("code, "), kind.IsPostgres ? null : Shape("sbtest1"));
        WriteComparison(folder.File("c.json"), capture.Folder, [slow, steady, .. missing is null ? Array.Empty<string>() : [missing]]);

        // The source stands for the old server: it has the data; a restore would have done this to it.
        await source.SqlAsync(kind.IsPostgres ? "VACUUM (FREEZE, ANALYZE) lookup" : "ANALYZE TABLE lookup", database);
        var result = await ReplayRunner.TryAsync(kind, "confirm", folder.File("c.json"), "--target", source.Url(database), "--against", target.Url(database), "--force", "source", "--max-time", "60s", "--out", folder.File("confirmation.json"));
        result.Expect(1);
        using var document = JsonDocument.Parse(File.ReadAllText(folder.File("confirmation.json")));
        var outcomes = document.RootElement.GetProperty("shapes").EnumerateArray().ToDictionary(s => s.GetProperty("shape").GetString()!);
        Assert.True(outcomes[slow].GetProperty("outcome").GetString() == "confirmed", result.Output);
        Assert.True(outcomes[slow].GetProperty("ratio").GetProperty("estimate").GetDouble() > 2, result.Output);
        Assert.True(outcomes[steady].GetProperty("outcome").GetString() == "refuted", result.Output); // what it takes is told by a clock, not by what else the machine has to do
        Assert.True(outcomes[steady].GetProperty("ratio").GetProperty("estimate").GetDouble() is > 0.9 and < 1.05, result.Output);
        Assert.All([slow, steady], shape => Assert.Equal(0, outcomes[shape].GetProperty("different_results").GetInt32()));
        Assert.Equal(30, outcomes[slow].GetProperty("exemplars").GetInt32());
        if (missing is not null)
        {
            Assert.Equal("undecided", outcomes[missing].GetProperty("outcome").GetString());
            Assert.Contains("the new server", outcomes[missing].GetProperty("problem").GetString(), StringComparison.Ordinal);
        }
    }

    // What dbcompare would have written, had it suspected these.
    private static void WriteComparison(string path, string workload, IEnumerable<string> shapes)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Directory.EnumerateFiles(workload, "*.json").First(f => File.ReadAllText(f).Contains("\"id\"", StringComparison.Ordinal))));
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            shapes = shapes.Select(shape => new { shape, sql = shape, @class = "read", captured = 50, verdict = "regressed", ratio = new { estimate = 1.2 }, effects = Array.Empty<object>() }),
            minimum_ratio = 1.05,
            workload = new { id = manifest.RootElement.GetProperty("id").GetGuid(), folder = workload },
        }));
    }
}
