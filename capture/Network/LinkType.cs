namespace Replay.Network;

/// <summary>
/// What a packet begins with, by the numbers of <see href="https://www.tcpdump.org/linktypes.html"/>. Others exist and are kept as
/// they are; their packets are ignored as <see cref="IgnoreReason.UnsupportedLink"/>.
/// </summary>
public enum LinkType
{
    /// <summary>BSD loopback: an address family in the byte order of the capturing host.</summary>
    Null = 0,

    /// <summary>Ethernet, with or without VLAN tags. The Linux loopback interface, too.</summary>
    Ethernet = 1,

    /// <summary>Raw IP in files of some BSDs.</summary>
    RawBsd = 12,

    /// <summary>Raw IP in files of OpenBSD.</summary>
    RawOpenBsd = 14,

    /// <summary>Raw IP, version 4 or 6 by the first four bits.</summary>
    Raw = 101,

    /// <summary>OpenBSD loopback: an address family in network byte order.</summary>
    Loop = 108,

    /// <summary>Linux cooked capture, version 1: the <c>any</c> interface.</summary>
    LinuxCooked = 113,

    /// <summary>Raw IPv4.</summary>
    IPv4 = 228,

    /// <summary>Raw IPv6.</summary>
    IPv6 = 229,

    /// <summary>Linux cooked capture, version 2: the <c>any</c> interface since libpcap 1.10.</summary>
    LinuxCooked2 = 276,

    /// <summary>A packet of a file that does not say what it is.</summary>
    Unknown = -1,
}
