using Replay.TestKit.Packets;

namespace Replay.Network.Tests;

/// <summary>
/// The way of nearly all packets costs no memory. The bound leaves room for what the runtime itself does once: a byte a packet.
/// </summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("10.0.0.2:40000", "10.0.0.1:5432")]
    [InlineData("[2001:db8::2]:40000", "[2001:db8::1]:5432")]
    public void PacketsInOrderAllocateNothing(string client, string server)
    {
        var conversation = new TcpConversation(client, server).Open();
        for (int i = 0; i < 10_000; i++)
        {
            conversation.Request("select 1"u8).Response("1 row"u8);
        }

        using var source = PcapFile.Open(new MemoryStream(PcapWriter.ToBytes(conversation.Packets)));
        var factory = new CountingFactory();
        var pipeline = new CapturePipeline(new ServerPorts([new ServerAddress(null, 5432)]), factory);
        Read(source, pipeline, 5_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(source, pipeline, 10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(factory.Bytes > 60_000, "the bytes arrived");
        Assert.InRange(allocated, 0, 10_000);
    }

    [Fact]
    public void PacketsOutOfOrderAllocateNothingOnceThePoolIsWarm()
    {
        var conversation = new TcpConversation { SegmentBytes = 100 }.Open();
        for (int i = 0; i < 2_000; i++)
        {
            conversation.Request(new byte[400]);
        }

        var p = conversation.Packets;
        for (int i = 3; i + 3 < p.Count; i += 4)
        {
            (p[i], p[i + 3]) = (p[i + 3], p[i]);
        }

        using var source = PcapFile.Open(new MemoryStream(PcapWriter.ToBytes(p)));
        var factory = new CountingFactory();
        var pipeline = new CapturePipeline(new ServerPorts([new ServerAddress(null, 5432)]), factory);
        Read(source, pipeline, 3_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(source, pipeline, 4_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.True(factory.Bytes > 500_000, "the bytes arrived");
    }

    private static void Read(PacketSource source, CapturePipeline pipeline, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            Assert.True(source.TryNext(out var packet));
            pipeline.Packet(packet);
        }
    }

    private sealed class CountingFactory : FlowHandler, IFlowFactory
    {
        public long Bytes { get; private set; }

        public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds) => this;

        public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds) => Bytes += bytes.Length;

        public override void Gap(FlowDirection direction, long bytes, long atMicroseconds) => Bytes += bytes;

        public override void Closed(FlowCloseReason reason, long atMicroseconds) => Assert.NotEqual(FlowCloseReason.Evicted, reason);
    }
}
