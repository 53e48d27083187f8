using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>Signals to children.</summary>
internal static partial class ProcessSignals
{
    private const int SigInt = 2;

    /// <summary>Asks a child to end with what it has.</summary>
    public static void Interrupt(Process process)
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, SigInt);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
