using System.Globalization;
using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.Benchmarks.Ratios;

/// <summary>Traffic of a generator that counts its own statements, and the rate that it reports.</summary>
/// <param name="Name">What it is, for the tables.</param>
/// <param name="Kind">The server it goes to.</param>
/// <param name="Script">pgbench's built-in or sysbench's script.</param>
/// <param name="Mode">pgbench's protocol; for sysbench <c>text</c> or <c>prepared</c>.</param>
/// <param name="StatementsPerEvent">How many statements one transaction or event is.</param>
internal sealed partial record Traffic(string Name, ServerKind Kind, string Script, string Mode, int StatementsPerEvent)
{
    private const string Database = "bench";
    private const int SysBenchRows = 10_000;

    public static readonly Traffic PgBenchSelect = new("pgbench select, simple", ServerKind.Postgres15, "select-only", "simple", 1);
    public static readonly Traffic PgBenchPrepared = new("pgbench select, prepared", ServerKind.Postgres15, "select-only", "prepared", 1);
    public static readonly Traffic PgBenchTpcB = new("pgbench TPC-B, prepared", ServerKind.Postgres15, "tpcb-like", "prepared", 7);
    public static readonly Traffic SysBenchSelect = new("sysbench point select, text", ServerKind.MariaDb1011, "oltp_point_select", "text", 1);
    public static readonly Traffic SysBenchReadWrite = new("sysbench read-write, prepared", ServerKind.MariaDb1011, "oltp_read_write", "prepared", 20);

    public string DatabaseName => Database;

    /// <summary>Makes the tables.</summary>
    public async Task PrepareAsync(TestServer server)
    {
        await server.SqlAsync($"CREATE DATABASE {Database}").ConfigureAwait(false);
        (await RunAsync(server, Kind.IsPostgres ? ["-i", "-q", "-s", "5"] : ["prepare"]).ConfigureAwait(false)).Expect();
    }

    /// <summary>Sends about <paramref name="statements"/>; returns how many the generator counted, its rate, and its CPU time.</summary>
    public async Task<(long Statements, double PerSecond, Measured Used)> SendAsync(TestServer server, int connections, int statements)
    {
        var events = statements / StatementsPerEvent;
        string[] arguments = Kind.IsPostgres
            ? ["-n", "-M", Mode, "-b", Script, "-c", $"{connections}", "-j", "2", "-t", $"{events / connections}", "--random-seed=5"]
            : [$"--threads={connections}", $"--events={events}", "--time=600", "--rand-seed=5", $"--db-ps-mode={(Mode == "text" ? "disable" : "auto")}", "run"];
        var (program, all, environment) = await CommandAsync(server, arguments).ConfigureAwait(false);
        var used = await Measured.RunAsync(program, all, new ProcessOptions { Environment = environment }).ConfigureAwait(false);
        var (count, rate) = Kind.IsPostgres ? (PgBenchCount(), PgBenchRate()) : (SysBenchCount(), SysBenchRate());
        var factor = Kind.IsPostgres ? StatementsPerEvent : 1; // sysbench counts statements itself
        return ((long)Number(count, used.Result) * factor, Number(rate, used.Result) * factor, used);
    }

    private static double Number(Regex pattern, ProcessResult result)
    {
        var match = pattern.Match(result.Output);
        return match.Success ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"no {pattern} in:\n{result.Output}");
    }

    private async Task<ProcessResult> RunAsync(TestServer server, string[] arguments)
    {
        var (program, all, environment) = await CommandAsync(server, arguments).ConfigureAwait(false);
        return await ProcessRunner.RunAsync(program, all, new ProcessOptions { Environment = environment }).ConfigureAwait(false);
    }

    private async Task<(string Program, string[] Arguments, Dictionary<string, string?> Environment)> CommandAsync(TestServer server, string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PGPASSWORD"] = TestServer.Password };
        if (Kind.IsPostgres)
        {
            return (await Clients.PgBenchAsync().ConfigureAwait(false), ["-h", "127.0.0.1", "-p", $"{server.Port}", "-U", TestServer.User, .. arguments, Database], environment);
        }

        var program = await Clients.SysBenchAsync().ConfigureAwait(false);
        var script = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(program))!, "share", "sysbench", Script + ".lua");
        return (program,
            [script, "--db-driver=mysql", "--mysql-host=127.0.0.1", $"--mysql-port={server.Port}", $"--mysql-user={TestServer.User}", $"--mysql-password={TestServer.Password}",
             $"--mysql-db={Database}", "--mysql-ssl=off", $"--table-size={SysBenchRows}", .. arguments], environment);
    }

    [GeneratedRegex(@"transactions actually processed: (\d+)")]
    private static partial Regex PgBenchCount();

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex PgBenchRate();

    [GeneratedRegex(@"queries:\s+(\d+)")]
    private static partial Regex SysBenchCount();

    [GeneratedRegex(@"queries:\s+\d+\s+\(([\d.]+) per sec")]
    private static partial Regex SysBenchRate();
}
