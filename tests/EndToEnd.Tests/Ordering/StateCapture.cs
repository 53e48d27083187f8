using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>Traffic that was captured live with the snapshot in its midst, what the tables held at its end, and a server to replay it on.</summary>
internal sealed class StateCapture : IAsyncDisposable
{
    // The server is to see deadlocks, also between row locks and definitions, before the test's time is over.
    private static readonly string[] PostgresOptions = ["deadlock_timeout=200ms"];
    private static readonly string[] MySqlOptions = ["--innodb-lock-wait-timeout=4"];
    private static readonly TimeSpan TrafficTimeout = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder = new("state");
    private readonly string _database;
    private readonly ShownWorkload _workload;
    private readonly IReadOnlyDictionary<(string Table, string Key), TrafficRow> _rows;
    private TestServer? _target;
    private int _runs;

    private StateCapture(ServerKind kind, string database, TempFolder folder, ShownWorkload workload, TrafficCounts counts, IReadOnlyDictionary<(string Table, string Key), TrafficRow> rows) =>
        (Kind, _database, _folder, _workload, Counts, _rows) = (kind, database, folder, workload, counts, rows);

    public ServerKind Kind { get; }

    /// <summary>What the clients were told.</summary>
    public TrafficCounts Counts { get; }

    /// <summary>Runs the traffic on a server of its own and captures it; the snapshot is taken when <paramref name="cutPercent"/> of the transactions have ended.</summary>
    public static async Task<StateCapture> TakeAsync(ServerKind kind, TrafficOptions options, int cutPercent = 20)
    {
        const string database = "state";
        var folder = new TempFolder("state");
        await using var source = await TestServer.StartAsync(kind, ServerOptions(kind));
        await source.SqlAsync($"CREATE DATABASE {database}");
        await Traffic.InitAsync(source, database, options.Profile);
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await using var traffic = await Traffic.StartAsync(source, database, options, cutPercent, snapshot.DoneFile);
        await traffic.WaitForAsync("cut\n", TrafficTimeout);
        await snapshot.TakeAsync();
        var counts = await Traffic.CountsAsync(traffic);
        var workload = await capture.StopAsync();
        return new StateCapture(kind, database, folder, workload, counts, await Traffic.ReadAsync(source, database));
    }

    /// <summary>Puts the snapshot onto the other server, replays, and reads the tables.</summary>
    public async Task<StateReplay> ReplayAsync(string order, string speed)
    {
        var url = await TargetAsync();
        var folder = _folder.File($"{++_runs}.run");
        var run = await ReplayRunner.RunAsync(Kind, "run", _folder.File("w.workload"), "--target", url, "--out", folder, "--order", order, "--speed", speed, "--quiet");
        var difference = new StateDifference(_rows, await Traffic.ReadAsync(_target!, _database));
        return await StateReplay.ReadAsync(order, speed, folder, run, _workload, difference);
    }

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
        {
            await _target.DisposeAsync();
        }

        // To look at afterwards: the workload, the runs and the captured server's rows.
        if (Environment.GetEnvironmentVariable("REPLAY_STATE_KEEP") is { Length: > 0 } keep)
        {
            await File.WriteAllLinesAsync(_folder.File("captured.rows"), _rows.Select(r => $"{r.Key.Table} {r.Key.Key}: {r.Value.Values}"));
            (await ProcessRunner.RunAsync("cp", ["-a", _folder.Path, keep])).Expect();
        }

        _folder.Dispose();
    }

    private static TestServerOptions ServerOptions(ServerKind kind) => new() { Options = kind.IsPostgres ? PostgresOptions : MySqlOptions };

    private async Task<string> TargetAsync()
    {
        var isFirst = _target is null;
        _target ??= await TestServer.StartAsync(Kind, ServerOptions(Kind));
        var url = _target.Url(_database);
        string[] reset = isFirst ? [] : ["--reset"];
        await ReplayRunner.RunAsync(Kind, ["restore", _folder.File("w.workload"), "--target", url, "--quiet", .. reset]);
        return url;
    }
}
