using static Replay.Network.Flows.SequenceNumber;

namespace Replay.Network.Flows;

/// <summary>
/// Decides when bytes that do not come are missing. Flows that wait for something are watched; those whose time is up go on behind a gap.
/// </summary>
internal sealed class HoleFiller(ReassemblyLimits limits, FlowDelivery delivery)
{
    /// <summary>So that a flood of stalled flows does not make each packet walk over all of them.</summary>
    private const long MinSweepIntervalMicroseconds = 1_000;

    private readonly long _patienceMicroseconds = (long)limits.ReorderPatience.TotalMicroseconds;
    private readonly long _holeTimeoutMicroseconds = (long)limits.HoleTimeout.TotalMicroseconds;
    private readonly List<TcpFlow> _stalled = [];

    /// <summary>When the next flow's time may be up, microseconds since 1970.</summary>
    public long NextDeadlineMicroseconds { get; private set; } = long.MaxValue;

    public void Watch(TcpFlow flow)
    {
        if (flow.StalledIndex < 0)
        {
            flow.StalledIndex = _stalled.Count;
            _stalled.Add(flow);
        }

        NextDeadlineMicroseconds = Math.Min(NextDeadlineMicroseconds, Deadline(flow));
    }

    public void Unwatch(TcpFlow flow)
    {
        if (flow.StalledIndex >= 0)
        {
            var last = _stalled[^1];
            _stalled[flow.StalledIndex] = last;
            last.StalledIndex = flow.StalledIndex;
            _stalled.RemoveAt(_stalled.Count - 1);
            flow.StalledIndex = -1;
        }
    }

    /// <summary>Lets flows go on whose time is up.</summary>
    /// <param name="nowMicroseconds">Time of the newest packet.</param>
    /// <param name="settle">Called for each flow that went on.</param>
    public void Sweep(long nowMicroseconds, Action<TcpFlow, long> settle)
    {
        for (int i = _stalled.Count - 1; i >= 0; i--)
        {
            var flow = _stalled[i];
            if (Deadline(flow) > nowMicroseconds)
            {
                continue;
            }

            while (Deadline(flow) <= nowMicroseconds)
            {
                FillOne(flow, nowMicroseconds);
            }

            settle(flow, nowMicroseconds);
        }

        long next = long.MaxValue;
        foreach (var flow in _stalled)
        {
            next = Math.Min(next, Deadline(flow));
        }

        NextDeadlineMicroseconds = Math.Max(next, nowMicroseconds + MinSweepIntervalMicroseconds);
    }

    /// <summary>Hands out all that waits, with a gap in each hole. Afterwards the flow is not stalled.</summary>
    public void Flush(TcpFlow flow)
    {
        while (flow.IsStalled)
        {
            FillOne(flow, long.MaxValue);
        }
    }

    /// <summary>Goes on until the flow, or all flows together, are within their bounds again.</summary>
    public void Relieve(TcpFlow flow)
    {
        while (flow.IsStalled && delivery.IsOverBound(flow))
        {
            FillOne(flow, long.MaxValue);
        }
    }

    private static bool IsCandidate(HalfStream half) => half.IsSynchronised
        && !half.IsFinished
        && (half.IsBehindAcknowledgement || half.HasHole)
        && (half.First is not { } first || Distance(first.Sequence, half.Next) > 0);

    /// <summary>
    /// One step on: a gap, or contradicting segments. Of two holes whose time is up, that which was noticed first is the older; if one
    /// packet proves both, the request was lost before its response.
    /// </summary>
    private void FillOne(TcpFlow flow, long nowMicroseconds)
    {
        bool isToServer = IsCandidate(flow.ToServer);
        bool isToClient = IsCandidate(flow.ToClient);
        if (isToServer && isToClient)
        {
            bool isToServerDue = Deadline(flow.ToServer) <= nowMicroseconds;
            bool isToClientDue = Deadline(flow.ToClient) <= nowMicroseconds;
            isToServer = isToServerDue != isToClientDue ? isToServerDue : NoticedAt(flow.ToServer) <= NoticedAt(flow.ToClient);
        }

        if (isToServer || isToClient)
        {
            Fill(flow, isToServer ? FlowDirection.ToServer : FlowDirection.ToClient);
        }
        else
        {
            // Each half waits for the other: acknowledgements that contradict each other. The bytes are there, so hand them out.
            delivery.First(flow, flow.ToServer.First is not null ? FlowDirection.ToServer : FlowDirection.ToClient);
        }

        delivery.Pump(flow);
    }

    private void Fill(TcpFlow flow, FlowDirection direction)
    {
        var half = flow.Half(direction);
        var peer = direction == FlowDirection.ToServer ? flow.ToClient : flow.ToServer;
        long at = NoticedAt(half);
        uint end = half.IsBehindAcknowledgement ? half.Acknowledged : half.First?.Sequence ?? half.FinSequence;
        if (half.First is { } first && Distance(first.Sequence, end) < 0)
        {
            end = first.Sequence;
        }

        if (half.HasFin && Distance(half.FinSequence, end) < 0)
        {
            end = half.FinSequence;
        }

        int missing = Distance(end, half.Next);
        if (missing == 1 && !half.HasFin && half.First is null && peer.First is null)
        {
            // A FIN occupies one number. Nobody has gone on behind it, so that is what was not seen.
            half.Advance(1);
            half.IsFinished = true;
            half.IsFinInferred = true;
            return;
        }

        delivery.Gap(flow, direction, missing, at);
    }

    private static long NoticedAt(HalfStream half)
    {
        long beyond = half.First?.AtMicroseconds ?? (half.IsFinWaiting ? half.FinAtMicroseconds : long.MaxValue);
        return half.IsBehindAcknowledgement ? Math.Min(beyond, half.AcknowledgedAtMicroseconds) : beyond;
    }

    private long Deadline(TcpFlow flow) => Math.Min(Deadline(flow.ToServer), Deadline(flow.ToClient));

    private long Deadline(HalfStream half)
    {
        long deadline = half.IsBehindAcknowledgement ? half.AcknowledgedAtMicroseconds + _patienceMicroseconds : long.MaxValue;
        if (half.First is not null || half.IsFinWaiting)
        {
            deadline = Math.Min(deadline, (half.First?.AtMicroseconds ?? half.FinAtMicroseconds) + _holeTimeoutMicroseconds);
        }

        return deadline;
    }
}
