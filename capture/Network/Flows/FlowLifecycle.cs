using Replay.Network.Headers;
using static Replay.Network.Flows.SequenceNumber;

namespace Replay.Network.Flows;

/// <summary>How connections begin, end, and give their addresses and ports to the next one.</summary>
internal sealed class FlowLifecycle(IFlowFactory factory, ReassemblyLimits limits, PipelineCounters counters, HoleFiller filler)
{
    private readonly long _lingerMicroseconds = (long)limits.ClosedLinger.TotalMicroseconds;

    /// <summary>
    /// Takes from a segment what it tells about where its connection is, and opens the connection once it is established.
    /// </summary>
    public void Follow(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long silentMicroseconds, long atMicroseconds)
    {
        if (segment.Has(TcpFlags.Syn))
        {
            Handshake(flow, direction, segment, atMicroseconds);
        }
        else if (IsAnotherConnection(flow, direction, segment, silentMicroseconds))
        {
            Close(flow, FlowCloseReason.Replaced, atMicroseconds);
            flow.Reset(atMicroseconds);
        }

        if (segment.Has(TcpFlags.Reset))
        {
            return;
        }

        Synchronise(flow, direction, segment);
        if (flow.State == FlowState.Opening && IsEstablished(flow, segment))
        {
            Open(flow);
        }
    }

    /// <summary>Hands out what waits and ends the flow; it stays in the table, closed.</summary>
    public void Close(TcpFlow flow, FlowCloseReason reason, long atMicroseconds)
    {
        if (flow.State == FlowState.Open)
        {
            filler.Flush(flow);
            filler.Unwatch(flow);
            counters.FlowsClosed++;
            reason = flow.ToServer.IsFinished && flow.ToClient.IsFinished ? FlowCloseReason.Fin : reason;
            flow.Handler!.Closed(reason, flow.Clock(atMicroseconds));
            flow.Handler = null;
        }

        flow.IsFlowing = false;
        flow.State = FlowState.Closed;
    }

    /// <summary>Whether a sequence number can be of this connection.</summary>
    public bool IsWithinWindow(int distance) => distance <= limits.MaxWindowBytes && distance >= -limits.MaxWindowBytes;

    private static bool IsEstablished(TcpFlow flow, in TcpSegment segment) => segment.Length > 0
        || (segment.Has(TcpFlags.Acknowledgement) && flow.IsFromStart);

    private static void Synchronise(TcpFlow flow, FlowDirection direction, in TcpSegment segment)
    {
        var own = flow.Half(direction);
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        if (!own.IsSynchronised)
        {
            own.Synchronise(segment.Sequence);
        }

        if (!peer.IsSynchronised && segment.Has(TcpFlags.Acknowledgement))
        {
            peer.Synchronise(segment.Acknowledgement);
        }
    }

    /// <summary>A SYN: of this connection (again), or of the next one between the same ends.</summary>
    private void Handshake(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        var own = flow.Half(direction);
        if (own.HasInitialSequence && own.InitialSequence == segment.Sequence)
        {
            return;
        }

        if (!own.HasInitialSequence && (!own.IsSynchronised || own.Next == segment.Sequence + 1))
        {
            own.Begin(segment.Sequence);
            flow.IsFromStart = true;
            return;
        }

        Close(flow, FlowCloseReason.Replaced, atMicroseconds);
        flow.Reset(atMicroseconds);
        own.Begin(segment.Sequence);
        flow.IsFromStart = true;
    }

    /// <summary>
    /// Data so far from where the connection is that it must be of another one, whose handshake was not seen. One jump with the other
    /// half in place is a large gap instead.
    /// </summary>
    private bool IsAnotherConnection(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long silentMicroseconds)
    {
        var own = flow.Half(direction);
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        if (segment.Length < 2 || !own.IsSynchronised || flow.State == FlowState.Unwanted)
        {
            return false;
        }

        if (flow.State == FlowState.Closed && silentMicroseconds > _lingerMicroseconds)
        {
            return true;
        }

        int distance = Distance(segment.Sequence, own.Next);
        return !IsWithinWindow(distance)
            && !(flow.State == FlowState.Open && distance > 0 && segment.Has(TcpFlags.Acknowledgement)
                 && IsWithinWindow(Distance(segment.Acknowledgement, peer.Next)));
    }

    private void Open(TcpFlow flow)
    {
        flow.Handler = factory.Open(flow.Key.ToEndpoints(), flow.IsFromStart, flow.OpenedAtMicroseconds);
        if (flow.Handler is null)
        {
            flow.State = FlowState.Unwanted;
            return;
        }

        flow.State = FlowState.Open;
        counters.FlowsOpened++;
        counters.FlowsFromStart += flow.IsFromStart ? 1 : 0;
    }
}
