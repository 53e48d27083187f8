using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>Real servers that differ in an index and a collation: the report names both, each under the shape that it explains.</summary>
[Collection(ServersCollection.Name)]
public sealed class ExplainedTests(ServersFixture servers)
{
    private const int Rows = 20_000;
    private const int Executions = 40;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task TheReportNamesTheCauses(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(
            $"""
            CREATE TABLE lookup (id INT PRIMARY KEY, code INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO lookup WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 100 + b.i, a.i * 100 + b.i, '{new string('x', 100)}' FROM n a, n b WHERE a.i <= {Rows / 100} AND b.i <= 100;
            CREATE INDEX lookup_code ON lookup (code);
            CREATE TABLE names (id INT PRIMARY KEY, name VARCHAR(20) {(kind.IsPostgres ? "COLLATE \"C\"" : "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")});
            INSERT INTO names VALUES (1, 'a'), (2, 'B'), (3, 'c'), (4, 'D');
            """,
            database);
        using var folder = new TempFolder("explained");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await source.SqlAsync(string.Concat(Enumerable.Range(1, Executions).Select(i => $"SELECT pad FROM lookup l WHERE l.code = {i * 97};\nSELECT count(*) FROM names WHERE name < 'b';\nUPDATE lookup SET pad = 'secret {i}' WHERE id = {i * 101};\n")), database);
        await capture.StopAsync();

        // The source stands for the old server: it has the data.
        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        await source.SqlAsync(kind.IsPostgres ? "VACUUM (FREEZE, ANALYZE)" : "ANALYZE TABLE lookup, names", database);
        await target.SqlAsync(
            kind.IsPostgres ? "DROP INDEX lookup_code; ALTER TABLE names ALTER COLUMN name TYPE varchar(20) COLLATE \"en-x-icu\"" : "DROP INDEX lookup_code ON lookup; ALTER TABLE names MODIFY name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", database);
        await Task.WhenAll(
            ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", source.Url(database), "--out", folder.File("A.run"), "--speed", "max", "--force", "source"),
            ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("B.run"), "--speed", "max"));
        var result = await ProcessRunner.RunAsync(ProjectPrograms.Compare, [folder.File("A.run"), "--against", folder.File("B.run"), "--json", folder.File("c.json"), "--html", folder.File("c.html")]);
        result.Expect(1);

        using var report = JsonDocument.Parse(File.ReadAllText(folder.File("c.json")));
        JsonElement Shape(string text) => report.RootElement.GetProperty("shapes").EnumerateArray().Single(s => s.GetProperty("sql").GetString()!.Contains(text, StringComparison.OrdinalIgnoreCase));

        var lookup = Shape("from lookup");
        var plan = lookup.GetProperty("plans").GetProperty("words").GetString()!;
        Assert.True(plan.Contains("on lookup_code became a sequential scan on lookup", StringComparison.Ordinal), plan + lookup);
        Assert.Contains("the new server has no index lookup_code on lookup", lookup.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.Contains("(code)", lookup.GetProperty("explanations")[0].GetProperty("baseline").GetString(), StringComparison.Ordinal);

        var names = Shape("from names");
        Assert.Equal("value", names.GetProperty("results").GetProperty("kind").GetString());
        Assert.Contains("column names.name is sorted and compared by collation", names.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);

        // A write is explained too, and looks up by its key on both.
        var update = Shape("update lookup").GetProperty("plans");
        Assert.Equal("modify", update.GetProperty("candidate").GetProperty("step").GetString());
        Assert.Equal("Both servers plan it alike.", update.GetProperty("words").GetString());
        var page = File.ReadAllText(folder.File("c.html"));
        Assert.Contains("became a sequential scan on lookup", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
    }
}
