using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary><c>struct bpf_program</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgram
{
    public uint Length;
    public nint Instructions;
}
