using System.Globalization;
using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.Benchmarks.Ratios;

/// <summary>
/// <c>dbreplay run --speed max</c> beside the generator whose traffic it replays: statements a second and CPU time per statement, on
/// the same server with the same connections.
/// </summary>
internal static partial class ReplayRatios
{
    private const int Rounds = 3;
    private const int Statements = 400_000;

    public static async Task RunAsync()
    {
        var table = new TextTable("traffic", "connections", "generator/s", "dbreplay/s", "ratio", "generator CPU us", "dbreplay CPU us", "ratio", "replayed");
        foreach (var traffic in new[] { Traffic.PgBenchSelect, Traffic.PgBenchPrepared, Traffic.PgBenchTpcB, Traffic.SysBenchSelect })
        {
            foreach (var connections in new[] { 8, 32 })
            {
                table.Add(await MeasureAsync(traffic, connections).ConfigureAwait(false));
            }
        }

        Console.WriteLine($"Replay at full speed: median of {Rounds} rounds of generator and dbreplay in turn.\n");
        table.Print(Console.Out);
        Console.WriteLine();
    }

    private static async Task<string[]> MeasureAsync(Traffic traffic, int connections)
    {
        using var folder = new TempFolder("speed");
        await using var server = await TestServer.StartAsync(traffic.Kind).ConfigureAwait(false);
        await traffic.PrepareAsync(server).ConfigureAwait(false);
        var workload = await CaptureAsync(traffic, server, connections, folder).ConfigureAwait(false);

        List<(double Rate, double CpuMicroseconds)> theirs = [], ours = [];
        var replayed = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var (count, rate, used) = await traffic.SendAsync(server, connections, Statements).ConfigureAwait(false);
            theirs.Add((rate, used.CpuSeconds * 1e6 / count));
            var run = folder.File($"{round}.run");
            var mine = await Measured.RunAsync(ProjectPrograms.Replay,
                ["run", workload, "--target", server.Url(traffic.DatabaseName), "--out", run, "--speed", "max", "--force", "source,databases,users,connections,target", "--quiet"]).ConfigureAwait(false);
            (replayed, rate) = RateOf(mine.Result);
            ours.Add((rate, mine.CpuSeconds * 1e6 / replayed));
        }

        var (theirRate, ourRate) = (Median(theirs.Select(t => t.Rate)), Median(ours.Select(t => t.Rate)));
        var (theirCpu, ourCpu) = (Median(theirs.Select(t => t.CpuMicroseconds)), Median(ours.Select(t => t.CpuMicroseconds)));
        return [traffic.Name, $"{connections}", Text(theirRate), Text(ourRate), Text(ourRate / theirRate), Text(theirCpu), Text(ourCpu), Text(ourCpu / theirCpu), $"{replayed}"];
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
