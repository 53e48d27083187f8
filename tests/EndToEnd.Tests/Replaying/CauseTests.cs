using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>One early write that fails on the target only: all that differs after it is put down to it.</summary>
[Collection(ComparisonsCollection.Name)]
public sealed class CauseTests(ServersFixture servers)
{
    private const string PostgresFault = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON stock FOR EACH ROW WHEN (NEW.id = 1 AND NEW.n = 20) EXECUTE FUNCTION refuse();
        """;

    // In one statement, so that the client needs no delimiter.
    private const string MySqlFault = "CREATE TRIGGER refuse BEFORE UPDATE ON stock FOR EACH ROW SET NEW.n = IF(NEW.id = 1 AND NEW.n = 20, (SELECT 1 UNION SELECT 2), NEW.n)";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 10.11")]
    [InlineData("mysql 9.7")]
    public async Task OneFailedWriteIsTheRootOfAllThatFollows(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE stock (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO stock VALUES (1, 10), (2, 10), (3, 10)", database);
        using var folder = new TempFolder("cause");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        string[] statements =
        [
            "UPDATE stock SET n = n * 2 WHERE id = 1", // the one that is refused
            "UPDATE stock SET n = n + 1 WHERE id = 2",
            "UPDATE stock SET n = n + 7 WHERE id = 1 AND n = 20",
            "SELECT n FROM stock WHERE id = 1",
            "UPDATE stock SET n = n * 3 WHERE id = 3",
            "SELECT n FROM stock WHERE id = 3",
        ];
        foreach (var statement in statements)
        {
            await source.SqlAsync(statement, database); // a session each
        }

        await capture.StopAsync();
        var target = await servers.GetTargetAsync(kind);
        var url = target.Url(database);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", url);
        var clean = folder.File("clean.run");
        var before = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", url, "--out", clean, "--speed", "max");
        Assert.DoesNotContain("causes ", before.Output, StringComparison.Ordinal);

        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", url, "--reset");
        await target.SqlAsync(kind.IsPostgres ? PostgresFault : MySqlFault, database);
        var faulty = folder.File("faulty.run");
        await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", url, "--out", faulty, "--speed", "max", "--order-from", clean);

        using var causes = JsonDocument.Parse((await ReplayRunner.RunAsync(kind, "show", faulty, "--document", "causes.json")).Output);
        var root = Assert.Single(causes.RootElement.GetProperty("causes").EnumerateArray());
        Assert.Equal("error", root.GetProperty("kind").GetString());
        Assert.Contains("n * ", root.GetProperty("sql").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, root.GetProperty("consequences").GetInt32());

        // From the read that differs back to the root, by way of the update that found nothing.
        var positions = causes.RootElement.GetProperty("links").EnumerateArray().Select(l => l[0].GetInt64()).Max();
        var shown = (await ReplayRunner.RunAsync(kind, "show", faulty, "--format", "ndjson")).Output.Split('\n').Where(l => l.Contains("\"type\":\"exchange\"", StringComparison.Ordinal)).ToList();
        using var last = JsonDocument.Parse(shown[(int)positions]);
        var name = $"{last.RootElement.GetProperty("session").GetInt32()}/{last.RootElement.GetProperty("ordinal").GetInt32()}";
        var chain = (await ReplayRunner.RunAsync(kind, "show", faulty, "--why", name)).Output;
        Assert.Contains(statements[3], chain, StringComparison.Ordinal);
        Assert.Contains(statements[2], chain, StringComparison.Ordinal);
        Assert.Contains(statements[0], chain, StringComparison.Ordinal);
        Assert.Contains("is a root: 2 others follow from it", chain, StringComparison.Ordinal);
    }
}
