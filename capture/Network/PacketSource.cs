namespace Replay.Network;

/// <summary>Packets, one after the other. Not safe for use by several threads at once.</summary>
public abstract class PacketSource : IDisposable
{
    /// <summary>A source with counters of its own, or with those of the source that it is a part of.</summary>
    protected PacketSource(SourceCounters? counters = null) => Counters = counters ?? new SourceCounters();

    /// <summary>Link type of the first interface; each packet says its own.</summary>
    public abstract LinkType LinkType { get; }

    /// <summary>What was delivered and lost so far.</summary>
    public SourceCounters Counters { get; }

    /// <summary>Nothing will come any more.</summary>
    public bool IsEnded { get; protected set; }

    /// <summary>
    /// What went wrong, in one line: a file that ends in the middle of a packet, an interface that vanished. What came before it was
    /// delivered. Null if all is well.
    /// </summary>
    public string? Problem { get; protected set; }

    /// <summary>Whether packets are of now: then what the clock says may be told to <see cref="CapturePipeline.Advance"/>.</summary>
    public virtual bool IsLive => false;

    /// <summary>The next packet.</summary>
    /// <param name="packet">Valid until the next call.</param>
    /// <returns>
    /// False if there is none: for good if <see cref="IsEnded"/>, else (interfaces and pipes) for now, so that the caller can do its
    /// chores.
    /// </returns>
    public abstract bool TryNext(out CapturedPacket packet);

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Counts a packet that is about to be handed out.</summary>
    protected void CountDelivered(int capturedLength, bool isTruncated)
    {
        Counters.Delivered++;
        Counters.DeliveredBytes += capturedLength;
        if (isTruncated)
        {
            Counters.Truncated++;
        }
    }
}
