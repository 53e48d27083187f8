using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionReopeningTests
{
    [Fact]
    public void WhatWasOnTheWireFailsAndWhatFollowsGoesOnAnotherConnection()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.Add(flags: ExchangeFlags.Pipelined);
        bench.Add();
        bench.UntilSent(2);
        bench.Link.Close();
        Reopened(bench).Answer();
        bench.Player.EndFeed();
        Assert.Equal(["100:connection_lost", "101:connection_lost", "102:replayed"], bench.Recorder.Notes);
        Assert.Equal((1, 1), (bench.Context.ConnectionsLost, bench.Context.Reopened));
        Assert.True(bench.IsFinished);
        PlayerBench.Until(() => bench.Target.Links.All(l => l.IsDisposed));
        Assert.Equal(0, bench.Connections.Open);
    }

    [Fact]
    public void TheRestOfALostTransactionIsLeftOut()
    {
        using var bench = new PlayerBench();
        Add(bench, TransactionState.Open);
        Add(bench, TransactionState.Open);
        Add(bench, TransactionState.Open);
        Add(bench, TransactionState.Idle);
        Add(bench, TransactionState.Idle);
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.Link.Close();
        Reopened(bench).Answer();
        Assert.Equal(["100:replayed", "101:connection_lost", "102:transaction_lost", "103:transaction_lost", "104:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void ABatchIsLostAsAWhole()
    {
        using var bench = new PlayerBench();
        Add(bench, TransactionState.Unknown, batch: 0);
        Add(bench, TransactionState.Unknown, batch: 0);
        Add(bench, TransactionState.Idle, batch: 0, flags: ExchangeFlags.EndsBatch);
        Add(bench, TransactionState.Idle);
        bench.UntilSent(1);
        bench.Link.Close();
        Reopened(bench).Answer();
        Assert.Equal(["100:connection_lost", "101:transaction_lost", "102:transaction_lost", "103:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void ATransactionThatEndedBeforeTheLossIsNot()
    {
        using var bench = new PlayerBench();
        Add(bench, TransactionState.Open);
        Add(bench, TransactionState.Idle);
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.Link.Answer();
        bench.Link.Close();
        Add(bench, TransactionState.Open);
        Reopened(bench).Answer();
        Assert.Equal(["100:replayed", "101:replayed", "102:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void AnExchangeThatWasNotSentGoesOnTheNextConnection()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.Link.TakesNothing = true; // it has ended, and that is not yet known here
        Add(bench, TransactionState.Open);
        Assert.Equal(1, bench.SentCount);
        bench.Link.Close();
        Reopened(bench).Answer();
        Assert.Equal(["100:replayed", "101:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void TheNewConnectionIsGivenTheSessionsState()
    {
        using var bench = new PlayerBench();
        Add(bench, TransactionState.Idle, effect: SessionEffect.Setting, shape: 1);
        Add(bench, TransactionState.Idle, effect: SessionEffect.Setting, shape: 1);
        Add(bench, TransactionState.Idle, effect: SessionEffect.Setting, shape: 2);
        Add(bench, TransactionState.Open);
        Add(bench, TransactionState.Idle, effect: SessionEffect.Repeatable);
        Add(bench, TransactionState.Idle);
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.Link.Answer();
        bench.Link.Answer();
        bench.Link.Close();

        var link = Reopened(bench);
        Assert.Equal([SessionPlayer.RestoreTag], link.Sent.Select(s => s.Tag));
        Assert.Equal(WorkloadMaker.QueryMessage("select 1"), link.Sent[0].Bytes);
        link.Answer();
        link.Answer(error: "42P01");
        link.Answer();
        Assert.Equal(WorkloadMaker.QueryMessage("select 2"), link.Sent[1].Bytes);
        Assert.Equal(WorkloadMaker.QueryMessage("select 4"), link.Sent[2].Bytes);
        link.Answer();
        Assert.Equal(["100:replayed", "101:replayed", "102:replayed", "103:connection_lost", "104:transaction_lost", "105:replayed"], bench.Recorder.Notes);
        Assert.Equal(1, bench.Context.StateRefused);
    }

    [Fact]
    public void WhatHasMoreStateThanIsKeptIsNotOpenedAgain()
    {
        using var bench = new PlayerBench();
        for (var i = 0; i <= SessionMemory.MaxMessages; i++)
        {
            Add(bench, TransactionState.Idle, effect: SessionEffect.Setting, shape: i);
        }

        bench.UntilSent(1);
        for (var i = 0; i <= SessionMemory.MaxMessages; i++)
        {
            bench.Link.Answer();
        }

        bench.Link.Close();
        bench.Add();
        Assert.Equal("1101:session_lost", bench.Recorder.Notes[^1]);
        Assert.Contains(bench.Recorder.Warnings, w => w.Contains("more than is kept", StringComparison.Ordinal));
    }

    [Fact]
    public void AServerThatIsAwayForAWhileIsWaitedFor()
    {
        using var bench = new PlayerBench(Speed.Recorded);
        bench.Add();
        bench.UntilSent(1);
        bench.Target.Refusal = "it restarts";
        bench.Link.Close();
        bench.Add(at: 1);
        PlayerBench.Until(() => bench.Connections is { FailedInARow: 1, Open: 0 });
        bench.Target.Refusal = null;
        bench.AdvanceTo(SessionPlayer.ReopenPauseMicroseconds);
        Reopened(bench).Answer();
        Assert.Equal(["100:connection_lost", "101:replayed"], bench.Recorder.Notes);
        Assert.Equal(0, bench.Connections.Failed);
    }

    [Fact]
    public void AServerThatStaysAwayIsGivenUp()
    {
        using var bench = new PlayerBench(Speed.Recorded);
        bench.Add();
        bench.UntilSent(1);
        bench.Target.Refusal = "it is gone";
        bench.Link.Close();
        bench.Add(at: 1);
        PlayerBench.Until(() => bench.Connections is { FailedInARow: 1, Open: 0 });
        bench.AdvanceTo(SessionPlayer.ReopenWithinMicroseconds);
        PlayerBench.Until(() => bench.Recorder.Notes.Count == 2);
        Assert.Equal(["100:connection_lost", "101:session_lost"], bench.Recorder.Notes);
        PlayerBench.Until(() => bench.Connections.Failed == 1);
    }

    [Fact]
    public void ASessionWhoseConnectionsAllEndAtOnceIsGivenUp()
    {
        using var bench = new PlayerBench();
        bench.Target.ClosesAtOnce = true;
        bench.Add();
        PlayerBench.Until(() => bench.Recorder.Notes.Count == 1);
        Assert.Equal(["100:session_lost"], bench.Recorder.Notes);
        Assert.Equal(SessionPlayer.MaxReopenings + 1, bench.Target.Links.Count);
    }

    [Fact]
    public void AConnectionThatEndsBehindTheLastExchangeIsNotLost()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.Link.Close();
        bench.Player.EndFeed();
        Assert.True(bench.IsFinished);
        Assert.Equal((0, 0), (bench.Context.ConnectionsLost, bench.Recorder.Warnings.Count));
    }

    private static ScriptedLink Reopened(PlayerBench bench)
    {
        PlayerBench.Until(() => bench.Target.Links.Count == 2 && bench.Target.Links[1].Sent.Count > 0);
        return bench.Target.Links[1];
    }

    private static void Add(
        PlayerBench bench, TransactionState state, int batch = -1, ExchangeFlags flags = ExchangeFlags.None, SessionEffect effect = SessionEffect.None, int shape = -1)
    {
        var planned = bench.Plan(flags: flags, batch: batch);
        planned.State = state;
        planned.Effect = effect;
        planned.Shape = shape;
        bench.Enqueue(planned);
    }
}
