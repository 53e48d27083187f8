using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// Waits by <see href="https://man7.org/linux/man-pages/man2/poll.2.html">ppoll</see> on an
/// <see href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd</see>: a sleep to the microsecond that another thread can cut short, which
/// clock_nanosleep cannot be. The thread's timer slack is set to 1 ns; the default of 50 us would triple the lateness.
/// </summary>
public sealed partial class LinuxWaiter : IWaiter
{
    private const int TimerSlackOption = 29;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short PollIn = 1;

    private readonly int _event;

    /// <summary>Opens the event.</summary>
    /// <exception cref="Win32Exception">No file descriptor is to be had.</exception>
    public LinuxWaiter()
    {
        _event = EventFd(0, CloseOnExec | NonBlocking);
        if (_event < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc/>
    public void Enter() => _ = Prctl(TimerSlackOption, 1, 0, 0, 0);

    /// <inheritdoc/>
    public void Wait(long microseconds)
    {
        if (microseconds <= 0)
        {
            return;
        }

        var poll = new PollFd { Descriptor = _event, Events = PollIn };
        var timeout = new TimeSpec { Seconds = (nint)(microseconds / 1_000_000), Nanoseconds = (nint)(microseconds % 1_000_000 * 1_000) };
        if (PPoll(ref poll, 1, in timeout, 0) > 0)
        {
            _ = Read(_event, out _, sizeof(ulong));
        }
    }

    /// <inheritdoc/>
    public void Wake()
    {
        var one = 1UL;
        _ = Write(_event, in one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_event);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int PPoll(ref PollFd descriptors, nuint count, in TimeSpec timeout, nint signalMask);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, out ulong value, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, in ulong value, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
