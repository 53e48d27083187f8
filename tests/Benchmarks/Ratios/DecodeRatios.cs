using System.Globalization;
using Replay.TestKit;

namespace Replay.Benchmarks.Ratios;

/// <summary>
/// <c>dbcapture pcap</c> beside <c>tcpdump -r F -w /dev/null</c> and tshark on the same captures: CPU per byte, peak memory, bytes of
/// workload per exchange, and whether every statement that the generator counted was found.
/// </summary>
internal static class DecodeRatios
{
    private const int Rounds = 5;

    private const int TsharkPackets = 400_000;
    private const int Connections = 8;
    private const double Mega = 1e6;

    // So many statements are 1 to 1.5 GB each. What the runtime costs before it has compiled the hot path, 0.8 s, would hide all else in a short capture.
    private static readonly (Traffic Traffic, int Statements)[] Captures =
    [
        (Traffic.PgBenchSelect, 4_000_000),
        (Traffic.PgBenchPrepared, 4_000_000),
        (Traffic.PgBenchTpcB, 4_000_000),
        (Traffic.SysBenchSelect, 3_000_000),
        (Traffic.SysBenchReadWrite, 600_000),
    ];

    /// <summary>Captures, measures and prints. <paramref name="part"/>: how much of each capture's full size, above 0 to 1; short ones only show that it works.</summary>
    public static async Task RunAsync(double part = 1)
    {
        var table = new TextTable("capture", "MB", "tcpdump MB/CPU s", "dbcapture MB/CPU s", "CPU x tcpdump", "tshark MB/CPU s", "x tshark", "peak MB", "bytes/exchange", "statements found");
        foreach (var (traffic, statements) in Captures)
        {
            using var folder = new TempFolder("decode");
            var (file, server, counted) = await CaptureAsync(traffic, (int)(statements * part), folder).ConfigureAwait(false);
            table.Add(await MeasureAsync(traffic, file, server, counted, folder).ConfigureAwait(false));
        }

        Console.WriteLine($"Decoding a capture: median of {Rounds} interleaved rounds (tshark: one).\n");
        table.Print(Console.Out);
        Console.WriteLine();
    }

    /// <summary>Sniffs the generator's traffic with tcpdump.</summary>
    private static async Task<(string File, string Server, long Statements)> CaptureAsync(Traffic traffic, int statements, TempFolder folder)
    {
        await using var server = await TestServer.StartAsync(traffic.Kind).ConfigureAwait(false);
        await traffic.PrepareAsync(server).ConfigureAwait(false);
        var file = folder.File("traffic.pcap");
        var options = new ProcessOptions { Timeout = TimeSpan.FromMinutes(5) };
        await using var tcpdump = RunningProcess.Start("tcpdump", ["-i", "lo", "-B", "131072", "-Z", "root", "-w", file, "tcp", "port", $"{server.Port}"], options);
        await tcpdump.WaitForAsync("listening", TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        var (counted, _, _) = await traffic.SendAsync(server, Connections, statements).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false); // what the kernel still holds
        tcpdump.Signal(2);
        var ended = await tcpdump.WaitAsync().ConfigureAwait(false);
        if (!ended.Error.Contains("\n0 packets dropped by kernel", StringComparison.Ordinal))
        {
            Console.Error.WriteLine($"{traffic.Name}: the kernel dropped packets, so statements will be missing:\n{ended.Error}");
        }

        return (file, $"{traffic.Kind.Scheme}:{server.Port}", counted);
    }

    private static async Task<string[]> MeasureAsync(Traffic traffic, string file, string server, long counted, TempFolder folder)
    {
        var megabytes = new FileInfo(file).Length / Mega;
        List<Measured> tcpdump = [], dbcapture = [];
        var workload = folder.File("workload");
        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0)
            {
                Directory.Delete(workload, recursive: true);
            }

            tcpdump.Add(await Measured.RunAsync("tcpdump", ["-r", file, "-w", "/dev/null"]).ConfigureAwait(false));
            dbcapture.Add(await Measured.RunAsync(ProjectPrograms.Capture, ["pcap", file, "--server", server, "--out", workload, "--quiet"]).ConfigureAwait(false));
        }

        var (theirs, ours) = (Measured.Median(tcpdump), Measured.Median(dbcapture));
        var port = server[(server.LastIndexOf(':') + 1)..];
        string[] tshark = Clients.Find("tshark") is null
            ? ["-", "-"]
            : await TsharkAsync(file, folder, port, traffic, megabytes / ours.CpuSeconds).ConfigureAwait(false);
        File.Delete(file);
        var (exchanges, found) = await CountAsync(workload, traffic).ConfigureAwait(false);
        return
        [
            traffic.Name, Text(megabytes), Text(megabytes / theirs.CpuSeconds), Text(megabytes / ours.CpuSeconds), Text(ours.CpuSeconds / theirs.CpuSeconds), .. tshark,
            Text(dbcapture.Max(m => m.PeakBytes) / Mega), Text(FolderBytes(workload) / (double)exchanges), $"{found} of {counted}",
        ];
    }

    /// <summary>On the beginning of the capture: tshark's memory grows with what it reads.</summary>
    private static async Task<string[]> TsharkAsync(string file, TempFolder folder, string port, Traffic traffic, double ours)
    {
        var part = folder.File("part.pcap");
        (await ProcessRunner.RunAsync("tcpdump", ["-r", file, "-c", $"{TsharkPackets}", "-w", part]).ConfigureAwait(false)).Expect();
        var megabytes = new FileInfo(part).Length / Mega;
        var dissector = traffic.Kind.IsPostgres ? "pgsql" : "mysql";
        var used = await Measured.RunAsync("tshark", ["-n", "-r", part, "-d", $"tcp.port=={port},{dissector}", "-Y", dissector, "-T", "fields", "-e", "frame.number", "-e", dissector + ".query"]).ConfigureAwait(false);
        return [Text(megabytes / used.CpuSeconds), Text(ours / (megabytes / used.CpuSeconds))];
    }

    /// <summary>All exchanges of a workload, and those that executed one of the generator's statements.</summary>
    private static async Task<(long Exchanges, long Found)> CountAsync(string workload, Traffic traffic)
    {
        long exchanges = 0, found = 0;
        void Count(string line)
        {
            if (!line.Contains("\"type\":\"exchange\"", StringComparison.Ordinal))
            {
                return;
            }

            exchanges++;
            var executes = line.Contains("\"command\":\"query\"", StringComparison.Ordinal) || line.Contains("execute\"", StringComparison.Ordinal);
            found += executes && IsOfGenerator(line, traffic) ? 1 : 0;
        }

        var options = new ProcessOptions { Timeout = TimeSpan.FromMinutes(10), TakeLine = Count };
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["show", workload, "--format", "ndjson"], options).ConfigureAwait(false)).Expect();
        return (exchanges, found);
    }

    // At its start pgbench asks for its tables' sizes in a session of its own.
    private static bool IsOfGenerator(ReadOnlySpan<char> line, Traffic traffic) =>
        !traffic.Kind.IsPostgres || !(line.Contains("count(*)", StringComparison.Ordinal) || line.Contains("pg_catalog", StringComparison.Ordinal));

    private static long FolderBytes(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static string Text(double value) => value.ToString(value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
