using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class StallBreakerTests
{
    private const int Patience = (int)StallBreaker.PatienceMicroseconds;

    [Fact]
    public async Task ACircleOfAnOrderWaitAndALockIsBroken()
    {
        using var bench = new GateBench();
        // 1 holds a lock that 2 waits for on the target; 1's next statement waits for 2's by order.
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Answer(1);
        bench.Add(2);
        bench.UntilSent(2, 1);
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.UntilWaiting(1);
        var breaker = Breaker(bench, (Waiting: 1_002, Blocking: 1_001));
        await breaker.CheckAsync();
        Assert.True(bench.IsWaiting(1)); // patience
        bench.AdvanceTo(Patience);
        await breaker.CheckAsync();
        bench.UntilSent(1, 2);
        Assert.Equal(1, breaker.Circles);
        Assert.Equal(1, bench.Gate.Waits[OrderReason.Key].Released);
    }

    [Fact]
    public async Task WhileTheOtherRunHasItsTurnNothingIsLetGo()
    {
        using var bench = new GateBench();
        // Its own turns: 0 to 3 s, and 9 to 15 s.
        bench.Context.Pacer = new Pacer(Speed.Recorded, WorkloadMaker.Base, 0, new SliceTurns(Guid.Empty, 3_000_000, 0, GoesFirst: true));
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.UntilWaiting(1);
        var breaker = Breaker(bench);
        foreach (var at in (int[])[0, 2_900_000, 3_000_000, 8_900_000, 13_800_000])
        {
            bench.AdvanceTo(at);
            await breaker.CheckAsync();
            Assert.Equal(0, breaker.Limits);
        }

        bench.AdvanceTo(8_900_000 + (int)StallBreaker.LimitMicroseconds);
        await breaker.CheckAsync();
        Assert.Equal(1, breaker.Limits);
    }

    [Fact]
    public async Task BehindACircleAnotherIsLookedForSoon()
    {
        using var bench = new GateBench();
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilWaiting(1);
        bench.UntilWaiting(2);
        var breaker = Breaker(bench);
        bench.AdvanceTo(Patience);
        Assert.True(await breaker.CheckAsync());
        bench.Add(3, [OrderDependency.OnEnd(4, 0, OrderReason.Key)]);
        bench.Add(4, [OrderDependency.OnEnd(3, 0, OrderReason.Key)]);
        bench.UntilWaiting(3);
        bench.UntilWaiting(4);
        bench.AdvanceTo(Patience + (int)StallBreaker.ShortPatienceMicroseconds);
        Assert.True(await breaker.CheckAsync());
        Assert.Equal(2, breaker.Circles);
    }

    [Fact]
    public async Task AWaitThatEndsWhileTheLocksAreReadMakesNoCircle()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilWaiting(2);
        bench.Add(3, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.UntilWaiting(3);
        bench.AdvanceTo(Patience);
        var breaker = new StallBreaker(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks(() =>
        {
            bench.Answer(1); // 2 goes, and waits for a lock of 3's
            bench.UntilSent(2, 1);
            return [(1_001, 1_002)];
        }));
        Assert.False(await breaker.CheckAsync());
        Assert.Equal(0, breaker.Circles);
        Assert.True(bench.IsWaiting(3));
    }

    [Fact]
    public async Task AWaitWithoutACircleIsLeftAlone()
    {
        using var bench = new GateBench();
        bench.Add(2);
        bench.UntilSent(2, 1); // runs long
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Everything)]);
        bench.UntilWaiting(1);
        var breaker = Breaker(bench);
        await breaker.CheckAsync();
        bench.AdvanceTo(StallBreaker.BusyLimitMicroseconds - 1);
        await breaker.CheckAsync();
        Assert.True(bench.IsWaiting(1));
        Assert.Equal(0, breaker.Circles + breaker.Limits);

        // Unless it takes far longer than in production, and nothing else moves.
        bench.AdvanceTo(StallBreaker.BusyLimitMicroseconds);
        await breaker.CheckAsync();
        bench.UntilSent(1, 1);
        Assert.Equal(1, breaker.Limits);
    }

    [Fact]
    public async Task TheLeastDamagingWaitOfACircleGoes()
    {
        using var bench = new GateBench();
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.Add(2, [OrderDependency.OnEnd(3, 0, OrderReason.Commit)]);
        bench.Add(3, [OrderDependency.OnEnd(1, 0, OrderReason.Table)]);
        bench.UntilWaiting(1);
        bench.UntilWaiting(2);
        bench.UntilWaiting(3);
        bench.AdvanceTo(Patience);
        await Breaker(bench).CheckAsync();
        bench.UntilSent(2, 1);
        Assert.True(bench.IsWaiting(1));
        Assert.True(bench.IsWaiting(3));
        Assert.Equal(1, bench.Gate.Waits[OrderReason.Commit].Released);
    }

    [Fact]
    public async Task ACountLeadsToTheSessionThatHoldsTheMissingPlace()
    {
        using var bench = new GateBench();
        bench.Add(1, [OrderDependency.OnCommits(7, 1)]);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)], [new OrderMark(DependencyKind.Commits, 7, 1)]);
        bench.UntilWaiting(1);
        bench.UntilWaiting(2);
        bench.AdvanceTo(Patience);
        var breaker = Breaker(bench);
        await breaker.CheckAsync();
        bench.UntilSent(1, 1);
        Assert.Equal(1, breaker.Circles);
        Assert.True(bench.IsWaiting(2));
    }

    [Fact]
    public async Task WhenAllStandsStillForNoReasonThatIsFoundOneGoes()
    {
        using var bench = new GateBench();
        bench.Add(1, [OrderDependency.OnEnd(9, 0, OrderReason.Key)]); // a session that never comes
        bench.UntilWaiting(1);
        var breaker = Breaker(bench);
        await breaker.CheckAsync();
        bench.AdvanceTo(StallBreaker.LimitMicroseconds);
        await breaker.CheckAsync();
        bench.UntilSent(1, 1);
        Assert.Equal(1, breaker.Limits);
        Assert.Equal(StallBreaker.LimitMicroseconds, breaker.LongestMicroseconds);
    }

    // 1 holds a lock that 2 waits for on the target, which does not say so; 1's next statement waits for 2's by order; 3 goes on all the while.
    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public async Task ACircleOfALockThatIsNotShownIsBrokenThoughOthersGoOn(bool? isInLock)
    {
        using var bench = new GateBench();
        var breaker = new StallBreaker(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks() { IsInLock = isInLock });
        Circle(bench, TransactionState.Open);
        await PassAsync(bench, breaker, 1, 29);
        Assert.True(bench.IsWaiting(1));
        await PassAsync(bench, breaker, 30, 30);
        bench.UntilSent(1, 2);
        Assert.Equal(1, breaker.Limits);
        Assert.Equal(StallBreaker.BusyLimitMicroseconds, breaker.LongestMicroseconds);

        // And so is what the same transaction waits for next, without another half of a minute.
        bench.Answer(1);
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)], state: TransactionState.Idle);
        bench.UntilWaiting(1);
        await PassAsync(bench, breaker, 31, 32);
        bench.UntilSent(1, 3);
        Assert.Equal(2, breaker.Limits);
    }

    [Fact]
    public async Task AStatementThatTheServerSaysIsAtWorkIsWaitedFor()
    {
        using var bench = new GateBench();
        var breaker = new StallBreaker(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks() { IsInLock = false });
        Circle(bench, TransactionState.Open);
        await PassAsync(bench, breaker, 1, 90);
        Assert.True(bench.IsWaiting(1));
        Assert.Equal(0, breaker.Limits);
    }

    [Fact]
    public async Task WhoHoldsNoLockIsNotLetGo()
    {
        using var bench = new GateBench();
        var breaker = new StallBreaker(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks());
        Circle(bench, TransactionState.Idle);
        await PassAsync(bench, breaker, 1, 90);
        Assert.True(bench.IsWaiting(1));
        Assert.Equal(0, breaker.Limits);
    }

    private static void Circle(GateBench bench, TransactionState state)
    {
        bench.Add(1, state: state);
        bench.UntilSent(1, 1);
        bench.Answer(1);
        bench.Add(2);
        bench.UntilSent(2, 1);
        bench.Add(1, [OrderDependency.OnEnd(2, 0, OrderReason.Key)], state: state);
        bench.UntilWaiting(1);
    }

    // 3 ends something each second.
    private static async Task PassAsync(GateBench bench, StallBreaker breaker, int fromSecond, int toSecond)
    {
        for (var second = fromSecond; second <= toSecond; second++)
        {
            bench.AdvanceTo(second * 1_000_000L);
            bench.Add(3);
            bench.UntilSent(3, second);
            bench.Answer(3);
            await breaker.CheckAsync();
        }
    }

    private static StallBreaker Breaker(GateBench bench, params (long Waiting, long Blocking)[] locks) => new(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks(locks));
}
