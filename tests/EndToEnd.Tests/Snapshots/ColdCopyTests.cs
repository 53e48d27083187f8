using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>Between runs a server is stopped, a cold copy of its files put back, and started: every run begins with the same rows and counters.</summary>
[Collection(SnapshotsCollection.Name)]
public sealed class ColdCopyTests(ServersFixture servers)
{
    [ServerTheory(Live = true)]
    [InlineData("postgres 15")]
    [InlineData("mysql 9.7")]
    public async Task EachRunBeginsWithTheSameRowsAndCounters(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var (one, two) = (await servers.NewDatabaseAsync(source), await servers.NewDatabaseAsync(source));
        var id = kind.IsPostgres ? "SERIAL" : "INT AUTO_INCREMENT";
        foreach (var database in new[] { one, two })
        {
            await source.SqlAsync($"CREATE TABLE t (id {id} PRIMARY KEY, v INT); INSERT INTO t (v) VALUES (1), (2), (3); DELETE FROM t WHERE id = 3;", database);
        }

        using var folder = new TempFolder("cold");
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", Url(source)))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            foreach (var database in new[] { one, two })
            {
                await source.SqlAsync("INSERT INTO t (v) VALUES (4), (5); UPDATE t SET v = v + 1; DELETE FROM t WHERE id = 1;", database);
            }

            await capture.StopAsync();
        }

        await using var target = await TestServer.StartAsync(kind);
        var states = await UpgradeAsync(kind, target, folder, one, two);
        Assert.Equal(4, states.Length);
        Assert.All(states, state => Assert.Equal(states[0], state));
        Assert.NotEqual(states[0], await StateAsync(target, one, two)); // the last run wrote
    }

    private static string Url(TestServer server) => server.Kind.IsPostgres ? $"postgres://{TestServer.User}:{TestServer.Password}@127.0.0.1:{server.Port}" : server.Url() + (server.Kind.Engine == "mysql" ? "" : "?sslmode=disable");

    // Both sides are the same server: A restored, B loaded again, then B and A from the cold copy. Before each run its state is written down.
    private static async Task<string[]> UpgradeAsync(ServerKind kind, TestServer target, TempFolder folder, string one, string two)
    {
        var servers = RepositoryFolder.Path("tests", "TestKit", "servers.sh");
        var (data, cold) = (Path.Combine(target.Folder, "data"), Path.Combine(target.Folder, "cold"));
        var start = $"{servers} start {target.Folder} --port {target.Port} >/dev/null";
        var states = Directory.CreateDirectory(folder.File("states")).FullName;
        await File.WriteAllTextAsync(folder.File("copy.sh"), $"[ -d {cold} ] || {{ {servers} stop {target.Folder} && cp -a {data} {cold} && {start}; }}\n");
        await File.WriteAllTextAsync(folder.File("back.sh"), $"{servers} stop {target.Folder} && rm -rf {data} && cp -a {cold} {data} && {start}\n");
        await File.WriteAllTextAsync(folder.File("state.sh"), $"echo \"{StateSql(target, one)}\" | REPLAY_SERVER_DATABASE={one} {servers} sql {target.Folder} >$(mktemp {states}/XXXXXX) && "
            + $"echo \"{StateSql(target, two)}\" | REPLAY_SERVER_DATABASE={two} {servers} sql {target.Folder} >>{states}/$(ls -t {states} | head -n 1)\n");
        var side = $$"""{ url: "{{(kind.IsPostgres ? target.Url() : Url(target))}}", after_restore: ["sh {{folder.File("copy.sh")}}"], before_run: ["sh {{folder.File("state.sh")}}"], reset: "sh {{folder.File("back.sh")}}" }""";
        await File.WriteAllTextAsync(folder.File("plan.yaml"), $"workload: w.workload\nout: out\nspeed: max\nbaseline: {side}\ncandidate: {side}\n");
        (await ReplayRunner.TryAsync(kind, "upgrade", folder.File("plan.yaml"))).Expect(0, 3); // too little traffic for a verdict
        return [.. Directory.EnumerateFiles(states).Select(File.ReadAllText)];
    }

    private static string StateSql(TestServer server, string database) => server.Kind.IsPostgres
        ? "SELECT * FROM t ORDER BY id; SELECT last_value, is_called FROM t_id_seq"
        : $"SELECT * FROM t ORDER BY id; {(server.Kind.Engine == "mysql" ? "SET SESSION information_schema_stats_expiry = 0; " : "")}SELECT auto_increment FROM information_schema.tables WHERE table_name = 't' AND table_schema = '{database}'";

    private static async Task<string> StateAsync(TestServer server, string one, string two) =>
        $"{await server.SqlAsync(StateSql(server, one), one)}\n{await server.SqlAsync(StateSql(server, two), two)}\n";
}
