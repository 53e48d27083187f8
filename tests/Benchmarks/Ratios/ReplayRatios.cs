using System.Globalization;
using System.Text.RegularExpressions;
using Replay.Replayer;
using Replay.TestKit;

namespace Replay.Benchmarks.Ratios;

/// <summary>
/// <c>dbreplay run --speed max</c> beside the generator whose traffic it replays: statements a second and CPU time per statement, on
/// the same server with the same connections. Each run is held against the generator's just before and just after it: a shared machine changes its speed by a third within minutes.
/// </summary>
internal static partial class ReplayRatios
{
    private const int Rounds = 5;
    private const int Statements = 800_000;

    private static readonly Traffic[] All = [Traffic.PgBenchSelect, Traffic.PgBenchPrepared, Traffic.PgBenchTpcB, Traffic.SysBenchSelect];

    /// <summary>Measures the traffic whose name has <paramref name="part"/> in it, with 8 and 32 connections or one of these; 2 if that is none.</summary>
    public static async Task<int> RunAsync(string part = "", int? onlyConnections = null)
    {
        var rows = All.Where(t => t.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).SelectMany(_ => new[] { 8, 32 }, (traffic, connections) => (Traffic: traffic, Connections: connections))
            .Where(row => onlyConnections is null || row.Connections == onlyConnections).ToList();
        if (rows.Count == 0)
        {
            await Console.Error.WriteLineAsync($"bench replay: no such row; there are, with 8 and with 32 connections: {string.Join("; ", All.Select(t => t.Name))}").ConfigureAwait(false);
            return 2;
        }

        var table = new TextTable("traffic", "connections", "generator/s", "dbreplay/s", "ratio of rates", "generator CPU us", "dbreplay CPU us", "by round", "replayed");
        foreach (var (traffic, connections) in rows)
        {
            table.Add(await MeasureAsync(traffic, connections).ConfigureAwait(false));
        }

        Console.WriteLine($"Replay at full speed: medians of {Rounds} runs; each ratio is to the mean of the generator just before and just after.\n");
        table.Print(Console.Out);
        Console.WriteLine();
        return 0;
    }

    private static async Task<string[]> MeasureAsync(Traffic traffic, int connections)
    {
        using var folder = new TempFolder("speed");
        using var awake = AwakeProcessors.Keep(); // for the generator too: dbreplay does so itself
        await using var server = await TestServer.StartAsync(traffic.Kind).ConfigureAwait(false);
        await traffic.PrepareAsync(server).ConfigureAwait(false);
        var workload = await CaptureAsync(traffic, server, connections, folder).ConfigureAwait(false);

        List<(double Rate, double CpuMicroseconds)> theirs = [], ours = [];
        var replayed = 0L;
        await GenerateAsync().ConfigureAwait(false);
        for (var round = 0; round < Rounds; round++)
        {
            var run = folder.File($"{round}.run");
            var mine = await Measured.RunAsync(ProjectPrograms.Replay,
                ["run", workload, "--target", server.Url(traffic.DatabaseName), "--out", run, "--speed", "max", "--force", "source,databases,users,connections,target", "--quiet"]).ConfigureAwait(false);
            (replayed, var rate) = RateOf(mine.Result);
            ours.Add((rate, mine.CpuSeconds * 1e6 / replayed));
            await GenerateAsync().ConfigureAwait(false);
        }

        var ratios = ours.Select((run, round) => run.Rate / ((theirs[round].Rate + theirs[round + 1].Rate) / 2)).ToList();
        return [traffic.Name, $"{connections}", Text(Median(theirs.Select(t => t.Rate))), Text(Median(ours.Select(t => t.Rate))), Text(Median(ratios)), Text(Median(theirs.Select(t => t.CpuMicroseconds))),
            Text(Median(ours.Select(t => t.CpuMicroseconds))), string.Join(' ', ratios.Select(Text)), $"{replayed}"];

        async Task GenerateAsync()
        {
            var (count, rate, used) = await traffic.SendAsync(server, connections, Statements).ConfigureAwait(false);
            theirs.Add((rate, used.CpuSeconds * 1e6 / count));
        }
    }

    private static async Task<string> CaptureAsync(Traffic traffic, TestServer server, int connections, TempFolder folder)
    {
        var workload = folder.File("w.workload");
        await using var capture = RunningProcess.Start(ProjectPrograms.Capture,
            ["live", "--interface", "lo", "--server", $"{traffic.Kind.Scheme}:127.0.0.1:{server.Port}", "--out", workload], new ProcessOptions { Timeout = TimeSpan.FromMinutes(5) });
        await capture.WaitForAsync("sniffing", TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        await traffic.SendAsync(server, connections, Statements).ConfigureAwait(false);
        capture.Signal(2);
        (await capture.WaitAsync().ConfigureAwait(false)).Expect();
        return workload;
    }

    /// <summary>Exchanges replayed, and their number a second while they were played, as the run's own summary says.</summary>
    private static (long Replayed, double PerSecond) RateOf(ProcessResult result) => ((long)Number(Replayed(), result), Number(PerSecond(), result));

    private static double Number(Regex pattern, ProcessResult result)
    {
        var match = pattern.Match(result.Output);
        return match.Success ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"no {pattern} in:\n{result.Output}{result.Error}");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    [GeneratedRegex(@"captured = (\d+) replayed")]
    private static partial Regex Replayed();

    [GeneratedRegex(@"\((\d+) a second\)")]
    private static partial Regex PerSecond();

    private static string Text(double value) => value.ToString(value >= 100 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
