using Replay.TestKit.Packets;

namespace Replay.Network.Tests;

/// <summary>A pipeline with recording flows, whose sums are checked after every packet.</summary>
internal sealed class Tap : IFlowFactory
{
    private static readonly IgnoreReason[] Reasons = Enum.GetValues<IgnoreReason>();

    private readonly CapturePipeline _pipeline;

    public Tap(ReassemblyLimits? limits = null, params string[] servers) => _pipeline = new CapturePipeline(
        new ServerPorts((servers.Length == 0 ? ["5432"] : servers).Select(Parse)),
        this,
        limits);

    public List<RecordedFlow> Flows { get; } = [];

    public RecordedFlow Only => Assert.Single(Flows);

    public Func<FlowEndpoints, bool> Wants { get; set; } = _ => true;

    public PipelineCounters Counters => _pipeline.Counters;

    public int FlowsHeld => _pipeline.FlowsHeld;

    public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds)
    {
        if (!Wants(endpoints))
        {
            return null;
        }

        var flow = new RecordedFlow(endpoints, fromStart, atMicroseconds);
        Flows.Add(flow);
        return flow;
    }

    public Tap Feed(IEnumerable<TestPacket> packets, LinkType linkType = LinkType.Ethernet)
    {
        foreach (var packet in packets)
        {
            Feed(new CapturedPacket(linkType, packet.AtMicroseconds, packet.OriginalLength, packet.Frame));
        }

        return this;
    }

    public void Feed(in CapturedPacket packet)
    {
        _pipeline.Packet(packet);
        CheckSums();
    }

    public Tap Advance(long nowMicroseconds)
    {
        _pipeline.Advance(nowMicroseconds);
        CheckSums();
        return this;
    }

    public Tap Finish()
    {
        _pipeline.Finish();
        CheckSums();
        Assert.Equal(0, Counters.FragmentsHeld);
        Assert.Equal(0, Counters.BufferedBytes);
        Assert.Equal(0, FlowsHeld);
        Assert.Equal(Counters.FlowsOpened, Counters.FlowsClosed);
        Assert.All(Flows, flow => Assert.NotNull(flow.Reason));
        Assert.Equal(Counters.MissingBytes, Flows.Sum(flow => flow.MissingBytes));
        Assert.Equal(Counters.DeliveredBytes, Flows.Sum(flow => (long)(flow.ToServer.Length + flow.ToClient.Length)));
        return this;
    }

    private static ServerAddress Parse(string text)
    {
        Assert.True(ServerAddress.TryParse(text, out var address), text);
        return address;
    }

    private void CheckSums()
    {
        var counters = Counters;
        long ignored = 0;
        foreach (var reason in Reasons)
        {
            ignored += counters.Ignored(reason);
        }

        Assert.True(counters.IgnoredTotal == ignored, "ignored by reason");
        Assert.True(counters.Delivered == counters.Decoded + ignored + counters.FragmentsHeld, "packets");
        Assert.True(counters.Seen == counters.Delivered + counters.DroppedByKernel, "packets with those dropped");
        Assert.True(
            counters.PayloadBytes == counters.DeliveredBytes + counters.RepeatedBytes + counters.DiscardedBytes + counters.BufferedBytes, "bytes");
        Assert.True(counters.BufferedBytes >= 0 && counters.FragmentsHeld >= 0, "what is held");
    }
}
