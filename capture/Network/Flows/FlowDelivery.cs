using System.Diagnostics;
using static Replay.Network.Flows.SequenceNumber;

namespace Replay.Network.Flows;

/// <summary>Hands bytes and gaps to the handlers, keeps what has to wait, and counts.</summary>
internal sealed class FlowDelivery(ReassemblyLimits limits, PipelineCounters counters)
{
    private readonly SegmentPool _pool = new();

    /// <summary>Hands out the next bytes of one half, and tells of those cut off behind them.</summary>
    public void Data(TcpFlow flow, FlowDirection direction, ReadOnlySpan<byte> bytes, int missingBytes, long atMicroseconds)
    {
        var half = flow.Half(direction);
        if (!bytes.IsEmpty)
        {
            half.Advance(bytes.Length);
            counters.DeliveredBytes += bytes.Length;
            flow.Handler!.Data(direction, bytes, flow.Clock(atMicroseconds));
        }

        if (missingBytes > 0)
        {
            Gap(flow, direction, missingBytes, atMicroseconds);
        }
    }

    /// <summary>Declares the next bytes of one half missing.</summary>
    public void Gap(TcpFlow flow, FlowDirection direction, int bytes, long atMicroseconds)
    {
        Debug.Assert(bytes > 0, "a gap has a length");
        flow.Half(direction).Advance(bytes);
        counters.Gaps++;
        counters.MissingBytes += bytes;
        flow.Handler!.Gap(direction, bytes, flow.Clock(atMicroseconds));
    }

    /// <summary>Whether the flow, or all flows together, hold more than they may.</summary>
    public bool IsOverBound(TcpFlow flow) =>
        flow.Footprint > limits.MaxBufferedBytesPerFlow
        || flow.Segments > limits.MaxBufferedSegmentsPerFlow
        || _pool.Footprint > limits.MaxBufferedBytes;

    /// <summary>Keeps bytes until their turn comes.</summary>
    public void Keep(HalfStream half, uint sequence, ReadOnlySpan<byte> bytes, int missingBytes, uint acknowledgement, long atMicroseconds)
    {
        int added = half.Insert(_pool, sequence, bytes, missingBytes, acknowledgement, atMicroseconds);
        counters.BufferedBytes += added;
        counters.RepeatedBytes += bytes.Length - added;
    }

    /// <summary>Hands out all of what waits that may go now.</summary>
    public void Pump(TcpFlow flow)
    {
        while (Drain(flow, FlowDirection.ToServer) | Drain(flow, FlowDirection.ToClient))
        {
        }
    }

    /// <summary>Hands out the first waiting segment, which is at its place.</summary>
    public void First(TcpFlow flow, FlowDirection direction)
    {
        var half = flow.Half(direction);
        var segment = half.RemoveFirst();
        int skip = Math.Min(segment.Length, Distance(half.Next, segment.Sequence));
        int length = segment.Length - skip;
        if (segment.IsMissing)
        {
            if (length > 0)
            {
                Gap(flow, direction, length, segment.AtMicroseconds);
            }
        }
        else
        {
            counters.BufferedBytes -= segment.Length;
            counters.RepeatedBytes += skip;
            Data(flow, direction, segment.Bytes[skip..], 0, segment.AtMicroseconds);
        }

        _pool.Return(segment);
    }

    /// <summary>
    /// Whether bytes that acknowledge this much have to wait for the other half. An acknowledgement of bytes that nobody can have sent
    /// yet means nothing.
    /// </summary>
    public bool IsAhead(uint acknowledgement, HalfStream peer)
    {
        int ahead = Distance(acknowledgement, peer.Next);
        return ahead > 0 && ahead <= limits.MaxWindowBytes && peer.IsSynchronised && !peer.IsFinished;
    }

    private bool Drain(TcpFlow flow, FlowDirection direction)
    {
        var own = flow.Half(direction);
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        bool hasMoved = false;
        while (own.First is { } first && Distance(first.Sequence, own.Next) <= 0 && !IsAhead(first.Acknowledgement, peer))
        {
            First(flow, direction);
            hasMoved = true;
        }

        if (own.HasFin && !own.IsFinished && Distance(own.FinSequence, own.Next) <= 0)
        {
            own.Advance(1);
            own.IsFinished = true;
            hasMoved = true;
            DropBeyondFin(own);
        }

        return hasMoved;
    }

    private void DropBeyondFin(HalfStream half)
    {
        while (half.First is not null)
        {
            var segment = half.RemoveFirst();
            if (!segment.IsMissing)
            {
                counters.BufferedBytes -= segment.Length;
                counters.DiscardedBytes += segment.Length;
            }

            _pool.Return(segment);
        }
    }
}
