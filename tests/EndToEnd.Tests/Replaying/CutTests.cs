using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>
/// A snapshot in the middle of the load: no transaction is lost at the cut, and none is done twice. The updates do not commute with themselves; each session has rows of its own, so that
/// only the cut can be wrong, and not the order.
/// </summary>
[Collection(SelectionsCollection.Name)]
public sealed partial class CutTests(ServersFixture servers)
{
    private const int Sessions = 8; // of each database
    private const int RowsEach = 8;
    private const int Seconds = 2;
    private const int MaxAmbiguous = 2; // where the machine takes a backend's core away between its commit and its word on it
    private static readonly TimeSpan BeforeTheSnapshot = TimeSpan.FromSeconds(0.7);
    private static readonly string[] Databases = ["one", "two"];
    private static readonly string[] Modes = ["simple", "extended", "prepared"];

    private const string Table = "CREATE TABLE counts (id INT PRIMARY KEY, v INT NOT NULL, n INT NOT NULL); CREATE TABLE events (session INT, what INT);";

    private const string Update = "UPDATE counts SET v = (v * 31 + 7) % 1000003, n = n + 1 WHERE id =";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task NoTransactionIsLostOrDoneTwice(string version)
    {
        var kind = ServerKind.Parse(version);
        await using var source = await TestServer.StartAsync(kind);
        foreach (var database in Databases)
        {
            await source.SqlAsync($"CREATE DATABASE {database}");
            await source.SqlAsync(Table + string.Concat(Enumerable.Range(0, Sessions * RowsEach).Select(i => $"INSERT INTO counts VALUES ({i}, {i}, 0);")), database);
        }

        using var folder = new TempFolder("cut");
        // No database: all of them, of which in PostgreSQL each has a cut of its own.
        var snapshot = await GatedSnapshot.CreateAsync(source, "", folder, fromTheStart: true, url: $"{kind.Scheme}://{TestServer.User}:{TestServer.Password}@127.0.0.1:{source.Port}/?sslmode=disable");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        var traffic = Task.WhenAll(Databases.Select(d => TrafficAsync(source, d, folder)));
        await Task.Delay(BeforeTheSnapshot);
        await snapshot.OpenAsync();
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await traffic;
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url());
        var run = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(), "--out", folder.File("r.run"), "--speed", "max", "--order", "none");
        var rows = new List<string>();
        foreach (var database in Databases)
        {
            rows.AddRange((await DifferingAsync(source, target, database)).Select(r => $"{database}: {r}"));
        }

        await TellAsync(version, capture, run, rows.Count);
        // A transaction that is named as ambiguous may be on the wrong side: it changes up to two rows, each of which differs as captured and as replayed.
        var ambiguous = ReplayRunner.Ambiguous(run);
        Assert.True(rows.Count <= 4 * ambiguous && ambiguous <= MaxAmbiguous, $"seed {Generators.Seed}: differ:\n{string.Join('\n', rows.Take(20))}\n{run.Error}\n{capture.Messages}");
    }

    // The hook does not tell when it cut, so that whatever was committed in all its time is to be told by what the dump has: transactions add a row of a known key. Some of these
    // rows another transaction takes away again, so that the dump lacks them on either side of the cut.
    [ServerFact(Live = true)]
    public async Task WhatTheWireDoesNotTellTheRestoredDataTell()
    {
        var source = await servers.GetAsync(ServerKind.Postgres18);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(Table + $"INSERT INTO counts SELECT i, i, 0 FROM generate_series(0, {(Sessions * RowsEach) - 1}) i; CREATE TABLE orders (id BIGINT PRIMARY KEY, note TEXT);", database);
        using var folder = new TempFolder("probe");
        var hook = $"sleep 1; PGPASSWORD={TestServer.Password} pg_dump -h 127.0.0.1 -p {source.Port} -U {TestServer.User} -f \"$REPLAY_SNAPSHOT_FOLDER/dump.sql\" {database}; sleep 0.3";
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", $"hook:{hook}", "--snapshot-url", source.Url(database));
        const string Key = "\\set id random(1, 1000000000000)\n";
        await File.WriteAllTextAsync(folder.File($"{database}-one.sql"), $"{Key}INSERT INTO orders VALUES (:id, 'one');\n");
        await File.WriteAllTextAsync(folder.File("two.sql"), $"{Key}\\set k :client_id * 8 + random(0, 7)\nBEGIN;\n{Update} :k;\nINSERT INTO orders (note, id) VALUES ('two', :id);\nCOMMIT;\n");
        await File.WriteAllTextAsync(folder.File("job.sql"), $"{Key}INSERT INTO orders VALUES (:id, 'job');\nDELETE FROM orders WHERE id = :id;\n");
        await Generators.RunPgBenchScriptsAsync(source, database, "prepared", Sessions, Seconds, folder.File($"{database}-one.sql"), folder.File("two.sql"), $"{folder.File("job.sql")}@8");
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(source.Kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await target.SqlAsync(await File.ReadAllTextAsync(Path.Combine(capture.Folder, "snapshot", "hook", "dump.sql")), database);
        var run = await ReplayRunner.RunAsync(
            source.Kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--order", "none", "--force", "source", "--force", "databases");
        Assert.True(ToldByData().IsMatch(run.Error), $"seed {Generators.Seed}: {run.Error}\n{capture.Messages}");
        const string All = "SELECT count(*), sum(id) FROM orders; SELECT * FROM counts ORDER BY id";
        Assert.Equal(await source.SqlAsync(All, database), await target.SqlAsync(All, database));
    }

    // As of a server on which the tool's own session was not seen, so that half a second of commits is to be told. MariaDB's position tells all of them. MySQL's GTIDs are a little older: what the dump
    // has of inserts by key tells the rest, but for what the log has between the last that is in it and the first that is not.
    [ServerTheory(Live = true)]
    [InlineData("mariadb 11.8", 0)]
    [InlineData("mysql 9.7", 8)]
    public async Task WhatTheWireDoesNotTellTheBinaryLogTells(string version, int mostAmbiguous)
    {
        const string database = "logged";
        var kind = ServerKind.Parse(version);
        string[] gtids = kind.Engine == "mysql" ? ["--gtid-mode=ON", "--enforce-gtid-consistency=ON"] : [];
        await using var source = await TestServer.StartAsync(kind, new TestServerOptions { Options = ["--log-bin=binlog", "--server-id=1", .. gtids] });
        await source.SqlAsync($"CREATE DATABASE {database}");
        await source.SqlAsync(Table + "CREATE TABLE orders (id BIGINT PRIMARY KEY);" + string.Concat(Enumerable.Range(0, Sessions * RowsEach).Select(i => $"INSERT INTO counts VALUES ({i}, {i}, 0);")), database);
        using var folder = new TempFolder("cut");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder, fromTheStart: true);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await File.WriteAllTextAsync(folder.File("mixed.lua"), $$"""
            function thread_init() con = sysbench.sql.driver():connect() end
            local id = 0
            function event()
              id = id + 1
              if id % 2 == 0 then
                con:query("INSERT INTO orders VALUES (" .. sysbench.tid * 1000000 + id .. ")")
              else
                con:query("BEGIN")
                con:query("{{Update}} " .. sysbench.tid * {{RowsEach}} + id % {{RowsEach}})
                con:query("COMMIT")
              end
            end
            """);
        var traffic = Generators.RunSysBenchScriptAsync(source, database, folder.File("mixed.lua"), Sessions, 3 * Seconds);
        await source.UntilAsync("SELECT COUNT(*) > 200 FROM orders", "1", database);
        await snapshot.OpenAsync();
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await traffic;
        await capture.StopAsync();
        await WidenCutAsync(Path.Combine(capture.Folder, "manifest.json"), 250_000);

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        var logs = Directory.GetFiles(Path.Combine(source.Folder, "data"), "binlog.0*").Where(f => Path.GetExtension(f) != ".idx");
        var run = await ReplayRunner.RunAsync(
            kind, ["run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--order", "none", .. logs.SelectMany(l => (string[])["--binary-log", l])]);
        const string All = "SELECT id, v, n FROM counts ORDER BY id; SELECT count(*), sum(id) FROM orders";
        var (captured, replayed) = ((await source.SqlAsync(All, database)).Split('\n'), (await target.SqlAsync(All, database)).Split('\n'));
        var ambiguous = ReplayRunner.Ambiguous(run);
        Assert.True(ToldByLog().IsMatch(run.Error) && ambiguous <= mostAmbiguous && captured.Except(replayed).Count() <= ambiguous, $"seed {Generators.Seed}: {run.Error}\n{string.Join('\n', captured.Except(replayed).Concat(replayed.Except(captured)))}\n{capture.Messages}");
    }

    private static async Task WidenCutAsync(string manifest, long microseconds)
    {
        var read = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!;
        var snapshot = read["snapshot"]!;
        snapshot["commitsHeld"] = false;
        foreach (var cut in snapshot["databases"]!.AsArray().Append(snapshot))
        {
            cut!["cutEarliestMicroseconds"] = (long)cut["cutEarliestMicroseconds"]! - microseconds;
            cut["cutLatestMicroseconds"] = (long)cut["cutLatestMicroseconds"]! + microseconds;
        }

        await File.WriteAllTextAsync(manifest, read.ToJsonString());
    }

    private static async Task TrafficAsync(TestServer server, string database, TempFolder folder)
    {
        if (server.Kind.IsPostgres)
        {
            const string Row = $"\\set k :client_id * 8 + random(0, 7)\n";
            await File.WriteAllTextAsync(folder.File($"{database}-one.sql"), $"{Row}{Update} :k;\n");
            await File.WriteAllTextAsync(folder.File($"{database}-more.sql"), $"{Row}BEGIN;\n{Update} :k;\nSELECT v FROM counts WHERE id = :k;\n{Row}{Update} :k;\nCOMMIT;\n");
            await File.WriteAllTextAsync(folder.File($"{database}-insert.sql"), "\\set what random(0, 9)\nINSERT INTO events VALUES (:client_id, :what);\n");
            await Generators.RunPgBenchScriptsAsync(server, database, Modes[Generators.Seed % Modes.Length], Sessions, Seconds, $"{folder.File($"{database}-one.sql")}@5", $"{folder.File($"{database}-more.sql")}@4", $"{folder.File($"{database}-insert.sql")}@1");
            return;
        }

        await File.WriteAllTextAsync(folder.File($"{database}.lua"), $$"""
            function thread_init() con = sysbench.sql.driver():connect() end
            function row() return sysbench.tid * {{RowsEach}} + sysbench.rand.uniform(0, {{RowsEach - 1}}) end
            function event()
              local what = sysbench.rand.uniform(0, 9)
              if what < 5 then
                con:query("{{Update}} " .. row())
              elseif what < 9 then
                con:query("BEGIN")
                con:query("{{Update}} " .. row())
                con:query("SELECT v FROM counts WHERE id = " .. row())
                con:query("{{Update}} " .. row())
                con:query("COMMIT")
              else
                con:query("INSERT INTO events VALUES (" .. sysbench.tid .. ", " .. sysbench.rand.uniform(0, 9) .. ")")
              end
            end
            """);
        await Generators.RunSysBenchScriptAsync(server, database, folder.File($"{database}.lua"), Sessions, Seconds);
    }

    private static async Task<List<string>> DifferingAsync(TestServer source, TestServer target, string database)
    {
        const string All = "SELECT id, v, n FROM counts ORDER BY id; SELECT session, what, count(*) FROM events GROUP BY session, what ORDER BY session, what";
        var (captured, replayed) = ((await source.SqlAsync(All, database)).Split('\n'), (await target.SqlAsync(All, database)).Split('\n'));
        return [.. captured.Except(replayed).Select(r => $"captured {r}"), .. replayed.Except(captured).Select(r => $"replayed {r}")];
    }

    // For the soak's table.
    private static async Task TellAsync(string version, LiveCapture capture, ProcessResult run, int differing)
    {
        if (Environment.GetEnvironmentVariable("REPLAY_SOAK_FACTS") is { Length: > 0 } file)
        {
            var exchanges = (await ShownWorkload.OfWorkloadAsync(capture.Folder)).Exchanges.Count;
            var cut = CutCounts().Match(run.Error);
            await File.AppendAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"{version}\t{exchanges}\t{cut.Groups[1].Value}\t{cut.Groups[2].Value}\t{cut.Groups[4].Value}\t{differing}\n"));
        }
    }

    // Ambiguous are rows that come and go right about the cut: on either side they leave nothing.
    [GeneratedRegex("[1-9][0-9]* by the restored data, [0-9]{1,2} are ambiguous")]
    private static partial Regex ToldByData();

    [GeneratedRegex("[1-9][0-9]* by the binary log, ")]
    private static partial Regex ToldByLog();

    [GeneratedRegex("([0-9]+) transactions straddle the cut, ([0-9]+) were told by the server's sessions, [0-9]+ by the restored data, ([0-9]+ by the binary log, )?([0-9]+) are ambiguous")]
    private static partial Regex CutCounts();
}
