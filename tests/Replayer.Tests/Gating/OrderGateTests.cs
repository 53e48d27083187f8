using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class OrderGateTests
{
    [Fact]
    public void ADependantIsSentWhenItsPredecessorHasEnded()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilSent(1, 1);
        bench.UntilWaiting(2);
        Assert.Equal(0, bench.Sent(2));
        bench.Answer(1);
        bench.UntilSent(2, 1);
        Assert.Equal(1, bench.Gate.Waits[OrderReason.Key].Count);
    }

    [Fact]
    public void AFailureEndsAWaitToo()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilSent(1, 1);
        bench.UntilWaiting(2);
        bench.Answer(1, "23505");
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void WhatIsLeftOutHasEndedAtOnce()
    {
        using var bench = new GateBench();
        bench.Add(1, skip: true);
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void OneThatIsLeftOutDoesNotEndThoseBeforeIt()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Add(1, skip: true); // ends while the one before it is on the wire
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilWaiting(2);
        Assert.Equal(0, bench.Sent(2));
        bench.Answer(1);
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void WhatIsLostWithItsConnectionKeepsItsPlace()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Add(2, state: TransactionState.Open);
        bench.UntilSent(2, 1);
        bench.Target.Links.First(l => l.Session.Number == 2).Close();
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.Add(3, [OrderDependency.OnEnd(2, 1, OrderReason.Key)]);
        bench.UntilWaiting(3);
        bench.UntilWaiting(2);
        Assert.Equal(0, bench.Sent(3));
        bench.Answer(1);
        bench.UntilSent(3, 1);
        Assert.Contains("2001:transaction_lost", bench.Recorder.Notes);
    }

    [Fact]
    public void WhatHasNoConnectionKeepsItsPlace()
    {
        using var bench = new GateBench();
        bench.Target.Refusal = "refused";
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilWaiting(2);
        bench.Target.Refusal = null;
        bench.Add(3, [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        bench.UntilWaiting(3);
        bench.Add(1);
        bench.UntilSent(1, 1);
        Assert.Equal(0, bench.Sent(3));
        bench.Answer(1);
        bench.UntilSent(3, 1);
    }

    [Fact]
    public void WhatIsLostWaitsNoLongerThanTheRun()
    {
        using var bench = new GateBench();
        bench.Target.Refusal = "refused";
        bench.Add(2, [OrderDependency.OnEnd(1, 0, OrderReason.Key)]);
        bench.UntilWaiting(2);
        bench.Context.IsDrained = true;
        bench.Player(2).Interrupt();
        Assert.Equal(["2000:drain_deadline"], bench.Recorder.Notes);
    }

    [Fact]
    public void AStartIsMetWhenTheServerHasHadTheTimeToBegin()
    {
        using var bench = new GateBench();
        bench.Add(2, [OrderDependency.OnSent(1, 0, OrderReason.Start)]);
        bench.UntilWaiting(2);
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Add(3, [OrderDependency.OnSent(1, 0, OrderReason.Start)]); // asks when it has been sent
        bench.UntilWaiting(3);
        bench.AdvanceTo(OrderGate.StartMicroseconds - 1);
        Assert.True(bench.IsWaiting(2) && bench.IsWaiting(3));
        bench.AdvanceTo(OrderGate.StartMicroseconds);
        bench.UntilSent(2, 1);
        bench.UntilSent(3, 1);
        bench.Add(4, [OrderDependency.OnSent(1, 0, OrderReason.Start)]);
        bench.UntilSent(4, 1);
    }

    [Fact]
    public void AStartIsMetByTheEndToo()
    {
        using var bench = new GateBench();
        bench.Add(2, [OrderDependency.OnSent(1, 0, OrderReason.Start)]);
        bench.UntilWaiting(2);
        bench.Add(1);
        bench.UntilSent(1, 1);
        Assert.Equal(0, bench.Sent(2));
        bench.Answer(1);
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void ACountIsMetWhenAllUpToItHaveEnded()
    {
        using var bench = new GateBench();
        bench.Add(1, marks: [new OrderMark(DependencyKind.Commits, 7, 1)]);
        bench.Add(2, marks: [new OrderMark(DependencyKind.Commits, 7, 2)]);
        bench.Add(3, [OrderDependency.OnCommits(7, 2)]);
        bench.UntilSent(1, 1);
        bench.UntilSent(2, 1);
        bench.UntilWaiting(3);
        bench.Answer(2); // the second one first
        Assert.True(bench.IsWaiting(3));
        bench.Answer(1);
        bench.UntilSent(3, 1);
    }

    [Fact]
    public void SeveralNeedsAreMetOneAfterTheOther()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.Add(2);
        bench.Add(3, [OrderDependency.OnEnd(1, 0, OrderReason.Key), OrderDependency.OnEnd(2, 0, OrderReason.Table)]);
        bench.UntilSent(1, 1);
        bench.UntilSent(2, 1);
        bench.UntilWaiting(3);
        bench.Answer(1);
        PlayerBench.Until(() => bench.IsWaiting(3));
        Assert.Equal(0, bench.Sent(3));
        bench.Answer(2);
        bench.UntilSent(3, 1);
        Assert.Equal(1, bench.Gate.Waits[OrderReason.Table].Count);
        Assert.Equal(0, bench.Gate.Waits[OrderReason.Key].Count);
    }

    [Fact]
    public void ASessionThatIsOverKeepsNobodyWaiting()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.UntilSent(1, 1);
        bench.Answer(1);
        bench.Add(2, [OrderDependency.OnEnd(1, 5, OrderReason.Key)]); // lost with a damaged block, say
        bench.UntilWaiting(2);
        bench.End(1);
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void ManyAreWokenByOneEnd()
    {
        using var bench = new GateBench();
        bench.Add(1);
        bench.UntilSent(1, 1);
        for (var session = 2; session < 100; session++)
        {
            bench.Add(session, [OrderDependency.OnEnd(1, 0, OrderReason.Everything)]);
        }

        for (var session = 2; session < 100; session++)
        {
            bench.UntilWaiting(session);
        }

        bench.Answer(1);
        for (var session = 2; session < 100; session++)
        {
            bench.UntilSent(session, 1);
        }
    }
}
