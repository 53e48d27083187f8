using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>An exchange that has not ended although it was answered, and its last answer.</summary>
public sealed class HeldExchange
{
    private readonly ExchangeHolder _outcome = new();

    internal HeldExchange(in SentExchange sent, in Exchange exchange, int index)
    {
        Index = index;
        Sent = sent;
        Sent.FirstSentMicroseconds = exchange.RequestedAtMicroseconds;
        _outcome.Take(0, exchange);
    }

    /// <summary>It, as it was sent first; its request is still there.</summary>
    public SentExchange Sent;

    /// <summary>Whether it is being sent again, so that its outcome is not known.</summary>
    public bool IsOnWire { get; internal set; }

    /// <summary>Its place among what is kept of the transaction.</summary>
    internal int Index { get; }

    /// <summary>What was answered last.</summary>
    public Exchange Outcome => _outcome.ToExchange();

    internal void Take(in SentExchange again, in Exchange exchange, bool counts)
    {
        IsOnWire = false;
        if (counts)
        {
            Sent.Collections = again.Collections;
            _outcome.Take(0, exchange);
        }
    }
}
