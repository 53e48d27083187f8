using System.Globalization;
using Replay.Agent.CommandLine;
using Replay.Agent.Hosting;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Fuzz.Agent;

/// <summary>
/// Damaged captures through <c>dbcapture pcap</c> itself, in one process for speed: status 0, or 2 with one line; what it left opens and holds what
/// its manifest says; no case takes long; memory stays flat.
/// </summary>
public sealed class DbcaptureFuzz
{
    // What pools and the collector hold at a moment varies by more than a leak of a few cases: so many samples, halves compared.
    private const int Samples = 20;
    private const double MaxGrowthMegabytes = 4;
    private const double MaxResidentGrowthMegabytes = 32;
    private const double MaxResidentMegabytes = 512;

    // The largest capture takes 0.1 s; a machine may be busy, but not a hundred times.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly List<string> _failures = [];
    private readonly List<double> _heap = [];
    private readonly List<double> _resident = [];
    private TimeSpan _longest;
    private int _refused;

    [Fact]
    public async Task DamagedCapturesBecomeWorkloadsOrOneLine()
    {
        using var folder = new TempFolder("mutations");
        var seeds = SeedCapture.All();
        var every = Math.Max(1, FuzzSettings.ProgramCases / Samples);
        for (var i = 0; i < FuzzSettings.ProgramCases && _failures.Count < 10; i++)
        {
            var number = FuzzSettings.Seed + i;
            await RunWithinTimeAsync(seeds[number % seeds.Count], number, folder);
            if ((i + 1) % every == 0)
            {
                Sample();
            }
        }

        Assert.True(_failures.Count == 0, string.Join("\n\n", _failures));
        await TellAsync(seeds.Count);
        AssertFlat("the heap", _heap, MaxGrowthMegabytes);
        AssertFlat("resident memory", _resident, MaxResidentGrowthMegabytes);
        Assert.InRange(_resident.Max(), 0, MaxResidentMegabytes);
    }

    // What leaks is never given back, so it shows in the least of the second half.
    private static void AssertFlat(string what, List<double> samples, double most)
    {
        var (first, second) = (samples[..(samples.Count / 2)].DefaultIfEmpty(double.MaxValue).Max(), samples[(samples.Count / 2)..].Min());
        Assert.True(second - first < most, string.Create(CultureInfo.InvariantCulture, $"{what} grew: at most {first:F1} MiB in the first half, at least {second:F1} in the second"));
    }

    private async Task RunWithinTimeAsync(SeedCapture seed, int number, TempFolder folder)
    {
        var where = $"REPLAY_FUZZ_SEED={number.ToString(CultureInfo.InvariantCulture)} REPLAY_FUZZ_PROGRAM_CASES=1 with {seed.Name}";
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var one = Task.Run(() => RunOne(seed, number, folder));
        if (await Task.WhenAny(one, Task.Delay(Longest)) != one)
        {
            throw new TimeoutException($"{where}: not done after {Longest}");
        }

        _longest = clock.Elapsed > _longest ? clock.Elapsed : _longest;
        try
        {
            await one;
        }
        catch (Exception e)
        {
            _failures.Add($"{where}: {e}");
        }
    }

    private void RunOne(SeedCapture seed, int number, TempFolder folder)
    {
        var (file, workload) = (folder.File("damaged.pcap"), folder.File("w.workload"));
        File.WriteAllBytes(file, new CaptureMutator(number).Mutate(seed.Bytes));
        string[] servers = [.. seed.Ports.SelectMany(port => (string[])["--server", $"{(seed.IsPostgres ? "postgres" : "mysql")}:{port}"])];
        var console = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        int status;
        try
        {
            status = Failures.Guard(() => Invocation.Run(Commands.Root(), ["pcap", file, .. servers, "--out", workload, "--quiet"]));
        }
        finally
        {
            Console.SetError(console);
        }

        // Ciphertext is announced besides, with its remedies in lines of their own.
        var lines = error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("dbcapture: WARNING: most of the traffic is encrypted", StringComparison.Ordinal) && !line.StartsWith("  - ", StringComparison.Ordinal)).ToList();
        if (status != ExitStatus.Done)
        {
            _refused++;
            Assert.Equal(ExitStatus.CouldNot, status);
            Assert.True(lines.Count == 1, $"one line was wanted, not:\n{error}");
        }

        if (status == ExitStatus.Done || Directory.Exists(workload))
        {
            ReadBack(workload);
            Directory.Delete(workload, recursive: true);
        }
    }

    private static void ReadBack(string workload)
    {
        using var reader = WorkloadReader.Open(workload);
        Assert.Null(reader.TornTail);
        long exchanges = 0;
        using (var cursor = reader.Read())
        {
            while (cursor.MoveNext())
            {
                Assert.True(reader.Sessions.Find(cursor.Current.Session) is not null, $"an exchange of session {cursor.Current.Session}, which is not there");
                exchanges++;
            }
        }

        Assert.Equal(reader.Manifest.Counters.Exchanges, exchanges);
        Assert.Equal(reader.ExchangeCount, exchanges);
    }

    private void Sample()
    {
        _heap.Add(GC.GetTotalMemory(forceFullCollection: true) / 1048576.0);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        _resident.Add(self.WorkingSet64 / 1048576.0);
    }

    // For the soak's table.
    private async Task TellAsync(int seeds)
    {
        if (Environment.GetEnvironmentVariable("REPLAY_FUZZ_FACTS") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture,
                $"{seeds}\t{_refused}\t{_longest.TotalMilliseconds:F0}\t{Halves(_heap)}\t{Halves(_resident)}\t{_resident.Max():F0}\n"));
        }
    }

    private static string Halves(List<double> samples) =>
        string.Create(CultureInfo.InvariantCulture, $"{samples[..(samples.Count / 2)].DefaultIfEmpty().Average():F0}, {samples[(samples.Count / 2)..].Average():F0}");
}
