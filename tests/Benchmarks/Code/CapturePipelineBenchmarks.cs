using BenchmarkDotNet.Attributes;
using Replay.Network;
using Replay.TestKit.Packets;

namespace Replay.Benchmarks.Code;

/// <summary>
/// A capture's packets down to the handlers of connections. REPLAY_BENCH_CAPTURE names a file to take instead of one made here, and
/// REPLAY_BENCH_PORT its server's port.
/// </summary>
[MemoryDiagnoser]
public class CapturePipelineBenchmarks
{
    private const int Connections = 8;
    private const int Turns = 20_000;

    private byte[] _capture = [];
    private int _port = 5432;

    /// <summary>Small requests and responses of eight connections, in turns: the hardest traffic per byte.</summary>
    [GlobalSetup]
    public void Make()
    {
        if (Environment.GetEnvironmentVariable("REPLAY_BENCH_CAPTURE") is { } path)
        {
            _capture = File.ReadAllBytes(path);
            _port = int.Parse(Environment.GetEnvironmentVariable("REPLAY_BENCH_PORT") ?? "5432");
            return;
        }

        var conversations = Enumerable.Range(0, Connections).Select(i => new TcpConversation($"10.0.0.2:{40_000 + i}").Open()).ToArray();
        for (int turn = 0; turn < Turns; turn++)
        {
            conversations[turn * 5 % Connections].Request(new byte[60]).Response(new byte[70]);
        }

        _capture = PcapWriter.ToBytes(conversations.SelectMany(conversation => conversation.Packets).OrderBy(packet => packet.AtMicroseconds));
    }

    /// <summary>Reading records only.</summary>
    [Benchmark(Baseline = true)]
    public long Walk()
    {
        using var source = PcapFile.Open(new MemoryStream(_capture));
        long bytes = 0;
        while (source.TryNext(out var packet))
        {
            bytes += packet.Data.Length;
        }

        return bytes;
    }

    /// <summary>And headers: no packet is of a server of ours.</summary>
    [Benchmark]
    public long Headers() => Run(1);

    /// <summary>And reassembly, down to the handlers.</summary>
    [Benchmark]
    public long Reassembly() => Run(_port);

    private long Run(int port)
    {
        using var source = PcapFile.Open(new MemoryStream(_capture));
        var sink = new Sink();
        var pipeline = new CapturePipeline(new ServerPorts([new ServerAddress(null, port)]), sink);
        while (source.TryNext(out var packet))
        {
            pipeline.Packet(packet);
        }

        pipeline.Finish();
        return sink.Bytes;
    }

    private sealed class Sink : FlowHandler, IFlowFactory
    {
        public long Bytes { get; private set; }

        public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds) => this;

        public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds) => Bytes += bytes.Length;

        public override void Gap(FlowDirection direction, long bytes, long atMicroseconds) => Bytes += bytes;

        public override void Closed(FlowCloseReason reason, long atMicroseconds)
        {
            // Only bytes are counted.
        }
    }
}
