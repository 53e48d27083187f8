using System.Globalization;
using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>pgbench and sysbench, which count their own statements.</summary>
internal static partial class Generators
{
    /// <summary>How many connections they use unless told otherwise.</summary>
    public const int Clients = 4;
    private const int SysBenchTableRows = 1000;
    private const int UsualSeed = 11;

    /// <summary>The seed of the traffic; REPLAY_TRAFFIC_SEED sets it (the soak takes another one each round).</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("REPLAY_TRAFFIC_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : UsualSeed;

    /// <summary>pgbench's tables in <paramref name="database"/>.</summary>
    public static async Task InitPgBenchAsync(TestServer server, string database) =>
        (await PgBenchAsync(server, ["-i", "-q", "-s", "1", database])).Expect();

    /// <summary>Runs transactions of a built-in script; returns how many it counted.</summary>
    public static async Task<long> RunPgBenchAsync(TestServer server, string database, string mode, string script, int transactionsPerClient, int clients = Clients)
    {
        var result = await PgBenchAsync(server, ["-n", "-M", mode, "-b", script, "-c", $"{clients}", "-j", "1", "-t", $"{transactionsPerClient}", $"--random-seed={Seed}", database]);
        return Count(PgBenchTransactions(), result);
    }

    /// <summary>Runs pgbench scripts for some time at full speed.</summary>
    public static async Task RunPgBenchScriptsAsync(TestServer server, string database, string mode, int clients, int seconds, params string[] scripts) =>
        (await PgBenchAsync(server, ["-n", "-M", mode, "-c", $"{clients}", "-j", "1", "-T", $"{seconds}", $"--random-seed={Seed}", .. scripts.SelectMany(s => (string[])["-f", s]), database])).Expect();

    /// <summary>Runs a script of sysbench for some time at full speed.</summary>
    public static async Task RunSysBenchScriptAsync(TestServer server, string database, string script, int threads, int seconds) =>
        (await SysBenchAsync(server, database, Path.ChangeExtension(script, null), [$"--threads={threads}", "--events=0", $"--time={seconds}", $"--rand-seed={Seed}", "run"])).Expect();

    /// <summary>sysbench's tables in <paramref name="database"/>.</summary>
    public static async Task InitSysBenchAsync(TestServer server, string database) =>
        (await SysBenchAsync(server, database, "oltp_read_write", ["prepare"])).Expect();

    /// <summary>Runs events of one of sysbench's scripts; returns how many statements it counted.</summary>
    public static async Task<long> RunSysBenchAsync(TestServer server, string database, string script, bool prepared, int events, int threads = Clients)
    {
        var result = await SysBenchAsync(server, database, script,
            [$"--threads={threads}", $"--events={events}", "--time=60", $"--db-ps-mode={(prepared ? "auto" : "disable")}", $"--rand-seed={Seed}", "run"]);
        return Count(SysBenchQueries(), result);
    }

    private static async Task<ProcessResult> PgBenchAsync(TestServer server, string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PGPASSWORD"] = TestServer.Password };
        return await ProcessRunner.RunAsync(await TestKit.Clients.PgBenchAsync(), ["-h", "127.0.0.1", "-p", $"{server.Port}", "-U", TestServer.User, .. arguments], new ProcessOptions { Environment = environment });
    }

    private static async Task<ProcessResult> SysBenchAsync(TestServer server, string database, string script, string[] arguments)
    {
        var program = await TestKit.Clients.SysBenchAsync();
        var scripts = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(program))!, "share", "sysbench");
        return await ProcessRunner.RunAsync(program,
            [Path.Combine(scripts, script + ".lua"), "--db-driver=mysql", "--mysql-host=127.0.0.1", $"--mysql-port={server.Port}", $"--mysql-user={TestServer.User}",
             $"--mysql-password={TestServer.Password}", $"--mysql-db={database}", "--mysql-ssl=off", $"--table-size={SysBenchTableRows}", .. arguments]);
    }

    private static long Count(Regex pattern, ProcessResult result)
    {
        var match = pattern.Match(result.Expect().Output);
        return match.Success ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"no count in:\n{result.Output}");
    }

    [GeneratedRegex(@"number of transactions actually processed: (\d+)")]
    private static partial Regex PgBenchTransactions();

    [GeneratedRegex(@"queries:\s+(\d+)")]
    private static partial Regex SysBenchQueries();
}
