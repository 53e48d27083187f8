using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary>
/// Attaches a filter to a packet socket, <see href="https://www.kernel.org/doc/html/latest/networking/filter.html"/>.
/// </summary>
internal static unsafe partial class SocketFilter
{
    private const int LevelSocket = 1;
    private const int AttachFilter = 26;

    /// <summary>Replaces the socket's filter in the kernel.</summary>
    /// <returns>False if the kernel refuses it.</returns>
    public static bool TryAttach(int descriptor, BpfProgram* program)
    {
        var filter = new Program { Length = (ushort)program->Length, Instructions = program->Instructions };
        return program->Length <= ushort.MaxValue && SetOption(descriptor, LevelSocket, AttachFilter, &filter, sizeof(Program)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(int descriptor, int level, int name, Program* value, int length);

    /// <summary><c>struct sock_fprog</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public nint Instructions;
    }
}
