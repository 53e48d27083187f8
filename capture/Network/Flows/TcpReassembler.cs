using System.Runtime.CompilerServices;
using Replay.Network.Headers;
using static Replay.Network.Flows.SequenceNumber;

namespace Replay.Network.Flows;

/// <summary>
/// Segments in, ordered bytes out. Two rules make the order: a byte follows its predecessor in its half, and a segment follows what its
/// sender had acknowledged of the other half. What breaks them waits, watched by <see cref="HoleFiller"/>.
/// </summary>
internal sealed class TcpReassembler
{
    private const TcpFlags ControlFlags = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Reset;

    private readonly ReassemblyLimits _limits;
    private readonly PipelineCounters _counters;
    private readonly FlowDelivery _delivery;
    private readonly HoleFiller _filler;
    private readonly FlowLifecycle _lifecycle;
    private readonly Action<TcpFlow, long> _settle;

    public TcpReassembler(IFlowFactory factory, ReassemblyLimits limits, PipelineCounters counters)
    {
        _limits = limits;
        _counters = counters;
        _delivery = new FlowDelivery(limits, counters);
        _filler = new HoleFiller(limits, _delivery);
        _lifecycle = new FlowLifecycle(factory, limits, counters, _filler);
        _settle = Settle;
    }

    /// <summary>When <see cref="Sweep"/> has to be called next, microseconds since 1970.</summary>
    public long NextDeadlineMicroseconds => _filler.NextDeadlineMicroseconds;

    /// <summary>Lets flows go on that waited long enough for what does not come.</summary>
    public void Sweep(long nowMicroseconds) => _filler.Sweep(nowMicroseconds, _settle);

    /// <summary>Hands out what waits and ends the flow; it stays in the table, closed.</summary>
    public void Close(TcpFlow flow, FlowCloseReason reason, long atMicroseconds) => _lifecycle.Close(flow, reason, atMicroseconds);

    /// <summary>Takes a segment of a flow.</summary>
    /// <returns>False if the flow is not wanted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Receive(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        var own = direction == FlowDirection.ToServer ? flow.ToServer : flow.ToClient;
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        if (flow.IsFlowing
            && segment.Sequence == own.Next
            && (segment.Flags & (ControlFlags | TcpFlags.Acknowledgement)) == TcpFlags.Acknowledgement
            && Distance(segment.Acknowledgement, peer.Next) <= 0
            && segment.MissingBytes == 0)
        {
            flow.LastSeenMicroseconds = atMicroseconds;
            int length = segment.Payload.Length;
            if (length > 0)
            {
                own.Next += (uint)length;
                _counters.DeliveredBytes += length;
                flow.Handler!.Data(direction, segment.Payload, flow.Clock(atMicroseconds));
            }

            return true;
        }

        return ReceiveUnusual(flow, direction, segment, atMicroseconds);
    }

    private bool ReceiveUnusual(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        long silentMicroseconds = atMicroseconds - flow.LastSeenMicroseconds;
        flow.LastSeenMicroseconds = atMicroseconds;
        _lifecycle.Follow(flow, direction, segment, silentMicroseconds, atMicroseconds);
        if (segment.Has(TcpFlags.Reset))
        {
            Abort(flow, direction, segment, atMicroseconds);
            return flow.State != FlowState.Unwanted;
        }

        switch (flow.State)
        {
            case FlowState.Open:
                Accept(flow, direction, segment, atMicroseconds);
                Settle(flow, atMicroseconds);
                return true;
            case FlowState.Unwanted:
                return false;
            default:
                _counters.DiscardedBytes += segment.Payload.Length;
                return true;
        }
    }

    private void Abort(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        _counters.DiscardedBytes += flow.State == FlowState.Unwanted ? 0 : segment.Payload.Length;
        var own = flow.Half(direction);
        bool isSomebodyElses = own.IsSynchronised && flow.State == FlowState.Open
            && !_lifecycle.IsWithinWindow(Distance(segment.Sequence, own.Next));
        if (flow.State == FlowState.Unwanted || isSomebodyElses)
        {
            return;
        }

        if (segment.Has(TcpFlags.Acknowledgement) && flow.State == FlowState.Open)
        {
            Acknowledge(flow, direction, segment, atMicroseconds);
        }

        _lifecycle.Close(flow, FlowCloseReason.Reset, atMicroseconds);
    }

    private void Acknowledge(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        peer.Acknowledge(segment.Acknowledgement, _limits.MaxWindowBytes, atMicroseconds);
    }

    /// <summary>An open flow's segment that is not simply the next one.</summary>
    private void Accept(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        if (segment.Has(TcpFlags.Acknowledgement))
        {
            Acknowledge(flow, direction, segment, atMicroseconds);
        }

        var own = flow.Half(direction);
        uint sequence = segment.Has(TcpFlags.Syn) ? segment.Sequence + 1 : segment.Sequence;
        int distance = Distance(sequence, own.Next);
        if (distance == -1 && segment.Length <= 1 && !segment.Has(ControlFlags))
        {
            _counters.KeepAlives++;
            _counters.DiscardedBytes += segment.Payload.Length;
        }
        else if (!_lifecycle.IsWithinWindow(distance) && distance < 0)
        {
            _counters.DiscardedBytes += segment.Payload.Length;
        }
        else
        {
            if (distance > _limits.MaxWindowBytes)
            {
                _filler.Flush(flow);
                _delivery.Gap(flow, direction, Distance(sequence, own.Next), atMicroseconds);
            }

            if (own.IsFinInferred && segment.Length > 0 && distance >= 0)
            {
                // It was no FIN, then: a byte is missing.
                own.IsFinInferred = false;
                own.IsFinished = false;
                own.Next--;
                _delivery.Gap(flow, direction, 1, atMicroseconds);
            }

            Place(flow, direction, segment, sequence, atMicroseconds);
        }

        _delivery.Pump(flow);
    }

    private void Place(TcpFlow flow, FlowDirection direction, in TcpSegment segment, uint sequence, long atMicroseconds)
    {
        var own = flow.Half(direction);
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        var payload = segment.Payload;
        int missing = segment.MissingBytes;
        if (segment.Has(TcpFlags.Fin) && !own.HasFin && !own.IsFinished)
        {
            uint fin = sequence + (uint)segment.Length;
            own.HasFin = Distance(fin, own.Next) >= 0;
            own.FinSequence = fin;
            own.FinAtMicroseconds = atMicroseconds;
        }

        CutBeyondFin(own, sequence, ref payload, ref missing);
        SkipSeen(own, ref sequence, ref payload, ref missing);
        _counters.OutOfOrder += payload.Length + missing > 0 && Distance(sequence, own.Next) > 0 ? 1 : 0;
        bool isAhead = segment.Has(TcpFlags.Acknowledgement) && _delivery.IsAhead(segment.Acknowledgement, peer);
        while (!isAhead && payload.Length + missing > 0 && RoomAtNext(own, sequence) is > 0 and int room)
        {
            var now = payload[..Math.Min(room, payload.Length)];
            int missingNow = Math.Min(room - now.Length, missing);
            _delivery.Data(flow, direction, now, missingNow, atMicroseconds);
            _delivery.Pump(flow);
            sequence += (uint)(now.Length + missingNow);
            payload = payload[now.Length..];
            missing -= missingNow;
            SkipSeen(own, ref sequence, ref payload, ref missing);
        }

        if (payload.Length + missing > 0)
        {
            uint acknowledgement = segment.Has(TcpFlags.Acknowledgement) ? segment.Acknowledgement : peer.Next;
            _delivery.Keep(own, sequence, payload, missing, acknowledgement, atMicroseconds);
            if (_delivery.IsOverBound(flow))
            {
                _counters.BufferBoundHits++;
                _filler.Relieve(flow);
            }
        }
    }

    /// <summary>How many bytes can be handed out at once: none if it isn't their turn, else all up to what is there already.</summary>
    private static int RoomAtNext(HalfStream own, uint sequence)
    {
        if (sequence != own.Next)
        {
            return 0;
        }

        return own.First is { } first ? Distance(first.Sequence, sequence) : int.MaxValue;
    }

    private void SkipSeen(HalfStream own, ref uint sequence, ref ReadOnlySpan<byte> payload, ref int missing)
    {
        int seen = Math.Min(-Distance(sequence, own.Next), payload.Length + missing);
        if (seen <= 0)
        {
            return;
        }

        int captured = Math.Min(seen, payload.Length);
        _counters.RepeatedBytes += captured;
        payload = payload[captured..];
        missing -= seen - captured;
        sequence += (uint)seen;
    }

    private void CutBeyondFin(HalfStream own, uint sequence, ref ReadOnlySpan<byte> payload, ref int missing)
    {
        if (!own.HasFin && !own.IsFinished)
        {
            return;
        }

        int room = own.IsFinished ? 0 : Math.Max(0, Distance(own.FinSequence, sequence));
        if (payload.Length > room)
        {
            _counters.DiscardedBytes += payload.Length - room;
            payload = payload[..room];
        }

        missing = Math.Min(missing, room - payload.Length);
    }

    /// <summary>After a change: closed, waiting, or flowing.</summary>
    private void Settle(TcpFlow flow, long atMicroseconds)
    {
        if (flow.State != FlowState.Open)
        {
            return;
        }

        flow.IsFlowing = false;
        if (flow.ToServer.IsFinished && flow.ToClient.IsFinished)
        {
            _lifecycle.Close(flow, FlowCloseReason.Fin, atMicroseconds);
        }
        else if (flow.IsStalled)
        {
            _filler.Watch(flow);
        }
        else
        {
            _filler.Unwatch(flow);
            flow.IsFlowing = flow.ToServer.IsSynchronised && flow.ToClient.IsSynchronised && !flow.IsHalfClosed;
        }
    }
}
