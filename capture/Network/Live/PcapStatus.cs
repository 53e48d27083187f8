namespace Replay.Network.Live;

/// <summary>
/// What <c>pcap_activate</c> answers: errors below zero, warnings above.
/// <see href="https://www.tcpdump.org/manpages/pcap_activate.3pcap.html"/>
/// </summary>
internal enum PcapStatus
{
    Done = 0,
    NoSuchDevice = -5,
    PermissionDenied = -8,
    InterfaceNotUp = -9,
    PromiscuousPermissionDenied = -11,
}
