using System.Globalization;

namespace Replay.Workload.Tests;

/// <summary>What tests start as a process of its own: a writer that goes on until it is killed.</summary>
internal static class Program
{
    public const string WriteWorkload = "write-workload";
    public const string WriteRun = "write-run";
    public const int RunExchanges = 1_000_000;

    private static int Main(string[] args)
    {
        switch (args)
        {
            case [WriteWorkload, var folder]:
                Workload(folder);
                return 0;
            case [WriteRun, var folder]:
                Run(folder);
                return 0;
            default:
                Console.Error.WriteLine("started by tests only");
                return 2;
        }
    }

    // After each flush the number of exchanges that must be there from now on goes to standard output.
    private static void Workload(string folder)
    {
        var options = new WorkloadWriterOptions { FlushAfter = TimeSpan.Zero, SegmentBytes = 64 << 10 };
        using var writer = WorkloadWriter.Create(folder, SampleWorkload.Manifest, options);
        for (var i = 0; i < int.MaxValue; i++)
        {
            if (i % 100 == 0)
            {
                writer.WriteSession(SampleWorkload.SessionAt(1 + (i / 100)));
            }

            writer.WriteExchange(SampleWorkload.ExchangeAt(i).ToExchange());
            if (i % 37 == 0)
            {
                writer.Flush();
                Say(writer.ExchangeCount);
            }
        }
    }

    private static void Run(string folder)
    {
        using var writer = RunWriter.Create(folder, new RunManifest(), RunExchanges);
        for (var i = 0; i < RunExchanges; i++)
        {
            writer.Set(i, RunSample.OutcomeAt(i));
            if (i % 100 == 0)
            {
                Say(i + 1);
            }
        }
    }

    private static void Say(long count)
    {
        Console.Out.WriteLine(count.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
