using System.Runtime.InteropServices;

namespace Replay.Replayer.Tests;

public sealed partial class ClockedThreadsTests
{
    private const int Other = 0;
    private const int FifoNotInherited = 1 | 0x40000000;

    [Theory]
    [InlineData(".NET Sockets", true, true)]
    [InlineData(".NET Sockets", false, false)]
    [InlineData("feeder", true, false)]
    public void OnlyThreadsThatReceiveAskForIt(string name, bool isWanted, bool asks)
    {
        var clocked = new ClockedThreads(isWanted);
        var policy = Run(name, () =>
        {
            clocked.EnterReceiver();
            clocked.EnterReceiver();
        });
        // Who may not have it goes on without; then nobody is told that there was any.
        Assert.Equal(clocked.IsGranted ? FifoNotInherited : Other, policy);
        Assert.True(asks || !clocked.IsGranted);
        Assert.Equal(asks && MayHaveIt(), clocked.IsGranted);
    }

    [Fact]
    public void TheDispatcherAsksForIt()
    {
        var clocked = new ClockedThreads(isWanted: true);
        Assert.Equal(MayHaveIt() ? FifoNotInherited : Other, Run("dispatcher", clocked.EnterDispatcher));
        Assert.Equal(MayHaveIt(), clocked.IsGranted);
    }

    private static bool MayHaveIt()
    {
        var priority = 1;
        var result = -1;
        Run("trial", () => result = SetScheduler(0, FifoNotInherited, in priority));
        return result == 0;
    }

    private static int Run(string name, Action action)
    {
        var policy = -1;
        var thread = new Thread(() =>
        {
            action();
            policy = GetScheduler(0);
        })
        { Name = name };
        thread.Start();
        thread.Join();
        return policy;
    }

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    private static partial int GetScheduler(int thread);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);
}
