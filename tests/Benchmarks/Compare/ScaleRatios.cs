using System.Globalization;
using System.Net;
using System.Text;
using Replay.Benchmarks.Ratios;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Benchmarks.Compare;

/// <summary>
/// <c>dbcompare</c> on workloads of more and more exchanges, 10,000 shapes in no order, 2 + 2 runs: CPU for each further exchange and peak memory, both of which are to stay what they are.
/// 10^8 exchanges take 15 GB of disk while they are compared. <c>REPLAY_SCALE_STORE</c>: a PostgreSQL database in which they are stored too.
/// </summary>
internal static class ScaleRatios
{
    private const int Shapes = 10_000;
    private const double Mega = 1e6;
    private const double ExecutionDeviation = 0.25;

    // One in so many responses of a run is an error, or has another result.
    private const int Trouble = 1000;

    private static readonly string[] Runs = ["A1", "A2", "B1", "B2"];
    private static readonly Guid WorkloadId = new("11111111-2222-3333-4444-555555555555");

    /// <summary>Writes, compares and prints, the smallest first.</summary>
    public static async Task RunAsync(IReadOnlyList<long> sizes)
    {
        var table = new TextTable("exchanges", "workload and runs MB", "CPU s", "CPU us per further exchange", "seconds", "peak MB");
        (long Exchanges, double CpuSeconds)? before = null;
        foreach (var exchanges in sizes.Order())
        {
            using var folder = new TempFolder("scale");
            Write(folder, exchanges);
            var megabytes = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / Mega;
            var began = TimeProvider.System.GetTimestamp();
            string[] arguments = [folder.File("A1.run"), folder.File("A2.run"), "--against", folder.File("B1.run"), folder.File("B2.run"), "--json", folder.File("c.json"), "--quiet", .. Environment.GetEnvironmentVariable("REPLAY_SCALE_STORE") is { } url ? (string[])["--store", url] : []];
            var measured = await Measured.RunAsync(ProjectPrograms.Compare, arguments, null, 0, 1, 3).ConfigureAwait(false);
            var further = before is { } last ? (measured.CpuSeconds - last.CpuSeconds) / (exchanges - last.Exchanges) * 1e6 : double.NaN;
            table.Add(
                exchanges.ToString("N0", CultureInfo.InvariantCulture), Number(megabytes, "0"), Number(measured.CpuSeconds, "0.0"), Number(further, "0.00"),
                Number(TimeProvider.System.GetElapsedTime(began).TotalSeconds, "0.0"), Number(measured.PeakBytes / Mega, "0"));
            before = (exchanges, measured.CpuSeconds);
        }

        Console.WriteLine($"Comparing 2 + 2 runs, {Shapes:N0} shapes, {Environment.ProcessorCount} processors.\n");
        table.Print(Console.Out);
        Console.WriteLine();
    }

    private static string Number(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);

    private static void Write(TempFolder folder, long exchanges)
    {
        var manifest = new WorkloadManifest { Id = WorkloadId, ToolVersion = "bench", CreatedAt = DateTimeOffset.UnixEpoch };
        using var workload = WorkloadWriter.Create(folder.File("made.workload"), manifest);
        workload.WriteSession(new Session
        {
            Number = 1,
            Engine = Engine.PostgreSql,
            Client = new IPEndPoint(IPAddress.Loopback, 5555),
            Server = new IPEndPoint(IPAddress.Loopback, 5432),
            OpenedAtMicroseconds = 0,
            FromStart = true,
        });
        var texts = Enumerable.Range(0, Shapes).Select(i => Encoding.ASCII.GetBytes($"select c{i} from t{i % 100} where id = ?")).ToArray();
        var shapes = texts.Select((text, i) => workload.AddShape(Engine.PostgreSql, 7, (ulong)i + 1, text, "read")).ToArray();
        var runs = Runs.Select(label => CreateRun(folder, label, exchanges)).ToArray();
        var error = runs.Select(run => run.AddErrorCode("22012")).ToArray();
        var random = new Random(1);
        for (long i = 0; i < exchanges; i++)
        {
            var shape = random.Next(Shapes);
            var exchange = Exchange.Empty;
            exchange.Session = 1;
            exchange.Ordinal = (int)i;
            exchange.Command = Command.Query;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed | ExchangeFlags.Hashed;
            exchange.Shape = shapes[shape];
            exchange.Text = texts[shape];
            exchange.Request = texts[shape];
            exchange.StartedAtMicroseconds = exchange.RequestedAtMicroseconds = i * 1000;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = (i * 1000) + 400;
            exchange.TransactionState = TransactionState.Idle;
            exchange.Rows = 1;
            exchange.SetHash = 100;
            exchange.SequenceHash = 200;
            workload.WriteExchange(exchange);
            var median = 300 * Math.Exp((shape % 8) + (0.8 * Gaussian(random)));
            for (var k = 0; k < runs.Length; k++)
            {
                runs[k].Set(i, Outcome(random, median, error[k]));
            }
        }

        foreach (var run in runs)
        {
            run.Complete(RunOf(folder, exchanges) with { EndedAt = DateTimeOffset.UnixEpoch.AddHours(3), Replayed = exchanges, Fitness = new RunFitness { Fit = true } });
            run.Dispose();
        }

        workload.Complete(manifest with { CompletedAt = DateTimeOffset.UnixEpoch.AddHours(1) });
    }

    private static RunWriter CreateRun(TempFolder folder, string label, long exchanges) => RunWriter.Create(folder.File($"{label}.run"), RunOf(folder, exchanges), exchanges);

    private static RunManifest RunOf(TempFolder folder, long exchanges) => new()
    {
        WorkloadId = WorkloadId,
        WorkloadFolder = folder.File("made.workload"),
        Engine = Engine.PostgreSql,
        ServerVersion = "18.4",
        StartedAt = DateTimeOffset.UnixEpoch.AddHours(2),
        Captured = exchanges,
    };

    private static RunOutcome Outcome(Random random, double median, ushort error) => new()
    {
        Status = RunStatus.Replayed,
        Flags = RunFlags.Hashed,
        LatencyMicroseconds = (float)(median * Math.Exp(ExecutionDeviation * Gaussian(random))),
        Rows = 1,
        Affected = RunOutcome.NoCount,
        SetHash = random.Next(Trouble) == 0 ? 101u : 100u,
        SequenceHash = 200,
        ErrorCode = random.Next(Trouble) == 0 ? error : (ushort)0,
    };

    // The sum of four uniform numbers is normal enough, and quick.
    private static double Gaussian(Random random) => (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3);
}
