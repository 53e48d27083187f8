using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>Writers of the same rows that answered too close together for times to tell who was first: the binary log and values of RETURNING tell.</summary>
[Collection(TrafficCollection.Name)]
public sealed partial class EvidenceTests(ServersFixture servers)
{
    private static readonly string[] WithBinaryLog = ["--log-bin=binlog", "--server-id=1"];

    [ServerTheory("node", "npm", Live = true)]
    [InlineData("mysql 9.7")]
    [InlineData("mariadb 11.8")]
    public async Task TheBinaryLogTellsWhatTimesDoNot(string server)
    {
        const string database = "evidence";
        var kind = ServerKind.Parse(server);
        using var folder = new TempFolder("evidence");
        await using var source = await TestServer.StartAsync(kind, new TestServerOptions { Options = WithBinaryLog });
        await source.SqlAsync($"CREATE DATABASE {database}");
        await Traffic.InitAsync(source, database, "keyed");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await using var traffic = await Traffic.StartAsync(source, database, new TrafficOptions("keyed", Seed: 3, Sessions: 16, Transactions: 40, PauseMilliseconds: 4), cutPercent: 0, snapshot.DoneFile);
        await Traffic.CountsAsync(traffic);
        await capture.StopAsync();
        var rows = await Traffic.ReadAsync(source, database);

        await using var target = await TestServer.StartAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database), "--quiet");
        var logs = Directory.GetFiles(Path.Combine(source.Folder, "data"), "binlog.0*").Where(f => Path.GetExtension(f) != ".idx");
        await ReplayRunner.RunAsync(kind, ["run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--quiet", .. logs.SelectMany(l => (string[])["--binary-log", l])]);

        // MariaDB refuses what its snapshot isolation sees (1020), in a replay other statements than in production: a row that differs must lead to such a one, or to a pair that was left.
        var difference = new StateDifference(rows, await Traffic.ReadAsync(target, database));
        var causes = await StateCauses.OfAsync(folder.File("r.run"), difference.Rows);
        Assert.True(!causes.Unexplained.Any() && difference.Rows.Count <= (kind.Engine == "mysql" ? 0 : difference.Compared / 20), string.Join('\n', causes.All.Select(r => $"{r.Row.Words}: {r.Cause}")));

        var order = Order(folder.File("r.run"));
        var log = order.GetProperty("binary_log");
        Assert.True(log.GetProperty("is_trusted").GetBoolean(), log.GetRawText());
        Assert.Equal((0L, 0L), (log.GetProperty("lost").GetInt64(), log.GetProperty("missing").GetInt64()));
        Assert.True(log.GetProperty("joined").GetInt64() > (kind.Engine == "mysql" ? 300 : 30), log.GetRawText()); // MariaDB's tells seconds only
        var counts = order.GetProperty("databases").EnumerateObject().Single().Value;
        Assert.Equal(0, counts.GetProperty("evidence_contradicted").GetInt64());
        Assert.True(Decided(counts, "binary_log") > 0 || kind.Engine != "mysql", counts.GetRawText());
    }

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task AReturnedCounterTellsWhatTimesDoNot(string server)
    {
        var source = await servers.GetAsync(ServerKind.Parse(server));
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE counter (id int PRIMARY KEY, n bigint NOT NULL); INSERT INTO counter VALUES (1, 0)", database);
        using var folder = new TempFolder("evidence");
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await File.WriteAllTextAsync(folder.File("count.sql"), "UPDATE counter SET n = n + 1 WHERE id = 1 RETURNING n;\n");
        await Generators.RunPgBenchScriptsAsync(source, database, "prepared", clients: 4, seconds: 1, folder.File("count.sql"));
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(source.Kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(target.Kind, "restore", capture.Folder, "--target", target.Url(database), "--quiet");
        var run = await ReplayRunner.RunAsync(target.Kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--quiet");

        // Each got the number that it had got, but for those about a pair that was left, or about one answer that this machine held up for longer than evidence looks.
        var others = int.Parse(OtherValues().Match(run.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var counts = Order(folder.File("r.run")).GetProperty("databases").EnumerateObject().Single(d => d.Name == database).Value;
        Assert.Equal(0, counts.GetProperty("evidence_contradicted").GetInt64());
        var left = counts.GetProperty("ambiguous_pairs").GetInt64();
        Assert.True(others == 0 || int.Parse(ByThemselves().Match(run.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture) <= left + 1, run.Output);
        Assert.True(Decided(counts, "returning") > 50 * left && Decided(counts, "returning") > 100, counts.GetRawText());
    }

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task LogicalDecodingTellsWhatTimesDoNot(string server)
    {
        const string database = "evidence";
        var kind = ServerKind.Parse(server);
        using var folder = new TempFolder("evidence");
        await using var source = await TestServer.StartAsync(kind, new TestServerOptions { Options = ["wal_level=logical"] });
        await source.SqlAsync($"CREATE DATABASE {database}");
        await source.SqlAsync("CREATE TABLE counter (id int PRIMARY KEY, v int NOT NULL, m bigint NOT NULL); INSERT INTO counter VALUES (1, 0, 0), (2, 0, 0)", database);
        await source.SqlAsync("SELECT pg_create_logical_replication_slot('replay', 'test_decoding')", database);
        await source.SqlAsync("UPDATE counter SET v = 0 WHERE id = 2", database); // so that it is known to have all after
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();

        // Each makes another number of what is there, so that order shows; and none tells its client anything.
        await File.WriteAllTextAsync(folder.File("one.sql"), "\\set v random(1, 1000000000)\nUPDATE counter SET v = :v, m = (m * 3 + :v) % 1000003 WHERE id = 1;\n");
        await File.WriteAllTextAsync(folder.File("two.sql"), "\\set v random(1, 1000000000)\nBEGIN;\nUPDATE counter SET m = (m * 5 + :v) % 1000003 WHERE id = 1;\nUPDATE counter SET v = :v WHERE id = 2;\nCOMMIT;\n");
        await Generators.RunPgBenchScriptsAsync(source, database, "prepared", clients: 4, seconds: 1, folder.File("one.sql"), folder.File("two.sql"));
        await capture.StopAsync();
        var rows = await source.SqlAsync("SELECT * FROM counter ORDER BY id", database);
        await source.SqlAsync("UPDATE counter SET v = 0 WHERE id = 2", database); // so that it is known to have all before
        await DecodeAsync(source, database, folder.File("decoded"));

        await using var target = await TestServer.StartAsync(kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database), "--quiet");
        await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max", "--quiet", "--logical-decoding", $"{database}={folder.File("decoded")}");
        var order = Order(folder.File("r.run"));
        var log = order.GetProperty("logical_decoding").GetProperty(database);
        var counts = order.GetProperty("databases").GetProperty(database);
        Assert.True(log.GetProperty("is_trusted").GetBoolean(), log.GetRawText());
        Assert.Equal((0L, 0L), (log.GetProperty("missing").GetInt64(), counts.GetProperty("evidence_contradicted").GetInt64()));
        Assert.True(log.GetProperty("joined").GetInt64() > 50 * log.GetProperty("unsure").GetInt64(), log.GetRawText());
        var ambiguous = counts.GetProperty("ambiguous_pairs").GetInt64(); // a few are left, more where the machine held answers up
        Assert.True(Decided(counts, "logical_decoding") > 10 * ambiguous && Decided(counts, "logical_decoding") > 50, counts.GetRawText());
        Assert.True(ambiguous > 0 || rows == await target.SqlAsync("SELECT * FROM counter ORDER BY id", database), $"{rows}: {counts.GetRawText()}");
    }

    private static async Task DecodeAsync(TestServer server, string database, string file)
    {
        var end = await server.SqlAsync("SELECT pg_current_wal_lsn()", database);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PGPASSWORD"] = TestServer.Password };
        (await ProcessRunner.RunAsync(
            await Clients.PostgresClientAsync("pg_recvlogical"),
            ["-h", "127.0.0.1", "-p", $"{server.Port}", "-U", TestServer.User, "-d", database, "--slot", "replay", "--start", "--file", file, "--endpos", end, "--no-loop", "-o", "include-timestamp=on"],
            new ProcessOptions { Environment = environment })).Expect();
    }

    [GeneratedRegex("([0-9]+) other values")]
    private static partial Regex OtherValues();

    [GeneratedRegex("([0-9]+) divergences stand by")]
    private static partial Regex ByThemselves();

    private static long Decided(JsonElement counts, string evidence) => counts.GetProperty("decided_by").GetProperty(evidence).GetInt64();

    private static JsonElement Order(string folder)
    {
        using var run = RunReader.Open(folder);
        return JsonDocument.Parse(run.ReadDocument("order.json")!).RootElement;
    }
}
