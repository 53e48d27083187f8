namespace Replay.Network;

/// <summary>
/// What the pipeline may hold, and how long. When a bound is hit, what is held is handed out, what is missing becomes a gap, and the
/// flow goes on: production comes first.
/// </summary>
public sealed record ReassemblyLimits
{
    /// <summary>
    /// Connections followed at a time. Pooled connections are silent for hours, so it is this bound and not a short timeout that limits
    /// the table; the one that was silent the longest goes first, and closed ones before all others.
    /// </summary>
    public int MaxFlows { get; init; } = 65_536;

    /// <summary>Bytes held out of order for one connection. A window is 6 MB at most on a Linux host that was not tuned.</summary>
    public int MaxBufferedBytesPerFlow { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes held out of order over all connections.</summary>
    public long MaxBufferedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Segments held for one connection: bounds the search among them.</summary>
    public int MaxBufferedSegmentsPerFlow { get; init; } = 4_096;

    /// <summary>
    /// Sequence numbers further away than this belong to another connection whose beginning was not seen. Windows are a few megabytes;
    /// RFC 7323 allows 1 GiB, but then one of four lost beginnings would be taken for old data.
    /// </summary>
    public int MaxWindowBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long bytes that the receiver has acknowledged may stay unseen before they are missing: several queues of one interface, and
    /// merged captures, show packets in a slightly other order than the hosts did.
    /// </summary>
    public TimeSpan ReorderPatience { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long to wait for bytes that nobody has acknowledged (lost before the tap and to be sent again, or the acknowledgements are
    /// not in the capture).
    /// </summary>
    public TimeSpan HoleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long a silent connection is given up.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// After how long a connection is closed when one side has sent FIN and neither anything more: the other FIN was not seen.
    /// </summary>
    public TimeSpan HalfClosedTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a closed connection is remembered, so that late packets do not look like a new one (TIME_WAIT).</summary>
    public TimeSpan ClosedLinger { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>IP datagrams under reassembly at a time, each up to 64 KiB. TCP avoids fragments, so few are real.</summary>
    public int MaxFragmentedDatagrams { get; init; } = 128;

    /// <summary>How long a datagram may stay incomplete; Linux waits as long (<c>ipfrag_time</c>).</summary>
    public TimeSpan FragmentTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
