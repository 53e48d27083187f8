using BenchmarkDotNet.Attributes;
using Replay.Workload;

namespace Replay.Benchmarks.Workload;

/// <summary>Writing and reading workload files; the time of making the exchanges is a benchmark of its own, to be subtracted.</summary>
[MemoryDiagnoser]
public class WorkloadFileBenchmarks
{
    private const int Exchanges = 500_000;

    private string _folder = "";

    /// <summary>Whose traffic.</summary>
    [ParamsAllValues]
    public TrafficKind Traffic { get; set; }

    /// <summary>Writes the file that is read.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("workload-benchmark-").FullName;
        var bytes = WriteTo(Path.Combine(_folder, "read"));
        Console.WriteLine($"// {Traffic}: {(double)bytes / Exchanges:F1} bytes an exchange on disk");
    }

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>Only makes the exchanges.</summary>
    [Benchmark(OperationsPerInvoke = Exchanges)]
    public long Make()
    {
        var traffic = new SyntheticTraffic(Traffic);
        var sum = 0L;
        for (var i = 0; i < Exchanges; i++)
        {
            sum += traffic.Next().EndedAtMicroseconds;
        }

        return sum;
    }

    /// <summary>Makes the exchanges and writes them.</summary>
    [Benchmark(OperationsPerInvoke = Exchanges)]
    public long Write()
    {
        var folder = Path.Combine(_folder, "write");
        var bytes = WriteTo(folder);
        Directory.Delete(folder, recursive: true);
        return bytes;
    }

    /// <summary>Reads them.</summary>
    [Benchmark(OperationsPerInvoke = Exchanges)]
    public long Read()
    {
        using var reader = WorkloadReader.Open(Path.Combine(_folder, "read"));
        using var cursor = reader.Read();
        var sum = 0L;
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            sum += exchange.Request.Length + exchange.EndedAtMicroseconds;
        }

        return sum;
    }

    private long WriteTo(string folder)
    {
        using var writer = WorkloadWriter.Create(folder, new WorkloadManifest());
        var traffic = new SyntheticTraffic(Traffic);
        for (var i = 0; i < Exchanges; i++)
        {
            writer.WriteExchange(traffic.Next());
        }

        writer.Complete(new WorkloadManifest());
        return writer.BytesWritten;
    }
}
