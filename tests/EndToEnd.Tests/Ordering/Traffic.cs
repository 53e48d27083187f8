using System.Globalization;
using System.Text.Json;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>What the clients of one traffic were told.</summary>
/// <param name="Statements">How many statements they sent.</param>
/// <param name="Errors">How many failed, by code.</param>
internal sealed record TrafficCounts(int Statements, IReadOnlyDictionary<string, int> Errors);

/// <summary>How much traffic, and of what kind.</summary>
/// <param name="Profile">low, medium, hot (how often the same rows are written), keyed, values or ddl: see TestKit/traffic/profiles.cjs.</param>
/// <param name="Seed">Decides what each session does.</param>
/// <param name="Sessions">Connections at a time.</param>
/// <param name="Transactions">Of each session.</param>
/// <param name="PauseMilliseconds">Between two transactions of a session, on average.</param>
internal sealed record TrafficOptions(string Profile, int Seed, int Sessions, int Transactions, int PauseMilliseconds);

/// <summary>TestKit/traffic: concurrent writers whose order shows, by drivers of others.</summary>
internal static class Traffic
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    /// <summary>Its tables, in a new database.</summary>
    public static async Task InitAsync(TestServer server, string database, string profile) =>
        (await (await StartAsync("init", server, database, profile)).WaitAsync()).Expect();

    /// <summary>
    /// Starts it; it says <c>cut</c> when <paramref name="cutPercent"/> of the transactions have ended, and goes on with more until the file <paramref name="cutFile"/> is there, before it does the rest.
    /// </summary>
    public static Task<RunningProcess> StartAsync(TestServer server, string database, TrafficOptions options, int cutPercent, string cutFile) => StartAsync(
        "run", server, database, options.Profile, Text(options.Seed), Text(options.Sessions), Text(options.Transactions), Text(options.PauseMilliseconds), Text(cutPercent), cutFile);

    /// <summary>Waits for its end.</summary>
    public static async Task<TrafficCounts> CountsAsync(RunningProcess traffic)
    {
        var last = JsonDocument.Parse((await traffic.WaitAsync()).Expect().Output.TrimEnd().Split('\n')[^1]).RootElement;
        return new TrafficCounts(
            last.GetProperty("statements").GetInt32(),
            last.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetInt32(), StringComparer.Ordinal));
    }

    /// <summary>All rows of its tables, by table and key.</summary>
    public static async Task<IReadOnlyDictionary<(string Table, string Key), TrafficRow>> ReadAsync(TestServer server, string database)
    {
        var output = (await (await StartAsync("read", server, database)).WaitAsync()).Expect().Output;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<string[]>(l)!)
            .ToDictionary(r => (r[0], r[1]), r => new TrafficRow(r[2], r[3], r[4]));
    }

    private static async Task<RunningProcess> StartAsync(string command, TestServer server, string database, params string[] arguments)
    {
        var nodePath = (await ServerScript.RunAsync("node-clients")).Output.Trim();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["NODE_PATH"] = nodePath };
        return RunningProcess.Start(
            "node",
            [RepositoryFolder.Path("tests", "TestKit", "traffic", "traffic.cjs"), command, server.Kind.Scheme, "127.0.0.1", Text(server.Port), TestServer.User, TestServer.Password, database, .. arguments],
            new ProcessOptions { Environment = environment, Timeout = Within });
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A row of one of the traffic's tables.</summary>
/// <param name="Values">Of the columns that clients and statements decide.</param>
/// <param name="Clock">Of those that a clock fills.</param>
/// <param name="Unique">The columns of the table's unique keys as a JSON object.</param>
internal sealed record TrafficRow(string Values, string Clock, string Unique);
