using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary><c>struct pcap_pkthdr</c> on 64-bit Linux: a <c>timeval</c> and two lengths.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PcapPacketHeader
{
    public nint Seconds;
    public nint Microseconds;
    public uint CapturedLength;
    public uint OriginalLength;
}
