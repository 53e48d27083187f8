using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>At most so many transactions in flight, and none that waits for ever.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public void OneAfterTheOtherInTheOrderOfTheCapture()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 10);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 30);
        bench.Add(3, at: 20);
        PlayerBench.Until(() => bench.Admission!.Waits == 2);
        bench.Answer(1);
        bench.UntilSent(3, 1);
        Assert.Equal(0, bench.Sent(2));
        bench.Answer(3);
        bench.UntilSent(2, 1);
        bench.Answer(2);
        Assert.Equal((1, 2L, 0L), (bench.Admission!.Most, bench.Admission.Waits, bench.Admission.Beyond));
        Assert.Equal(["1000:replayed", "3000:replayed", "2000:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void WhatHasBegunGoesOn()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 2);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        bench.Answer(1);
        Assert.Equal(0, bench.Sent(2)); // the other's transaction is open, though nothing of it is on the wire
        bench.Add(1, at: 3, state: TransactionState.Open);
        bench.Add(1, at: 4, state: TransactionState.Idle);
        bench.UntilSent(1, 2);
        bench.Answer(1);
        bench.UntilSent(1, 3);
        Assert.Equal(0, bench.Sent(2));
        bench.Answer(1);
        bench.UntilSent(2, 1);
        Assert.Equal((1, 0L), (bench.Admission!.Most, bench.Admission.Beyond));
    }

    [Fact]
    public void WhatATransactionWaitsForByOrderBeginsBeyondTheLimit()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 2);
        bench.Add(3, at: 3, needs: [OrderDependency.OnEnd(4, 0, OrderReason.Key)]);
        bench.Add(4, at: 4);
        bench.Add(5, at: 0);
        PlayerBench.Until(() => bench.Admission!.Waits == 3);
        bench.UntilWaiting(3);
        bench.Answer(1);

        // In its middle the first waits for the third, which has not begun, because it waits for the fourth, which is not let in.
        bench.Add(1, at: 5, state: TransactionState.Idle, needs: [OrderDependency.OnEnd(3, 0, OrderReason.Key)]);
        bench.UntilSent(4, 1);
        bench.Answer(4);
        bench.UntilSent(3, 1);
        Assert.Equal((0, 0, 1), (bench.Sent(2), bench.Sent(5), bench.Sent(1)));
        bench.Answer(3);
        bench.UntilSent(1, 2);
        bench.Answer(1);
        bench.UntilSent(5, 1);
        bench.Answer(5);
        bench.UntilSent(2, 1);
        Assert.Equal(2L, bench.Admission!.Beyond);
        Assert.Equal(2, bench.Admission.Most);
    }

    [Fact]
    public void SoDoesWhatItWaitsForByCountWhetherReadBeforeOrAfter()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 2, marks: [new OrderMark(DependencyKind.Statements, 7, 1)]);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        bench.Answer(1);
        bench.Add(1, at: 5, state: TransactionState.Idle, needs: [OrderDependency.OnStatements(7, 2, OrderReason.Table)]);
        bench.UntilSent(2, 1);
        bench.Answer(2);

        // The place is the one of a transaction's last exchange: it begins because of that.
        bench.Add(3, at: 3, state: TransactionState.Open);
        bench.Add(3, at: 4, state: TransactionState.Idle, marks: [new OrderMark(DependencyKind.Statements, 7, 2)]);
        bench.UntilSent(3, 1);
        bench.Answer(3);
        bench.UntilSent(3, 2);
        bench.Answer(3);
        bench.UntilSent(1, 2);
    }

    [Fact]
    public void WhoHoldsASessionsLockIsNotLeftWaiting()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 1, locks: SessionLockUse.Takes);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 2);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        bench.Answer(1);
        Assert.Equal(0, bench.Sent(2));
        bench.Add(1, at: 3, locks: SessionLockUse.GivesUp);
        bench.UntilSent(1, 2);
        bench.Answer(1);
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void APlaceIsFreeWhenItsSessionIsOver()
    {
        using var bench = new GateBench(limit: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        bench.UntilSent(1, 1);
        bench.Add(2, at: 2);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        bench.Answer(1);
        bench.End(1); // the client went in the middle
        bench.UntilSent(2, 1);
    }

    [Fact]
    public void ItsWaitIsAKindOfItsOwn()
    {
        Assert.Equal(new Lag(900, 200, 100, 50, 550), Lag.Of(1000, 1200, 1300, 1900, 1850));
        Assert.Equal(new Lag(900, 0, 0, 50, 850), Lag.Of(1000, long.MinValue, long.MinValue, 1900, 1850));
    }

    [Theory]
    [InlineData("select pg_advisory_lock ( ? )", SessionLockUse.Takes)]
    [InlineData("select pg_advisory_xact_lock ( ? )", SessionLockUse.None)]
    [InlineData("select pg_advisory_unlock ( ? )", SessionLockUse.GivesUp)]
    [InlineData("select pg_advisory_unlock_all ( )", SessionLockUse.GivesUpAll)]
    [InlineData("lock tables t write", SessionLockUse.None)] // PostgreSQL's end with the transaction
    [InlineData("select a from t", SessionLockUse.None)]
    public void SessionsLocksAreTold(string text, SessionLockUse use) => Assert.Equal(use, SessionLocks.Of(text, Engine.PostgreSql));
}
