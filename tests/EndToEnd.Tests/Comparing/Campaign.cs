using System.Globalization;
using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>
/// Some 80 shapes from real clients (<c>TestKit/planted</c>), captured live, and replayed by <c>dbreplay upgrade</c> on two servers of the captured version, twice on each. Faults are planted on the new one.
/// </summary>
internal sealed partial class Campaign : IAsyncDisposable
{
    private const string Database = "shop";
    private static readonly TimeSpan UpgradeTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan TrafficTimeout = TimeSpan.FromMinutes(5);

    private readonly ServerKind _kind;
    private readonly CampaignCase _case;
    private readonly TempFolder _folder = new("campaign");
    private readonly List<TestServer> _servers = [];

    private Campaign(ServerKind kind, CampaignCase campaign) => (_kind, _case) = (kind, campaign);

    /// <summary>What can be planted.</summary>
    public IReadOnlyList<PlantedFault> Faults { get; private set; } = [];

    /// <summary>Seconds that the workload took at full speed on the old server; null if that was not asked for.</summary>
    public double? FullSpeedSeconds { get; private set; }

    /// <summary>The speed at which it was replayed, as the plan has it.</summary>
    public string Speed { get; private set; } = "max";

    /// <summary>How fast that was, in words.</summary>
    public string Pace => FullSpeedSeconds is { } full
        ? string.Create(CultureInfo.InvariantCulture, $"{_case.Load:0.00} of full speed ({full:0.0} s); x {Speed} of the captured, {CampaignCase.Design}")
        : $"speed {Speed}";

    private string Workload => _folder.File("w.workload");

    /// <summary>Makes the tables, captures the traffic.</summary>
    public static async Task<Campaign> CaptureAsync(ServerKind kind, CampaignCase what)
    {
        var campaign = new Campaign(kind, what);
        try
        {
            await campaign.CaptureAsync();
            return campaign;
        }
        catch
        {
            await campaign.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replays on both servers, and compares. The new one has these faults.</summary>
    public async Task<ComparedCampaign> UpgradeAsync(IReadOnlyList<PlantedFault> planted)
    {
        var (old, candidate) = (await StartAsync(), await StartAsync());
        if (_case.Load is { } load)
        {
            await ReplayRunner.RunAsync(_kind, "restore", Workload, "--target", old.Url(Database), "--quiet");
            await old.SqlAsync(Ready);
            var run = await ReplayRunner.RunAsync(_kind, "run", Workload, "--target", old.Url(Database), "--out", _folder.File("full.run"), "--speed", "max", "--quiet");
            FullSpeedSeconds = double.Parse(Played().Match(run.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            Speed = (load * _case.Seconds / FullSpeedSeconds.Value).ToString("0.000", CultureInfo.InvariantCulture);
        }

        await WriteStepsAsync(planted);
        var isThorough = _case.Load is null ? "false" : "true";
        await File.WriteAllTextAsync(_folder.File("plan.yaml"), $$"""
            workload: w.workload
            out: upgrade
            speed: {{Speed}}
            design: {{CampaignCase.Design}}
            confirm: {{isThorough}}
            confirm_time: 60s
            prewarm: {{isThorough}}
            tools: ["{{Path.GetDirectoryName(ProjectPrograms.Compare)}}"]
            baseline: { url: "{{old.Url(Database)}}", password_file: passwords, after_restore: [ready.sql], before_run: ["sh '{{_folder.File("calm.sh")}}'"] }
            candidate: { url: "{{candidate.Url(Database)}}", password_file: passwords, after_restore: [ready.sql, planted.sql], before_run: ["sh '{{_folder.File("neighbours.sh")}}'"] }

            """);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = await VendorTools.PathAsync(_kind) };
        var result = await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["upgrade", _folder.File("plan.yaml")], new ProcessOptions { Environment = environment, Timeout = UpgradeTimeout });
        (await ProcessRunner.RunAsync("sh", [_folder.File("calm.sh")])).Expect();
        result.Expect(0, 1, 3);
        return ComparedCampaign.Read(_folder.File("upgrade/comparison.json"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (CampaignCase.Keep is { } keep)
        {
            (await ProcessRunner.RunAsync("cp", ["-a", _folder.Path, keep])).Expect();
        }

        _folder.Dispose();
    }

    private async Task CaptureAsync()
    {
        await using var source = await TestServer.StartAsync(_kind, ServerOptions());
        await source.SqlAsync($"CREATE DATABASE {Database}");
        Faults = PlantedFault.ReadAll(await TrafficAsync(source, "init"));
        await using var capture = await LiveCapture.StartAsync(source, Workload, "--snapshot", VendorTools.SnapshotTool(_kind), "--snapshot-url", source.Url(Database));
        await capture.WaitForAsync("snapshot: done", TrafficTimeout);
        await TrafficAsync(source, "run", Text(_case.Seed), Text(_case.Seconds), Text(_case.Scale));
        await capture.StopAsync();
    }

    private async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync(_kind, ServerOptions());
        _servers.Add(server);
        return server;
    }

    // An old server's: what is planted makes it strict. A snapshot has no accounts' passwords.
    private TestServerOptions ServerOptions() => new() { Options = _kind.IsPostgres ? [] : ["--sql-mode="] };

    private string Ready => _kind.IsPostgres ? "" : $"CREATE USER IF NOT EXISTS reports; ALTER USER reports IDENTIFIED BY '{TestServer.Password}' ACCOUNT UNLOCK; GRANT SELECT, EXECUTE ON *.* TO reports;";

    private async Task WriteStepsAsync(IReadOnlyList<PlantedFault> planted)
    {
        var statements = planted.SelectMany(f => f.Statements).ToList();
        await File.WriteAllTextAsync(_folder.File("planted.sql"), _kind.IsPostgres
            ? string.Concat(statements.Select(s => s + ";\n"))
            : "DELIMITER //\n" + string.Concat(statements.Select(s => s + "//\n")));
        await File.WriteAllTextAsync(_folder.File("ready.sql"), Ready);
        await File.WriteAllTextAsync(_folder.File("passwords"), $"reports:{TestServer.Password}\n");
        // They burn in the new side's first run only, and end with it: the next run begins with calm.sh, or with this and no more of them.
        var pids = _folder.File("burners");
        await File.WriteAllTextAsync(_folder.File("calm.sh"), $"[ ! -e '{pids}' ] || while read -r pid; do kill \"$pid\" 2>/dev/null; done <'{pids}'\nexit 0\n");
        await File.WriteAllTextAsync(_folder.File("neighbours.sh"), $$"""
            [ ! -e '{{pids}}' ] || exec sh '{{_folder.File("calm.sh")}}'
            touch '{{pids}}'
            for core in $(seq {{Text(_case.Burners)}}); do
              timeout 300 sh -c 'while :; do :; done' >/dev/null 2>&1 </dev/null &
              echo $! >>'{{pids}}'
            done

            """);
    }

    private async Task<string> TrafficAsync(TestServer server, string command, params string[] arguments)
    {
        var nodePath = (await ServerScript.RunAsync("node-clients")).Output.Trim();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["NODE_PATH"] = nodePath };
        var result = await ProcessRunner.RunAsync(
            "node",
            [RepositoryFolder.Path("tests", "TestKit", "planted", "planted.cjs"), command, server.Kind.Scheme, "127.0.0.1", Text(server.Port), TestServer.User, TestServer.Password, Database, .. arguments],
            new ProcessOptions { Environment = environment, Timeout = TrafficTimeout });
        return result.Expect().Output;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("played in ([0-9.]+) s")]
    private static partial Regex Played();
}
