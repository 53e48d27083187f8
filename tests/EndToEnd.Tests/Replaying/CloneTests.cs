using System.Text.Json;
using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>Two clones of a session, by the target's own log: they read what it reads, later, with its settings and prepared statements, and write nothing.</summary>
[Collection(EnduranceCollection.Name)]
public sealed class CloneTests(ServersFixture servers)
{
    private const string Mark = "SELECT 'marked'";
    private const string Prepared = "SELECT n + $1 FROM t WHERE n = 1";
    private const string Rows = "SELECT n FROM t ORDER BY n";
    private const double ShiftSeconds = 0.4;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task ClonesReadAndDoNotWrite(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("clones");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        const string Make = "CREATE TABLE t (n INT); INSERT INTO t VALUES (1);";
        string[] locking = kind.IsPostgres ? ["SELECT pg_advisory_lock(7)", "SELECT pg_advisory_unlock(7)", "SELECT nextval('s')", "SELECT currval('s')"] : ["SELECT GET_LOCK('seven', 1)", "SELECT RELEASE_LOCK('seven')", "SELECT LAST_INSERT_ID()"];
        string[] state = kind.IsPostgres ? ["SET work_mem = '5MB'", "CREATE TEMP TABLE x (a INT)", "INSERT INTO x VALUES (1)"] : ["SET @x = 5", "CREATE TEMPORARY TABLE x (a INT)", "INSERT INTO x VALUES (1)"];
        string[] reading = ["BEGIN", "SELECT n FROM t", "COMMIT", "SELECT a FROM x", "SELECT count(*) FROM t"];
        string[] played = [Mark, .. state, .. reading[..3], "BEGIN", "INSERT INTO t VALUES (2)", "SELECT 2", "COMMIT", .. locking, "SELECT n FROM t WHERE n = 1 FOR UPDATE", "UPDATE t SET n = n + 10 WHERE n = 2", .. reading[3..]];
        await source.SqlAsync(Make + (kind.IsPostgres ? "CREATE SEQUENCE s;" : ""), database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload")))
        {
            await source.SqlAsync($"{string.Join(";\n", played)};\n", database);
            if (kind.IsPostgres)
            {
                await PrepareAsync(source, database);
            }

            await capture.StopAsync();
        }

        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"DROP DATABASE IF EXISTS {database}");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await target.SqlAsync(Make + (kind.IsPostgres ? "CREATE SEQUENCE s;" : ""), database);
        await using var log = await StatementLog.StartAsync(target, "");
        await ReplayRunner.RunAsync(
            kind, "run", folder.File("w.workload"), "--target", target.Url(database), "--out", folder.File("a.run"), "--force", "source", "--explain", "0", "--values", "as-recorded", "--clones", "2", "--clone-shift", "400ms");
        var logged = (await log.TakeAsync()).Select(static s => s with { Text = s.Text.TrimEnd(';') }).GroupBy(static s => s.Session).ToList();

        var sessions = logged.Where(static s => s.Any(static l => l.Text == Mark)).Select(static s => s.SkipWhile(static l => l.Text != Mark).ToList()).OrderBy(static s => s[0].At).ToList();
        Assert.Equal(3, sessions.Count);
        Assert.Equal(played, sessions[0].Select(static l => l.Text));
        Assert.All(sessions.Skip(1), session => Assert.Equal([Mark, .. state, .. reading], session.Select(static l => l.Text)));
        for (var i = 1; i < 3; i++)
        {
            Assert.InRange((sessions[i][0].At - sessions[0][0].At).TotalSeconds, (i * ShiftSeconds) - 0.2, (i * ShiftSeconds) + 0.2); // a busy host is late
        }

        if (kind.IsPostgres)
        {
            var executions = logged.Where(static s => s.Any(static l => l.Text == Prepared)).Select(static s => s.Count(static l => l.Text == Prepared)).Order();
            Assert.Equal([1, 1, 2], executions);
        }

        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("a.run/run.json")));
        var (root, knobs) = (manifest.RootElement, manifest.RootElement.GetProperty("knobs"));
        Assert.Equal((2, 0, 0), (knobs.GetProperty("clones").GetInt32(), knobs.GetProperty("clonedFailed").GetInt32(), knobs.GetProperty("clonedNewErrors").GetInt32()));
        Assert.True(knobs.GetProperty("clonedReplayed").GetInt32() >= 2 * (1 + state.Length + reading.Length));
        Assert.Equal(root.GetProperty("captured").GetInt64(), root.GetProperty("replayed").GetInt64());
    }

    // A statement that is prepared in a transaction that writes, and executed again outside of it.
    private static async Task PrepareAsync(TestServer server, string database)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username={TestServer.User};Password={TestServer.Password};Database={database};SSL Mode=Disable;Pooling=false;Max Auto Prepare=0");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO t VALUES (3)", connection, transaction);
        await insert.ExecuteNonQueryAsync();
        await using var read = new NpgsqlCommand(Prepared, connection, transaction) { Parameters = { new NpgsqlParameter { Value = 1 } } };
        await read.PrepareAsync();
        await read.ExecuteScalarAsync();
        await transaction.CommitAsync();
        read.Transaction = null;
        await read.ExecuteScalarAsync();
    }
}
