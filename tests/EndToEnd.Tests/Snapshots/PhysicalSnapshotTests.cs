using System.Globalization;
using System.Text;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>
/// Copies of a server's files, taken while two databases are written to: laid into a folder, started, taken over, replayed. What the copy has and what
/// the replay adds is what production had in the end, transactions that the run calls ambiguous apart.
/// </summary>
[Collection(SnapshotsCollection.Name)]
public sealed class PhysicalSnapshotTests(ServersFixture servers)
{
    private const int Inserts = 60;
    private static readonly TimeSpan SnapshotTime = TimeSpan.FromSeconds(60);
    private static readonly string[] Databases = ["first", "second"];

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task APostgresCopyIsReplayedOn(string version)
    {
        var kind = ServerKind.Parse(version);
        await using var source = await TestServer.StartAsync(kind);
        foreach (var database in Databases)
        {
            await source.SqlAsync($"CREATE DATABASE {database}");
            await source.SqlAsync("CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TABLE t (id serial PRIMARY KEY, m mood, v text); INSERT INTO t (m, v) SELECT 'ok', repeat('x', 500) FROM generate_series(1, 5000)", database);
        }

        using var folder = new TempFolder("physical");
        var workload = await CaptureAsync(source, folder, "pg_basebackup", n => $"INSERT INTO t (m, v) VALUES ('bad', '{n}'); SELECT pg_sleep(0.03);\n");
        await using var target = await TestServer.StartAsync(kind);
        await LayAsync(kind, workload, target);
        await TakeOverAndReplayAsync(kind, workload, source, target, folder);
        Assert.Equal("off", await target.SqlAsync("SHOW archive_mode"));

        var other = await servers.GetAsync(kind == ServerKind.Postgres18 ? ServerKind.Postgres15 : ServerKind.Postgres18);
        var refused = (await ReplayRunner.TryAsync(kind, "restore", workload, "--target", other.Url())).Expect(2);
        Assert.Contains("pg_upgrade", Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [ServerTheory(Live = true)]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    public async Task AMariaDbCopyIsReplayedOn(string version)
    {
        var kind = ServerKind.Parse(version);
        await using var source = await TestServer.StartAsync(kind, new TestServerOptions { Options = ["--log-bin=binlog", "--server-id=1"] });
        foreach (var database in Databases)
        {
            await source.SqlAsync($"CREATE DATABASE {database}; USE {database}; CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v TEXT); INSERT INTO t (v) SELECT REPEAT('x', 500) FROM seq_1_to_5000");
        }

        using var folder = new TempFolder("physical");
        var workload = await CaptureAsync(source, folder, "mariadb-backup", n => $"INSERT INTO t (v) VALUES ('{n}'); SELECT SLEEP(0.03);\n");
        var manifest = await File.ReadAllTextAsync(Path.Combine(workload, "manifest.json"));
        Assert.Contains("\"autoIncrement\": {", manifest, StringComparison.Ordinal);
        Assert.Contains("\"binlogPosition\": \"binlog.0", manifest, StringComparison.Ordinal);
        await using var target = await TestServer.StartAsync(kind);
        await LayAsync(kind, workload, target);
        await TakeOverAndReplayAsync(kind, workload, source, target, folder);

        var other = await servers.GetAsync(ServerKind.Parse("mysql 9.7"));
        var refused = (await ReplayRunner.TryAsync(kind, "restore", workload, "--target", other.Url())).Expect(2);
        Assert.Contains("--data-directory", Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    // Writers of both databases run before, during and after the copy.
    private static async Task<string> CaptureAsync(TestServer source, TempFolder folder, string tool, Func<string, string> statement)
    {
        var url = source.Kind.IsPostgres ? source.Url("postgres") : source.Url() + "?sslmode=disable";
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", tool, "--snapshot-url", url);
        using var stop = new CancellationTokenSource();
        var writers = Databases.Select(database => WriteAsync(source, database, statement, stop.Token)).ToList();
        await capture.WaitForAsync("snapshot: done", SnapshotTime);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await capture.StopAsync();
        return capture.Folder;
    }

    private static async Task WriteAsync(TestServer source, string database, Func<string, string> statement, CancellationToken stop)
    {
        for (var round = 0; round == 0 || !stop.IsCancellationRequested; round++)
        {
            var sql = new StringBuilder();
            for (var i = 0; i < Inserts; i++)
            {
                sql.Append(statement(string.Create(CultureInfo.InvariantCulture, $"{round}.{i}")));
            }

            await source.SqlAsync(sql.ToString(), database);
        }
    }

    private static async Task LayAsync(ServerKind kind, string workload, TestServer target)
    {
        await target.StopAsync();
        var data = Path.Combine(target.Folder, "data");
        var owner = await ProcessRunner.ShellAsync($"stat -c %u:%g {data}");
        Directory.Delete(data, recursive: true);
        await ReplayRunner.RunAsync(kind, "restore", workload, "--data-directory", data);
        (await ProcessRunner.ShellAsync($"chown -R {owner.Output.Trim()} {data}")).Expect();
        await target.StartAgainAsync();
    }

    private static async Task TakeOverAndReplayAsync(ServerKind kind, string workload, TestServer source, TestServer target, TempFolder folder)
    {
        var url = kind.IsPostgres ? target.Url() : target.Url() + "?sslmode=disable";
        await ReplayRunner.RunAsync(kind, "restore", workload, "--target", url);
        var run = await ReplayRunner.RunAsync(kind, "run", workload, "--target", url, "--out", folder.File("r.run"), "--speed", "max");
        var ambiguous = ReplayRunner.Ambiguous(run);
        foreach (var database in Databases)
        {
            var (before, after) = (await RowsAsync(source, database), await RowsAsync(target, database));
            Assert.True(Math.Abs(before - after) <= ambiguous, $"{database}: {before} rows on production, {after} after the replay, {ambiguous} transactions are ambiguous\n{run.Error}");
        }
    }

    private static async Task<long> RowsAsync(TestServer server, string database) =>
        long.Parse(await server.SqlAsync("SELECT COUNT(*) FROM t", database), CultureInfo.InvariantCulture);
}
