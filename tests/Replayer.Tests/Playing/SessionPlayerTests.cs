using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionPlayerTests
{
    [Fact]
    public void EachExchangeWaitsForTheResponseBeforeIt()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer();
        Assert.Equal([100, 101], bench.Link.Sent.Select(s => s.Tag));
        bench.Link.Answer();
        Assert.Equal(["100:replayed", "101:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void APipelineIsSentWithoutWaiting()
    {
        using var bench = new PlayerBench();
        bench.Add(batch: 0);
        bench.Add(flags: ExchangeFlags.Pipelined, batch: 0);
        bench.Add(flags: ExchangeFlags.Pipelined | ExchangeFlags.EndsBatch, batch: 0);
        bench.Add(batch: 1);
        bench.UntilSent(3);
        bench.Link.Answer();
        bench.Link.Answer();
        Assert.Equal(3, bench.SentCount);
        bench.Link.Answer();
        Assert.Equal(4, bench.SentCount);
    }

    [Fact]
    public void AfterAnErrorTheRestOfABatchIsSentWithoutWaiting()
    {
        using var bench = new PlayerBench();
        bench.Add(batch: 0);
        bench.Add(batch: 0);
        bench.Add(flags: ExchangeFlags.EndsBatch, batch: 0);
        bench.UntilSent(1);
        bench.Link.Answer(error: "42P01");
        Assert.Equal(3, bench.SentCount);
    }

    [Fact]
    public void WhatItsTransactionHasRunAndWhatIsBeingRunAreTold()
    {
        using var bench = new PlayerBench(engine: Engine.MySql);
        bench.Enqueue(bench.Plan(command: Command.MySqlQuery) with { Shape = 3 });
        bench.Enqueue(bench.Plan(command: Command.MySqlStatementExecute) with { Shape = 5 });
        bench.Enqueue(bench.Plan(command: Command.MySqlStatementPrepare) with { Shape = 7 });
        bench.UntilSent(1);
        Told([], 3);
        bench.Link.Answer(transaction: TransactionState.Open);
        Told([3], 5);
        bench.Link.Answer(transaction: TransactionState.Open);
        Told([3, 5], -1);
        bench.Link.Answer(transaction: TransactionState.Idle);
        Told([], -1);

        void Told(int[] run, int running)
        {
            var open = bench.Player.OpenStatements;
            Assert.Equal((1001, running), (open.Connection, open.Running));
            Assert.Equal(run, open.Run);
        }
    }

    [Fact]
    public void NothingIsSentBeforeItIsDue()
    {
        using var bench = new PlayerBench(Speed.Recorded);
        bench.Add(at: 400_000);
        bench.Add(at: 700_000);
        bench.AdvanceTo(150_000);
        Assert.Equal(0, bench.SentCount);
        PlayerBench.Until(() => bench.Connections.Opened == 1);
        bench.AdvanceTo(399_999);
        Assert.Equal(0, bench.SentCount);
        bench.AdvanceTo(400_000);
        bench.UntilSent(1); // the connection counts as opened before its player is told
        bench.Link.Answer(endedAt: 400_100);
        bench.AdvanceTo(699_999);
        Assert.Equal(1, bench.SentCount);
        bench.AdvanceTo(700_000);
        Assert.Equal(2, bench.SentCount);
    }

    [Fact]
    public void InTheOtherRunsTurnWhatIsOnTheWireEndsAndNothingIsDue()
    {
        using var bench = new PlayerBench();
        bench.Context.Pacer = new Pacer(Speed.Recorded, WorkloadMaker.Base, 0, new SliceTurns(Guid.Empty, 500_000, 100_000, GoesFirst: true));
        bench.Add(at: 400_000);
        bench.Add(at: 600_000); // 100 ms into the second slice, in which the other run goes first
        bench.AdvanceTo(300_000);
        PlayerBench.Until(() => bench.Connections.Opened == 1);
        bench.AdvanceTo(400_000);
        bench.UntilSent(1);
        bench.AdvanceTo(700_000);
        bench.Link.Answer(endedAt: 700_000);
        Assert.Equal(["100:replayed"], bench.Recorder.Notes);
        bench.AdvanceTo(1_899_999);
        Assert.Equal(1, bench.SentCount);
        bench.AdvanceTo(1_900_000);
        Assert.Equal(2, bench.SentCount);
    }

    [Fact]
    public void AConnectionIsOpenedAheadAndNotEarlier()
    {
        using var bench = new PlayerBench(Speed.Recorded);
        bench.Add(at: 1_000_000);
        bench.AdvanceTo(1_000_000 - SessionPlayer.OpenAheadMicroseconds - 1);
        Assert.Equal(0, bench.Connections.Open);
        bench.AdvanceTo(1_000_000 - SessionPlayer.OpenAheadMicroseconds);
        Assert.Equal(1, bench.Connections.Open);
    }

    [Fact]
    public void ASlowPredecessorIsToBlameForLag()
    {
        using var bench = new PlayerBench(Speed.Recorded);
        bench.Add(at: 300_000);
        bench.Add(at: 310_000);
        bench.AdvanceTo(60_000);
        PlayerBench.Until(() => bench.Connections.Opened == 1);
        bench.AdvanceTo(300_000);
        bench.AdvanceTo(900_000);
        bench.Link.Answer(endedAt: 899_990);
        bench.Link.Answer(endedAt: 900_500);
        var sent = bench.Recorder.Sent[1];
        Assert.Equal((310_000L, 899_990L, 900_000L), (sent.DueMicroseconds, sent.PredecessorEndedMicroseconds, sent.GivenMicroseconds));
    }

    [Fact]
    public void OrderNoneSendsWhatIsDueAndOnlyWaitsForStatementIds()
    {
        using var bench = new PlayerBench(order: OrderMode.None);
        bench.Add();
        bench.Add(command: Command.MySqlStatementPrepare);
        bench.Add(command: Command.MySqlStatementExecute);
        bench.UntilSent(2);
        bench.Link.Answer();
        Assert.Equal(2, bench.SentCount);
        bench.Link.Answer();
        Assert.Equal(3, bench.SentCount);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void AnExecuteTravelsWithItsPrepareOnlyWhereTheTargetKnowsWhatIsMeant(bool knowsLastStatement, int sentAtOnce)
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.UntilSent(1);
        bench.Link.KnowsLastStatement = knowsLastStatement;
        bench.Link.Answer();
        bench.Add(command: Command.MySqlStatementPrepare);
        bench.Add(command: Command.MySqlStatementExecute, flags: ExchangeFlags.Pipelined);
        Assert.Equal(1 + sentAtOnce, bench.SentCount);
        bench.Link.Answer();
        Assert.Equal(3, bench.SentCount);
    }

    [Fact]
    public void AnExchangeThatCameEarlyWaitsForItsPredecessor()
    {
        using var bench = new PlayerBench();
        var first = bench.Plan();
        var second = bench.Plan();
        bench.Enqueue(second);
        bench.Enqueue(first);
        bench.UntilSent(1);
        bench.Link.Answer();
        Assert.Equal([100, 101], bench.Link.Sent.Select(s => s.Tag));
    }

    [Fact]
    public void WhatIsLeftOutIsRecordedInItsPlace()
    {
        using var bench = new PlayerBench();
        bench.Add(verdict: PlayVerdict.Skip);
        bench.Add();
        bench.Add(verdict: PlayVerdict.Skip);
        bench.UntilSent(1);
        bench.Link.Answer();
        Assert.Equal(["100:masked", "101:replayed", "102:masked"], bench.Recorder.Notes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ASkippedEndOfABatchLeavesASync()
    {
        using var bench = new PlayerBench();
        bench.Add(batch: 0);
        bench.Add(batch: 0, flags: ExchangeFlags.EndsBatch | ExchangeFlags.Pipelined, verdict: PlayVerdict.Skip);
        bench.UntilSent(2);
        Assert.Equal((-1, Command.Sync), (bench.Link.Sent[1].Tag, bench.Link.Sent[1].Command));
        bench.Link.Answer();
        bench.Link.Answer();
        PlayerBench.Until(() => bench.Recorder.Notes.Count == 2);
        Assert.Equal(["100:replayed", "101:masked"], bench.Recorder.Notes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OfAPreRolledParseOnlyTheNamedStatementIsSentAndTheExchangeCountsAsSkipped()
    {
        using var bench = new PlayerBench();
        var planned = bench.Plan(verdict: PlayVerdict.PreRollParse);
        planned.Reason = RunReason.InSnapshot;
        bench.Enqueue(planned);
        bench.UntilSent(1);
        Assert.Equal("S\0\0\0\u0004"u8.ToArray(), bench.Link.Sent[0].Bytes);
        bench.Link.Answer();
        Assert.Equal(["100:in_snapshot"], bench.Recorder.Notes);
    }

    [Fact]
    public void TheUserIsTakenOnAgainBeforeAnythingElseIsSent()
    {
        using var bench = new PlayerBench();
        var reset = bench.Plan();
        reset.ResetsUser = true;
        bench.Enqueue(reset);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.TakeOnGate = new TaskCompletionSource();
        bench.Link.Answer();
        Assert.Equal(1, bench.SentCount);
        bench.Link.TakeOnGate.SetResult();
        bench.UntilSent(2);
        Assert.Equal(1, bench.Link.UsersTakenOn);
    }

    [Fact]
    public void AVictimOfProductionsInstantIsLeftOutAndItsTransactionMadeToFail()
    {
        using var bench = new PlayerBench(order: OrderMode.Key);
        var begin = bench.Plan();
        begin.State = TransactionState.Open;
        bench.Enqueue(begin);
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        var victim = bench.Plan();
        victim.State = TransactionState.Failed;
        victim.ErrorCode = ErrorCodes.Pack("40P01"u8);
        bench.Enqueue(victim);
        PlayerBench.Until(() => bench.Recorder.Notes.Any(n => n.EndsWith(":victim_in_capture", StringComparison.Ordinal)));
        bench.UntilSent(2);
        Assert.Equal("SELECT 1/0", System.Text.Encoding.UTF8.GetString(bench.Link.Sent[1].Bytes));
        bench.Add();
        Assert.Equal(2, bench.SentCount);
        bench.Link.Answer(error: "22012", transaction: TransactionState.Failed);
        bench.UntilSent(3);
    }
}
