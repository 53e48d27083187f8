using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary><c>poll(2)</c> on one descriptor.</summary>
internal static unsafe partial class Poll
{
    private const short PollIn = 1;

    /// <summary>Waits until the descriptor can be read, is at its end or has an error.</summary>
    /// <returns>False if the time was up before, or a signal came.</returns>
    public static bool WaitForInput(int descriptor, int milliseconds)
    {
        var entry = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        return Wait(&entry, 1, milliseconds) > 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Wait(PollDescriptor* descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
