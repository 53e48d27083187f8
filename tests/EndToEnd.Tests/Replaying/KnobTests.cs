using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>The knobs of transactions and writes change what they say, by the target's own log, and nothing else.</summary>
[Collection(KnobsCollection.Name)]
public sealed class KnobTests(ServersFixture servers)
{
    private const string Mark = "SELECT 'marked'";
    private const string Rows = "SELECT n FROM t ORDER BY n";
    private const string Locking = "SELECT n FROM t WHERE n = 1 FOR UPDATE";

    private static readonly string[] Statements =
    [
        Mark, "BEGIN", "INSERT INTO t VALUES (1)", "COMMIT", "BEGIN", "INSERT INTO t VALUES (2)", "SELECT 2", "ROLLBACK", "INSERT INTO t VALUES (3)", Locking, "SELECT book(4)", "UPDATE t SET n = 5 WHERE n = 3",
        "SELECT n FROM t", "UPDATE nap SET slept = NAP",
    ];

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task EachKnobChangesWhatItSaysAndNothingElse(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("knobs");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await MakeAsync(source, database);
        var sleep = kind.IsPostgres ? "(SELECT count(pg_sleep(seconds)) FROM nap)" : "SLEEP(seconds)";
        var played = Statements.Select(s => s.Replace("NAP", sleep, StringComparison.Ordinal)).ToList();
        var naps = played[^1];
        var limit = kind.IsPostgres ? "SET statement_timeout = 0" : kind.Engine == "mysql" ? "SET max_execution_time = 0" : "SET max_statement_time = 0";
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload")))
        {
            await source.SqlAsync($"{limit};\n{string.Join(";\n", played)};\n", database);
            await capture.StopAsync();
        }

        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"DROP DATABASE IF EXISTS {database}");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await MakeAsync(target, database);
        await using var log = await StatementLog.StartAsync(target, "");

        var (skipped, skippedRun) = await RunAsync("skipped", "--writes", "skip");
        Assert.Equal(played.Where(s => !s.StartsWith("INSERT", StringComparison.Ordinal) && !s.StartsWith("UPDATE", StringComparison.Ordinal) && !s.Contains("book", StringComparison.Ordinal)), skipped);
        Assert.Equal(6, skippedRun.GetProperty("skippedByReason").GetProperty("writes_skipped").GetInt32());
        Assert.True(skippedRun.GetProperty("fitness").GetProperty("fit").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.Equal("", await target.SqlAsync(Rows, database));

        // Twice, because the first has left nothing behind.
        List<string> wrapped = [];
        foreach (var statement in played)
        {
            var isAlone = statement is "INSERT INTO t VALUES (3)" or "SELECT book(4)" || statement.StartsWith("UPDATE", StringComparison.Ordinal);
            wrapped.AddRange(isAlone ? ["BEGIN", statement, "ROLLBACK"] : [statement == "COMMIT" ? "ROLLBACK" : statement]);
        }

        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal(wrapped, (await RunAsync($"rolled-back-{i}", "--transactions", "rollback")).Said);
            Assert.Equal("", await target.SqlAsync(Rows, database));
        }

        var (alone, aloneRun) = await RunAsync("alone", "--transactions", "autocommit");
        Assert.Equal(played.Where(static s => s is not ("BEGIN" or "COMMIT" or "ROLLBACK" or "INSERT INTO t VALUES (2)")), alone);
        Assert.Equal((4, 1), (aloneRun.GetProperty("skippedByReason").GetProperty("transaction_control").GetInt32(), aloneRun.GetProperty("skippedByReason").GetProperty("rolled_back").GetInt32()));
        var rows = await target.SqlAsync(Rows, database);
        Assert.Equal(await source.SqlAsync(Rows, database), rows);

        await target.SqlAsync("UPDATE nap SET seconds = 20", database);
        var (limited, limitedRun) = await RunAsync("limited", "--statement-timeout", "300ms", "--speed", "max");
        Assert.Equal(played, limited);
        Assert.Equal(1, limitedRun.GetProperty("knobs").GetProperty("statementTimeouts").GetInt32());
        Assert.Equal(1, limitedRun.GetProperty("skippedByReason").GetProperty("overridden").GetInt32());

        await target.SqlAsync("UPDATE nap SET seconds = 600", database);
        var (drained, drainedRun) = await RunAsync("drained", "--drain", "2s", "--speed", "max");
        Assert.Equal(played, drained);
        Assert.Equal(2, drainedRun.GetProperty("failedByReason").GetProperty("drain_deadline").GetInt32()); // it, and the farewell behind it
        Assert.DoesNotContain(drainedRun.GetProperty("warnings").EnumerateArray(), static w => w.GetString()!.Contains("may go on", StringComparison.Ordinal));
        var running = kind.IsPostgres ? "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'UPDATE nap%' AND state = 'active'" : "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'UPDATE nap%'";
        for (var looks = 0; await target.SqlAsync(running) != "0"; looks++)
        {
            Assert.True(looks < 100, "the server still executes what was given up");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        async Task<(IReadOnlyList<string> Said, JsonElement Run)> RunAsync(string name, params string[] knobs)
        {
            var run = folder.File($"{name}.run");
            await ReplayRunner.RunAsync(
                kind, ["run", folder.File("w.workload"), "--target", target.Url(database), "--out", run, "--force", "source", "--explain", "0", "--values", "as-recorded", .. knobs]);
            var logged = (await log.TakeAsync()).Select(static s => s with { Text = s.Text.TrimEnd(';') }).ToList();
            var session = Assert.Single(logged, static s => s.Text == Mark).Session;

            // MySQL logs what a function does too, with its variables as NAME_CONST.
            var said = logged.Where(s => s.Session == session && !s.Text.Contains("NAME_CONST", StringComparison.Ordinal)).Select(static s => s.Text).SkipWhile(static s => s != Mark).ToList();
            using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "run.json")));
            return (said, manifest.RootElement.Clone());
        }
    }

    private static Task MakeAsync(TestServer server, string database) => server.SqlAsync(
        $"""
        CREATE TABLE t (n INT);
        CREATE TABLE nap (seconds INT NOT NULL, slept INT);
        INSERT INTO nap VALUES (0, 0);
        {(server.Kind.IsPostgres
            ? "CREATE FUNCTION book(x INT) RETURNS INT LANGUAGE sql AS 'INSERT INTO t VALUES (x) RETURNING n';"
            : "DELIMITER //\nCREATE FUNCTION book(x INT) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (x); RETURN x; END//\nDELIMITER ;")}
        """,
        database);
}
