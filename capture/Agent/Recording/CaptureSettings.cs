namespace Replay.Agent.Recording;

/// <summary>What <c>live</c> and <c>pcap</c> have in common.</summary>
internal sealed record CaptureSettings
{
    /// <summary>The servers.</summary>
    public required IReadOnlyList<ServerSpec> Servers { get; init; }

    /// <summary>The workload's folder.</summary>
    public required string Out { get; init; }

    /// <summary>Where the bytes come from, for the manifest: <c>live lo</c>, <c>pcap monday.pcap</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whose clock the times are of: <c>kernel</c> or <c>file</c>.</summary>
    public required string Clock { get; init; }

    /// <summary>Whether values of rows are kept.</summary>
    public bool KeepValues { get; init; } = true;

    /// <summary>The least completeness, in percent, for exit status 0; null: any.</summary>
    public double? RequireComplete { get; init; }

    /// <summary>How long to capture; null: until a signal or the end of the files.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The most bytes on disk; null: no bound.</summary>
    public long? MaxDiskBytes { get; init; }

    /// <summary>Whether it is a live capture.</summary>
    public bool IsLive { get; init; }

    /// <summary>Bytes of the input as far as they are known beforehand, for progress; 0: not known.</summary>
    public long InputBytes { get; init; }
}
