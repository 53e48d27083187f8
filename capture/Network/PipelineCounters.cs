namespace Replay.Network;

/// <summary>
/// What became of the packets and bytes. Written by the pipeline; any thread may read. These sums hold after every packet:
/// <code>
/// Seen         = Decoded + IgnoredTotal + FragmentsHeld + DroppedByKernel
/// PayloadBytes = DeliveredBytes + RepeatedBytes + DiscardedBytes + BufferedBytes
/// </code>
/// </summary>
public sealed class PipelineCounters
{
    private readonly long[] _ignored = new long[(int)IgnoreReason.UnwantedFlow + 1];

    /// <summary>Packets that passed the tap: those that reached the pipeline, and those that the kernel dropped before.</summary>
    public long Seen => Delivered + DroppedByKernel;

    /// <summary>Packets that reached the pipeline.</summary>
    public long Delivered { get; internal set; }

    /// <summary>
    /// Packets that the kernel dropped. The owner copies it from the source (<see cref="SourceCounters.DroppedByKernel"/>).
    /// </summary>
    public long DroppedByKernel { get; set; }

    /// <summary>TCP packets of our servers' connections.</summary>
    public long Decoded { get; internal set; }

    /// <summary>Packets ignored for any reason.</summary>
    public long IgnoredTotal { get; private set; }

    /// <summary>Fragments that wait for the rest of their datagram.</summary>
    public long FragmentsHeld { get; internal set; }

    /// <summary>TCP payload bytes in the decoded packets, as captured.</summary>
    public long PayloadBytes { get; internal set; }

    /// <summary>Bytes handed to flow handlers.</summary>
    public long DeliveredBytes { get; internal set; }

    /// <summary>Bytes that had been seen before: sent again by TCP, or captured twice.</summary>
    public long RepeatedBytes { get; internal set; }

    /// <summary>Bytes that belong to no connection's data: after its end, keep-alive probes, far outside the window.</summary>
    public long DiscardedBytes { get; internal set; }

    /// <summary>Bytes held until what precedes them arrives.</summary>
    public long BufferedBytes { get; internal set; }

    /// <summary>
    /// Bytes known to be missing, as told by <see cref="FlowHandler.Gap"/>: never captured, or cut off by the snap length.
    /// </summary>
    public long MissingBytes { get; internal set; }

    /// <summary>Gaps told.</summary>
    public long Gaps { get; internal set; }

    /// <summary>Packets with payload that came before their predecessor.</summary>
    public long OutOfOrder { get; internal set; }

    /// <summary>Keep-alive probes.</summary>
    public long KeepAlives { get; internal set; }

    /// <summary>Packets without data or handshake that belong to no connection we know: ends and acknowledgements of old ones.</summary>
    public long WithoutFlow { get; internal set; }

    /// <summary>Connections handed to the factory.</summary>
    public long FlowsOpened { get; internal set; }

    /// <summary>Of these, those whose handshake was seen.</summary>
    public long FlowsFromStart { get; internal set; }

    /// <summary>Of these, those that ended, for whatever reason.</summary>
    public long FlowsClosed { get; internal set; }

    /// <summary>Of these, those evicted because the table was full.</summary>
    public long FlowsEvicted { get; internal set; }

    /// <summary>Times that a bound on buffered bytes or segments was hit.</summary>
    public long BufferBoundHits { get; internal set; }

    /// <summary>Packets ignored for one reason.</summary>
    public long Ignored(IgnoreReason reason) => _ignored[(int)reason];

    internal void Ignore(IgnoreReason reason, long packets)
    {
        _ignored[(int)reason] += packets;
        IgnoredTotal += packets;
    }
}
