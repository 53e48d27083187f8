using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>A transaction that is a victim on the target only is played again, and the target ends as production did: PostgreSQL's fails by a trigger, MySQL's in a real deadlock.</summary>
[Collection(SelectionsCollection.Name)]
public sealed class RetryTests(ServersFixture servers)
{
    private const string Rows = "SELECT id, n FROM stock ORDER BY id";

    // What a sequence has given is not taken back, so every second attempt succeeds.
    private const string PostgresFault = """
        CREATE SEQUENCE attempts;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('attempts') % 2 = 1 THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON stock FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION refuse();
        """;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task Postgres(string version) => await RoundTripAsync(ServerKind.Parse(version), async (target, database, run) =>
    {
        await target.SqlAsync(PostgresFault, database);
        return (await run([])).Expect();
    });

    [ServerTheory(Live = true)]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task MySql(string version) => await RoundTripAsync(ServerKind.Parse(version), async (target, database, run) =>
    {
        // Of two that wait for each other InnoDB rolls back the one that has changed less.
        var user = $"holder_{database}";
        await target.SqlAsync($"{MySqlWireClient.CreateUser(user)}CREATE TABLE {database}.ballast (id INT PRIMARY KEY)");
        var plugin = target.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password";
        await using var holder = await MySqlWireClient.OpenAsync(target, user, database, MySqlWire.Basic | 0x0020_0000, plugin);
        await holder.AskAsync(MySqlWire.Query("BEGIN"));
        await holder.AskAsync(MySqlWire.Query($"INSERT INTO ballast VALUES {string.Join(',', Enumerable.Range(1, 200).Select(n => $"({n})"))}"));
        await holder.AskAsync(MySqlWire.Query("UPDATE stock SET n = n + 1000 WHERE id = 2"));
        // This one is there on purpose.
        var running = run(["--force", "others"]);
        var since = DateTime.UtcNow;
        while (await target.SqlAsync("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == "0")
        {
            Assert.True(DateTime.UtcNow - since < TimeSpan.FromSeconds(60) && !running.IsCompleted, "the replay did not come to wait");
            await Task.Delay(250); // InnoDB looks again only if nobody has asked for a tenth of a second
        }

        await holder.AskAsync(MySqlWire.Query("UPDATE stock SET n = n + 1000 WHERE id = 1"));
        await holder.AskAsync(MySqlWire.Query("ROLLBACK"));
        return (await running).Expect();
    });

    private async Task RoundTripAsync(ServerKind kind, Func<TestServer, string, Func<string[], Task<ProcessResult>>, Task<ProcessResult>> replay)
    {
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE stock (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO stock VALUES (1, 10), (2, 10)", database);
        using var folder = new TempFolder("retry");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await source.SqlAsync(
            """
            BEGIN;
            UPDATE stock SET n = n * 2 WHERE id = 1;
            UPDATE stock SET n = n + 5 WHERE id = 2;
            COMMIT;
            UPDATE stock SET n = n + 1 WHERE id = 1;
            """,
            database);
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        var url = target.Url(database);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", url);
        var result = await replay(target, database, options => ReplayRunner.TryAsync(kind, ["run", capture.Folder, "--target", url, "--out", folder.File("r.run"), "--speed", "max", "--retry-victims", .. options]));

        Assert.Contains("production had not: 1 retried, 0 given up", result.Output, StringComparison.Ordinal);
        Assert.Contains("0 new errors", result.Output, StringComparison.Ordinal);
        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.File("r.run"), "run.json")));
        Assert.Equal(1, manifest.RootElement.GetProperty("retries").GetProperty("retried").GetInt32());
        var shown = (await ReplayRunner.RunAsync(kind, "show", folder.File("r.run"), "--format", "ndjson")).Output.Split('\n');
        Assert.Contains("n + 5", Assert.Single(shown, l => l.Contains("\"retried\":true", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
