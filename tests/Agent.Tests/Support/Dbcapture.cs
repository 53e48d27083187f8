using Replay.Agent.CommandLine;
using Replay.Agent.Hosting;
using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.Agent.Tests.Support;

/// <summary>Runs the program's command line within the test, with its own standard streams. One at a time: the streams are the process's.</summary>
internal static class Dbcapture
{
    private static readonly Lock Streams = new();

    /// <summary>What a command ended with and wrote. Standard output that goes past the console's writer is not seen.</summary>
    public static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        lock (Streams)
        {
            var (output, error) = (Console.Out, Console.Error);
            using StringWriter newOutput = new(), newError = new();
            Console.SetOut(newOutput);
            Console.SetError(newError);
            try
            {
                return (Failures.Guard(() => Invocation.Run(Commands.Root(), arguments)), newOutput.ToString(), newError.ToString());
            }
            finally
            {
                Console.SetOut(output);
                Console.SetError(error);
            }
        }
    }

    /// <summary>A capture file of packets.</summary>
    public static string Pcap(TempFolder folder, string name, IReadOnlyList<TestPacket> packets)
    {
        var file = folder.File(name);
        File.WriteAllBytes(file, PcapWriter.ToBytes(packets));
        return file;
    }

    /// <summary>A workload of the small PostgreSQL capture.</summary>
    public static string Workload(TempFolder folder, int queries, string name = "w.workload")
    {
        var workload = folder.File(name);
        var (status, _, error) = Run("pcap", Pcap(folder, "small.pcap", SmallCaptures.Postgres(queries)), "--server", "postgres:5432", "--out", workload, "--quiet");
        Assert.True(status == 0, error);
        return workload;
    }
}
