namespace Replay.Protocol;

/// <summary>Bounds of one conversation. What is over them is dropped and flagged in the exchange, never silently.</summary>
public sealed record ConversationLimits
{
    /// <summary>The most bytes of a request that are kept, COPY and LOCAL INFILE data included. 64 MiB by default: four times MySQL's largest packet.</summary>
    public int MaxRequestBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The longest single response message that is held whole; a longer one (a row with a huge value) is passed through: counted,
    /// its rows not hashed. 16 MiB by default.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 16 << 20;

    /// <summary>The most requests that may wait for their responses. 65,536 by default; pipelines beyond it are given up.</summary>
    public int MaxPendingRequests { get; init; } = 1 << 16;

    /// <summary>The most prepared statements remembered; the oldest are forgotten (their executes become <c>UnknownStatement</c>). 16,384 by default.</summary>
    public int MaxPreparedStatements { get; init; } = 1 << 14;

    /// <summary>The most bytes kept of a first row. 256 by default.</summary>
    public int MaxFirstRowBytes { get; init; } = 256;

    /// <summary>The most bytes of values kept where all are wanted: RETURNING, single-row results. 4 KiB by default; over it only the first row's beginning is kept.</summary>
    public int MaxValuesBytes { get; init; } = 4 << 10;

    /// <summary>Whether any values are kept (<c>--keep-values</c>).</summary>
    public bool KeepValues { get; init; } = true;

    /// <summary>Whether rows after the first are kept too, whole ones from the first on, as many as <see cref="MaxValuesBytes"/> holds. Not by default.</summary>
    public bool KeepRows { get; init; }

    /// <summary>
    /// What the replayer uses: rows beyond the first are what a difference is told from, and it is known only at the end of a response that it differs from the captured one. 12 KiB, so that what a connection keeps does
    /// not outgrow its buffers (16 KiB).
    /// </summary>
    public static ConversationLimits ForReplay { get; } = new() { KeepRows = true, MaxValuesBytes = 12 << 10 };

    /// <summary>The bounds used where nothing else is said.</summary>
    public static ConversationLimits Default { get; } = new();
}
