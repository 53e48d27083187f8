using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary><c>struct pcap_stat</c>: 32-bit counters since the capture began, which wrap.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PcapStatistics
{
    public uint Received;
    public uint Dropped;
    public uint DroppedByInterface;
}
