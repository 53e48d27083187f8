using System.Runtime.InteropServices;

namespace Replay.Network.Live;

/// <summary><c>poll(2)</c> on one descriptor.</summary>
internal static unsafe partial class Poll
{
    private const short PollIn = 1;

    /// <summary>Waits until the descriptor can be read, has an error, or the time is up; a signal ends the wait early.</summary>
    public static void WaitForInput(int descriptor, int milliseconds)
    {
        var entry = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        _ = Wait(&entry, 1, milliseconds);
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
