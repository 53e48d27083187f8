using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// Real-time priority (<see href="https://man7.org/linux/man-pages/man7/sched.7.html">SCHED_FIFO</see>, the lowest) for the threads that send what is due and receive responses: whose turn it is on a
/// busy processor is then no part of what is measured. They work for microseconds at a time. Where the system does not allow it (it wants CAP_SYS_NICE or a limit on real-time priority
/// of 1 or more) they run as any other. Not at full speed, where they would never sleep.
/// </summary>
public sealed partial class ClockedThreads
{
    private const int Fifo = 1;
    private const int ResetOnFork = 0x40000000; // what they start is not real-time
    private const int ThisThread = 0;

    // The runtime's name of the threads that poll sockets, on which completions run; other threads may bring a response now and then, and stay as they are.
    private const string SocketsThread = ".NET Sockets";

    [ThreadStatic]
    private static ClockedThreads? _entered; // whose run this thread has asked for

    private readonly bool _isWanted;
    private int _refused;
    private int _granted;

    /// <summary>For a run with a schedule, if <paramref name="isWanted"/>.</summary>
    public ClockedThreads(bool isWanted) => _isWanted = isWanted;

    /// <summary>Whether all threads that asked were given it, and one has.</summary>
    public bool IsGranted => Volatile.Read(ref _granted) > 0 && Volatile.Read(ref _refused) == 0;

    /// <summary>Called by the dispatcher's thread before it begins.</summary>
    public void EnterDispatcher() => Enter();

    /// <summary>Called by whoever brings a response; the first time on each thread that polls sockets it asks for the priority.</summary>
    public void EnterReceiver()
    {
        if (_entered != this)
        {
            _entered = this;
            if (string.Equals(Thread.CurrentThread.Name, SocketsThread, StringComparison.Ordinal))
            {
                Enter();
            }
        }
    }

    private void Enter()
    {
        if (!_isWanted || !OperatingSystem.IsLinux())
        {
            return;
        }

        var priority = 1;
        Interlocked.Increment(ref SetScheduler(ThisThread, Fifo | ResetOnFork, in priority) == 0 ? ref _granted : ref _refused);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);
}
