namespace Replay.Network.Files;

/// <summary>An interface of a pcapng section: what its description block says.</summary>
internal sealed class PcapNgInterface
{
    public required LinkType LinkType { get; init; }

    /// <summary>Most bytes captured of a packet; 0 for no limit.</summary>
    public required uint SnapLength { get; init; }

    public required TimestampResolution Resolution { get; init; }

    /// <summary>Packets dropped up to the last statistics block: the blocks count from the beginning.</summary>
    public long Dropped { get; set; }
}
