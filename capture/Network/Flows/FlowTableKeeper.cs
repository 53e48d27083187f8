namespace Replay.Network.Flows;

/// <summary>Keeps the table of connections within its bounds of number and time.</summary>
internal sealed class FlowTableKeeper(FlowTable flows, TcpReassembler reassembler, ReassemblyLimits limits, PipelineCounters counters)
{
    /// <summary>How often idle connections are looked for: a walk over the table, so seldom.</summary>
    public const long IntervalMicroseconds = 10_000_000;

    /// <summary>
    /// When the table is full this part of it is evicted at once, so that finding those silent the longest costs little per new flow.
    /// </summary>
    private const int EvictedPart = 16;

    private readonly long _idleMicroseconds = (long)limits.IdleTimeout.TotalMicroseconds;
    private readonly long _halfClosedMicroseconds = (long)limits.HalfClosedTimeout.TotalMicroseconds;
    private readonly long _lingerMicroseconds = (long)limits.ClosedLinger.TotalMicroseconds;

    /// <summary>Makes a flow, and room for it if need be.</summary>
    public TcpFlow Add(in FlowKey key, long atMicroseconds)
    {
        if (flows.Count >= limits.MaxFlows)
        {
            Evict(atMicroseconds);
        }

        var flow = new TcpFlow(key);
        flow.Reset(atMicroseconds);
        flows.Add(flow);
        return flow;
    }

    /// <summary>Closes what was silent for too long, and forgets what was closed long ago.</summary>
    public void Sweep(long nowMicroseconds)
    {
        // Backwards: removing a flow moves others only into slots already passed, or around the end, where the next sweep finds them.
        for (int slot = flows.Slots - 1; slot >= 0; slot--)
        {
            if (flows.At(slot) is not { } flow)
            {
                continue;
            }

            long silentMicroseconds = nowMicroseconds - flow.LastSeenMicroseconds;
            if (flow.State is FlowState.Closed or FlowState.Opening)
            {
                Forget(flow, silentMicroseconds > _lingerMicroseconds, FlowCloseReason.Idle, nowMicroseconds);
            }
            else if (flow.IsHalfClosed)
            {
                Forget(flow, silentMicroseconds > _halfClosedMicroseconds, FlowCloseReason.Fin, nowMicroseconds);
            }
            else
            {
                Forget(flow, silentMicroseconds > _idleMicroseconds, FlowCloseReason.Idle, nowMicroseconds);
            }
        }
    }

    /// <summary>The end.</summary>
    public void CloseAll(long nowMicroseconds)
    {
        foreach (var flow in All())
        {
            Forget(flow, true, FlowCloseReason.EndOfCapture, nowMicroseconds);
        }
    }

    private static int Rank(TcpFlow flow) => flow.State is FlowState.Closed or FlowState.Opening or FlowState.Unwanted ? 0 : 1;

    private void Evict(long nowMicroseconds)
    {
        var candidates = All();
        candidates.Sort(static (a, b) => Rank(a) != Rank(b) ? Rank(a) - Rank(b) : a.LastSeenMicroseconds.CompareTo(b.LastSeenMicroseconds));
        int count = Math.Max(1, limits.MaxFlows / EvictedPart);
        foreach (var flow in candidates.Take(count))
        {
            counters.FlowsEvicted += flow.State == FlowState.Open ? 1 : 0;
            Forget(flow, true, FlowCloseReason.Evicted, nowMicroseconds);
        }
    }

    private List<TcpFlow> All()
    {
        var all = new List<TcpFlow>(flows.Count);
        for (int slot = 0; slot < flows.Slots; slot++)
        {
            if (flows.At(slot) is { } flow)
            {
                all.Add(flow);
            }
        }

        return all;
    }

    private void Forget(TcpFlow flow, bool isDue, FlowCloseReason reason, long nowMicroseconds)
    {
        if (isDue)
        {
            reassembler.Close(flow, reason, nowMicroseconds);
            flows.Remove(flow);
        }
    }
}
