namespace Replay.Network;

/// <summary>What a source delivered and what it knows to have been lost before it. Written by the source, read by anybody.</summary>
public sealed class SourceCounters
{
    /// <summary>Packets handed out.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Captured bytes handed out.</summary>
    public long DeliveredBytes { get; internal set; }

    /// <summary>Packets of which the snap length cut something off.</summary>
    public long Truncated { get; internal set; }

    /// <summary>Packets that the kernel dropped because nobody fetched them in time; from a file, as its statistics blocks say.</summary>
    public long DroppedByKernel { get; internal set; }

    /// <summary>Packets that the network interface or its driver dropped, where it tells.</summary>
    public long DroppedByInterface { get; internal set; }
}
