namespace Replay.Network;

/// <summary>What to capture, and with how much memory of the kernel.</summary>
public sealed record LiveCaptureOptions
{
    /// <summary>64 MiB: 100,000 small packets a second may wait for more than three seconds.</summary>
    public const int DefaultBufferBytes = 64 * 1024 * 1024;

    /// <summary>Larger than any packet, as a cut-off packet is a gap in the conversation.</summary>
    public const int DefaultSnapLength = 262_144;

    /// <summary>The interface's name, or <c>any</c>.</summary>
    public required string Interface { get; init; }

    /// <summary>A filter in the language of pcap-filter(7); empty for all packets. <see cref="CaptureFilter"/> makes one.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The ring in which the kernel keeps packets until they are fetched. It is locked memory.</summary>
    public int BufferBytes { get; init; } = DefaultBufferBytes;

    /// <summary>Most bytes kept of a packet.</summary>
    public int SnapLength { get; init; } = DefaultSnapLength;

    /// <summary>
    /// Also packets that are not for this host: for a mirror port. An interface in this mode shows in the kernel's log.
    /// </summary>
    public bool IsPromiscuous { get; init; }
}
