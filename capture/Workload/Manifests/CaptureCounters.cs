namespace Replay.Workload;

/// <summary>
/// What became of every packet: <see cref="PacketsSeen"/> = <see cref="PacketsDecoded"/> + all of <see cref="PacketsIgnored"/> +
/// <see cref="PacketsDroppedByKernel"/> + <see cref="PacketsDroppedByAgent"/>.
/// </summary>
public sealed record CaptureCounters
{
    /// <summary>Packets delivered plus packets that the kernel dropped.</summary>
    public long PacketsSeen { get; init; }

    /// <summary>Bytes of the packets delivered.</summary>
    public long BytesSeen { get; init; }

    /// <summary>Packets whose bytes went into a session.</summary>
    public long PacketsDecoded { get; init; }

    /// <summary>Packets that were none of ours, by reason.</summary>
    public IReadOnlyDictionary<string, long> PacketsIgnored { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Packets that the kernel or the interface dropped before we saw them.</summary>
    public long PacketsDroppedByKernel { get; init; }

    /// <summary>Packets that the agent dropped because a bound was hit.</summary>
    public long PacketsDroppedByAgent { get; init; }

    /// <summary>Holes in the sessions' byte streams.</summary>
    public long Gaps { get; init; }

    /// <summary>Bytes missing in those holes, where their number is known.</summary>
    public long GapBytes { get; init; }

    /// <summary>Sessions.</summary>
    public long Sessions { get; init; }

    /// <summary>Sessions seen from their first packet.</summary>
    public long SessionsFromStart { get; init; }

    /// <summary>Sessions that went over to encryption.</summary>
    public long SessionsEncrypted { get; init; }

    /// <summary>Sessions whose decoding was given up.</summary>
    public long SessionsUndecodable { get; init; }

    /// <summary>Exchanges recorded.</summary>
    public long Exchanges { get; init; }

    /// <summary>Exchanges of which a part is missing.</summary>
    public long ExchangesIncomplete { get; init; }

    /// <summary>Exchanges that were decoded and not recorded because a bound was hit (queue full, disk quota).</summary>
    public long ExchangesDropped { get; init; }

    /// <summary>Exchanges that carry an error.</summary>
    public long ExchangesFailed { get; init; }

    /// <summary>Bytes that could not be decoded, number of times by reason.</summary>
    public IReadOnlyDictionary<string, long> Faults { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
