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

    private readonly IFlowFactory _factory;
    private readonly ReassemblyLimits _limits;
    private readonly PipelineCounters _counters;
    private readonly FlowDelivery _delivery;
    private readonly HoleFiller _filler;
    private readonly Action<TcpFlow, long> _settle;
    private readonly long _lingerMicroseconds;

    public TcpReassembler(IFlowFactory factory, ReassemblyLimits limits, PipelineCounters counters)
    {
        _factory = factory;
        _limits = limits;
        _counters = counters;
        _delivery = new FlowDelivery(limits, counters);
        _filler = new HoleFiller(limits, _delivery);
        _settle = Settle;
        _lingerMicroseconds = (long)limits.ClosedLinger.TotalMicroseconds;
    }

    /// <summary>When <see cref="Sweep"/> has to be called next, microseconds since 1970.</summary>
    public long NextDeadlineMicroseconds => _filler.NextDeadlineMicroseconds;

    /// <summary>Lets flows go on that waited long enough for what does not come.</summary>
    public void Sweep(long nowMicroseconds) => _filler.Sweep(nowMicroseconds, _settle);

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

    /// <summary>Hands out what waits and ends the flow; it stays in the table, closed.</summary>
    public void Close(TcpFlow flow, FlowCloseReason reason, long atMicroseconds)
    {
        if (flow.State == FlowState.Open)
        {
            _filler.Flush(flow);
            _filler.Unwatch(flow);
            _counters.FlowsClosed++;
            reason = flow.ToServer.IsFinished && flow.ToClient.IsFinished ? FlowCloseReason.Fin : reason;
            flow.Handler!.Closed(reason, flow.Clock(atMicroseconds));
            flow.Handler = null;
        }

        flow.IsFlowing = false;
        flow.State = FlowState.Closed;
    }

    private bool ReceiveUnusual(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        long silentMicroseconds = atMicroseconds - flow.LastSeenMicroseconds;
        flow.LastSeenMicroseconds = atMicroseconds;
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
            Abort(flow, direction, segment, atMicroseconds);
            return flow.State != FlowState.Unwanted;
        }

        Synchronise(flow, direction, segment);
        if (flow.State == FlowState.Opening && IsEstablished(flow, segment))
        {
            Open(flow);
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

    private bool IsWithinWindow(int distance) => distance <= _limits.MaxWindowBytes && distance >= -_limits.MaxWindowBytes;

    private void Abort(TcpFlow flow, FlowDirection direction, in TcpSegment segment, long atMicroseconds)
    {
        _counters.DiscardedBytes += flow.State == FlowState.Unwanted ? 0 : segment.Payload.Length;
        var own = flow.Half(direction);
        if (flow.State == FlowState.Unwanted || (own.IsSynchronised && flow.State == FlowState.Open && !IsWithinWindow(Distance(segment.Sequence, own.Next))))
        {
            return;
        }

        if (segment.Has(TcpFlags.Acknowledgement) && flow.State == FlowState.Open)
        {
            Acknowledge(flow, direction, segment, atMicroseconds);
        }

        Close(flow, FlowCloseReason.Reset, atMicroseconds);
    }

    private void Open(TcpFlow flow)
    {
        flow.Handler = _factory.Open(flow.Key.ToEndpoints(), flow.IsFromStart, flow.OpenedAtMicroseconds);
        if (flow.Handler is null)
        {
            flow.State = FlowState.Unwanted;
            return;
        }

        flow.State = FlowState.Open;
        _counters.FlowsOpened++;
        _counters.FlowsFromStart += flow.IsFromStart ? 1 : 0;
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
        else if (!IsWithinWindow(distance) && distance < 0)
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
            Close(flow, FlowCloseReason.Fin, atMicroseconds);
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
