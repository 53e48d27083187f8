namespace Replay.Workload;

/// <summary>
/// <c>manifest.json</c> of a workload: what was recorded, by what, where and when. Written when the capture begins and replaced when it ends;
/// a manifest without <see cref="CompletedAt"/> belongs to a capture that runs, or that was killed.
/// </summary>
public sealed record WorkloadManifest
{
    /// <summary>The format that this build writes. It reads this one and all before it.</summary>
    public const int CurrentFormatVersion = 2;

    /// <summary>The format's version; a newer one than <see cref="CurrentFormatVersion"/> is refused.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>Version of the program that wrote it.</summary>
    public string ToolVersion { get; init; } = "";

    /// <summary>The workload's identity; runs name it.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>When the capture began, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the capture ended, UTC; null while it runs or if it was killed.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Where the bytes came from, in words: <c>live lo</c>, <c>pcap monday.pcap</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>The servers whose traffic was recorded.</summary>
    public IReadOnlyList<CapturedServer> Servers { get; init; } = [];

    /// <summary>Which clock the times are of.</summary>
    public CaptureClock Clock { get; init; } = new();

    /// <summary>Microseconds since 1970 of the first packet; null if there was none.</summary>
    public long? FirstAtMicroseconds { get; init; }

    /// <summary>Microseconds since 1970 of the last packet; null if there was none.</summary>
    public long? LastAtMicroseconds { get; init; }

    /// <summary>Whether values of rows were kept (<c>--keep-values</c>).</summary>
    public bool KeepValues { get; init; } = true;

    /// <summary>The snapshot that belongs to it; null if none was taken.</summary>
    public SnapshotInfo? Snapshot { get; init; }

    /// <summary>What became of every packet and byte.</summary>
    public CaptureCounters Counters { get; init; } = new();

    /// <summary>What the file holds; the writer fills it in when the capture ends.</summary>
    public WorkloadContents Contents { get; init; } = new();

    /// <summary>What the user ought to know, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A server whose traffic was recorded.</summary>
/// <param name="Engine">The protocol spoken.</param>
/// <param name="Address">Address and port; the port alone with a leading colon if any address counted.</param>
/// <param name="Version">What the server says of itself; null if the wire did not tell.</param>
public sealed record CapturedServer(Engine Engine, string Address, string? Version);

/// <summary>The clock that a workload's times are of.</summary>
public sealed record CaptureClock
{
    /// <summary>Who took the times: <c>kernel</c> (live), <c>file</c> (a capture file's own), <c>log</c>.</summary>
    public string Source { get; init; } = "kernel";

    /// <summary>Resolution of the source in nanoseconds; the workload keeps microseconds.</summary>
    public long ResolutionNanoseconds { get; init; } = 1000;
}

/// <summary>What a workload file holds, counted by its writer.</summary>
public sealed record WorkloadContents
{
    /// <summary>Exchanges.</summary>
    public long Exchanges { get; init; }

    /// <summary>The highest session number.</summary>
    public int Sessions { get; init; }

    /// <summary>Shapes.</summary>
    public int Shapes { get; init; }

    /// <summary>Statements that got no shape because the table was full (see <see cref="WorkloadWriterOptions.MaxShapes"/>).</summary>
    public long ShapesRefused { get; init; }

    /// <summary>Gaps.</summary>
    public long Gaps { get; init; }

    /// <summary>Statement texts, column lists and the like that are stored once.</summary>
    public int InternedTexts { get; init; }

    /// <summary>Number of segment files.</summary>
    public int Segments { get; init; }

    /// <summary>Bytes of all segments together.</summary>
    public long Bytes { get; init; }
}
