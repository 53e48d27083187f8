using Microsoft.Win32.SafeHandles;

namespace Replay.Network.Live;

/// <summary>A <c>pcap_t</c>.</summary>
internal sealed class PcapHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibPcap.Close(handle);
        return true;
    }
}
