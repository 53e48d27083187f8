namespace Replay.Network;

/// <summary>Why a packet was not decoded.</summary>
public enum IgnoreReason
{
    /// <summary>Not ignored.</summary>
    None,

    /// <summary>The link type is none that we read.</summary>
    UnsupportedLink,

    /// <summary>Neither IPv4 nor IPv6.</summary>
    NotIp,

    /// <summary>IP, but not TCP (also IPsec, which hides what it is).</summary>
    NotTcp,

    /// <summary>TCP, but neither end is a server of ours.</summary>
    OtherPort,

    /// <summary>A header contradicts itself or the packet's length.</summary>
    Malformed,

    /// <summary>The capture cut the packet off (snap length) before the end of its headers.</summary>
    Truncated,

    /// <summary>A fragment whose datagram never became complete, or overlapped in a way that receivers refuse.</summary>
    FragmentIncomplete,

    /// <summary>The flow factory did not want the connection.</summary>
    UnwantedFlow,
}
