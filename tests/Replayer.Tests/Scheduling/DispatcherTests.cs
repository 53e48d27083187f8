namespace Replay.Replayer.Tests;

/// <summary>Time is what the test says; the waiter shows what the dispatcher would have slept.</summary>
public sealed class DispatcherTests
{
    [Fact]
    public void NobodyIsCalledBeforeTheTimeAndEverybodyAtIt()
    {
        using var waiter = new SteppedWaiter();
        var called = new List<string>();
        using var dispatcher = new Dispatcher(() => waiter.Now, waiter);
        dispatcher.Schedule(new Named("b", called), 200);
        dispatcher.Schedule(new Named("a", called), 100);
        waiter.AdvanceTo(99);
        Assert.Empty(called);
        waiter.AdvanceTo(100);
        Assert.Equal(["a"], called);
        waiter.AdvanceTo(1_000);
        Assert.Equal(["a", "b"], called);
    }

    [Fact]
    public void AnEarlierMomentCutsTheSleepShort()
    {
        using var waiter = new SteppedWaiter();
        var called = new List<string>();
        using var dispatcher = new Dispatcher(() => waiter.Now, waiter);
        dispatcher.Schedule(new Named("late", called), 50_000);
        waiter.AdvanceTo(10);
        dispatcher.Schedule(new Named("soon", called), 20);
        waiter.AdvanceTo(20);
        Assert.Equal(["soon"], called);
    }

    private sealed class Named(string name, List<string> called) : IDispatched
    {
        public void OnDue()
        {
            lock (called)
            {
                called.Add(name);
            }
        }
    }
}
