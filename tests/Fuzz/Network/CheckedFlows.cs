using Replay.Network;

namespace Replay.Fuzz.Network;

/// <summary>A pipeline whose promises are checked on whatever it is fed.</summary>
internal sealed class CheckedFlows : IFlowFactory
{
    private readonly ReassemblyLimits _limits;
    private readonly CapturePipeline _pipeline;
    private long _told;
    private long _missing;

    public CheckedFlows(ReassemblyLimits limits, params int[] ports)
    {
        _limits = limits;
        _pipeline = new CapturePipeline(new ServerPorts(ports.Select(port => new ServerAddress(null, port))), this, limits);
    }

    public PipelineCounters Counters => _pipeline.Counters;

    public void Feed(PacketSource source)
    {
        while (source.TryNext(out var packet))
        {
            Feed(packet);
        }

        Require(source.IsEnded, "a file that neither delivers nor ends");
    }

    public void Feed(in CapturedPacket packet)
    {
        _pipeline.Packet(packet);
        Check();
    }

    public void Finish()
    {
        _pipeline.Finish();
        Check();
        Require(Counters.BufferedBytes == 0 && Counters.FragmentsHeld == 0 && _pipeline.FlowsHeld == 0, "something is still held after the end");
        Require(Counters.FlowsOpened == Counters.FlowsClosed, "a flow was opened and never closed");
    }

    public FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds) =>
        endpoints.Client.Port % 16 == 3 ? null : new Flow(this);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private void Check()
    {
        var c = Counters;
        Require(c.Seen == c.Decoded + c.IgnoredTotal + c.FragmentsHeld + c.DroppedByKernel, "packets do not add up");
        Require(c.PayloadBytes == c.DeliveredBytes + c.RepeatedBytes + c.DiscardedBytes + c.BufferedBytes, "bytes do not add up");
        Require(c.BufferedBytes >= 0 && c.BufferedBytes <= _limits.MaxBufferedBytes, "more is buffered than may be");
        Require(c.FragmentsHeld <= _limits.MaxFragmentedDatagrams * 200L, "more fragments are held than may be");
        Require(_pipeline.FlowsHeld <= _limits.MaxFlows, "more flows are held than may be");
        Require(_told == c.DeliveredBytes && _missing == c.MissingBytes, "the counters say something else than the handlers were told");
    }

    private sealed class Flow(CheckedFlows owner) : FlowHandler
    {
        private long _lastMicroseconds = long.MinValue;
        private bool _isClosed;

        public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds)
        {
            Next(atMicroseconds);
            Require(!bytes.IsEmpty, "data without bytes");
            owner._told += bytes.Length;
        }

        public override void Gap(FlowDirection direction, long bytes, long atMicroseconds)
        {
            Next(atMicroseconds);
            Require(bytes > 0, "a gap without length");
            owner._missing += bytes;
        }

        public override void Closed(FlowCloseReason reason, long atMicroseconds)
        {
            Next(atMicroseconds);
            _isClosed = true;
        }

        private void Next(long atMicroseconds)
        {
            Require(!_isClosed, "a call behind the last one");
            Require(atMicroseconds >= _lastMicroseconds, "time went back");
            _lastMicroseconds = atMicroseconds;
        }
    }
}
