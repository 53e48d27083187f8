using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionPreparationTests
{
    [Fact]
    public void TheQueryGoesInTheThinkTimeAndTheExchangeWhenItIsDue()
    {
        var values = new ScriptedValues("SET TIMESTAMP=1");
        using var bench = new PlayerBench(Speed.Recorded, values: values);
        bench.Add(at: 1_000_000);
        bench.AdvanceTo(900_000);
        bench.UntilSent(1);

        Assert.Equal((SessionPlayer.PrepareTag, "SET TIMESTAMP=1"), Sent(bench, 0));
        bench.Link.Answer(endedAt: 900_100);
        Assert.Equal(1, bench.SentCount);
        bench.AdvanceTo(1_000_000);
        bench.UntilSent(2);
        bench.Link.Answer(endedAt: 1_000_200);

        Assert.Equal(1, values.Answered);
        Assert.Equal(1_000_000, Assert.Single(bench.Recorder.Sent).GivenMicroseconds);
    }

    [Fact]
    public void NothingGoesWhileTheQueryIsOut()
    {
        using var bench = new PlayerBench(values: new ScriptedValues("SET TIMESTAMP=1"));
        bench.Add();
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.UntilSent(2);
        bench.Link.Answer();
        bench.UntilSent(3);
        Assert.Equal(SessionPlayer.PrepareTag, bench.Link.Sent[2].Tag);
        bench.Link.Answer(error: "1231");
        bench.UntilSent(4);
        bench.Link.Answer();

        Assert.Equal(["100:replayed", "101:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void WhatIsPipelinedIsToldThatNothingCanGoBeforeIt()
    {
        var values = new ScriptedValues(null);
        using var bench = new PlayerBench(values: values);
        bench.Add();
        bench.Add(flags: ExchangeFlags.Pipelined);
        bench.UntilSent(2);

        Assert.Equal([true, false], values.WereAlone);
    }

    [Fact]
    public void AConnectionThatIsLostMeanwhileIsOpenedAgainAndAskedAgain()
    {
        var values = new ScriptedValues("SET TIMESTAMP=1");
        using var bench = new PlayerBench(values: values);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Close();
        PlayerBench.Until(() => bench.Target.Links.Count == 2 && bench.Target.Links[1].Sent.Count == 1);
        bench.Target.Links[1].Answer();
        PlayerBench.Until(() => bench.Target.Links[1].Sent.Count == 2);
        bench.Target.Links[1].Answer();

        Assert.Equal(["100:replayed"], bench.Recorder.Notes);
        Assert.Equal(2, values.Resets);
    }

    [Fact]
    public void AServerThatDoesNotAnswerTheQueryLosesTheConnection()
    {
        using var bench = new PlayerBench(values: new ScriptedValues("SET TIMESTAMP=1"));
        bench.Add();
        bench.UntilSent(1);
        bench.Player.CheckTimeout(SessionPlayer.PrepareWithinMicroseconds);
        Assert.Null(bench.Link.Aborted);
        bench.Player.CheckTimeout(SessionPlayer.PrepareWithinMicroseconds + 1);
        Assert.NotNull(bench.Link.Aborted);
    }

    [Theory]
    [InlineData(PlayVerdict.Play, 1)]
    [InlineData(PlayVerdict.PreRoll, 1)]
    [InlineData(PlayVerdict.PreRollParse, 0)]
    public void OnlyWhatWasExecutedHasValues(PlayVerdict verdict, int expected)
    {
        var values = new ScriptedValues(null);
        using var bench = new PlayerBench(values: values);
        bench.Add(verdict: verdict);
        bench.UntilSent(1);
        bench.Link.Answer();

        Assert.Single(bench.Recorder.Notes);
        Assert.Equal(expected, values.Told);
    }

    [Fact]
    public void WhatAnExchangePreparesThatIsNotSelectedIsPreparedWhenSomethingElseIsSent()
    {
        using var bench = new PlayerBench(order: OrderMode.Key);
        var left = bench.Plan(flags: ExchangeFlags.EndsBatch, batch: 0, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("s1", "select 1"), .. "E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04"u8]);
        (left.Verdict, left.Reason, left.OwesStatements, left.Effect) = (PlayVerdict.Skip, RunReason.NotSampled, true, SessionEffect.Statements);
        bench.Enqueue(left);
        Assert.Empty(bench.Target.Links); // nothing is sent for its own sake
        bench.Add();
        bench.UntilSent(1);
        Assert.Equal([.. WorkloadMaker.ParseMessage("s1", "select 1"), .. "S\0\0\0\x04"u8], bench.Link.Sent[0].Bytes);
        bench.Link.Answer();
        bench.UntilSent(2);
        bench.Link.Answer();
        Assert.Equal(["100:not_sampled", "101:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void BeforeTheWindowAllGoesAtOnceAndInItNothingBeforeTheScheduleBegins()
    {
        using var bench = new PlayerBench(order: OrderMode.Key);
        bench.Context.Pacer = Pacer.Before(WorkloadMaker.Base);
        var before = bench.Plan(at: -5_000_000);
        (before.IsBefore, before.IsUntimed, before.IsAwaited) = (true, true, true);
        bench.Context.AddAwaited(1);
        bench.Enqueue(before);
        bench.Add(at: 1_000);
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.AdvanceTo(60_000_000);
        Assert.Equal((1, 0), (bench.SentCount, bench.Context.Awaited));

        bench.Context.Pacer = new Pacer(Speed.Recorded, WorkloadMaker.Base, 70_000_000);
        bench.Player.Wake();
        bench.AdvanceTo(70_000_999);
        Assert.Equal(1, bench.SentCount);
        bench.AdvanceTo(70_001_000);
        bench.UntilSent(2);
    }

    [Fact]
    public void AStatementThatALeftOutExchangePreparedIsPreparedByItself()
    {
        using var bench = new PlayerBench(order: OrderMode.Key);
        var begin = bench.Plan();
        begin.State = TransactionState.Open;
        bench.Enqueue(begin);
        var victim = bench.Plan(flags: ExchangeFlags.EndsBatch, batch: 0, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("s1", "update t set a = 1"), .. "E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04"u8]);
        victim.State = TransactionState.Failed;
        victim.ErrorCode = ErrorCodes.Pack("40P01"u8);
        victim.Effect = SessionEffect.Statements;
        bench.Enqueue(victim);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);

        bench.UntilSent(2);
        Assert.Equal((SessionPlayer.PrepareTag, Command.Parse), (bench.Link.Sent[1].Tag, bench.Link.Sent[1].Command));
        Assert.Equal([.. WorkloadMaker.ParseMessage("s1", "update t set a = 1"), .. "S\0\0\0\x04"u8], bench.Link.Sent[1].Bytes);
        bench.Link.Answer(transaction: TransactionState.Open);
        bench.UntilSent(3); // only then the transaction fails, as production's did
        Assert.Equal((SessionPlayer.PrepareTag, "SELECT 1/0"), Sent(bench, 2));
        bench.Link.Answer(error: "22012", transaction: TransactionState.Failed);
        bench.UntilSent(4);
        bench.Link.Answer();
        Assert.Equal(["100:replayed", "101:victim_in_capture", "102:replayed"], bench.Recorder.Notes);
    }

    [Theory]
    [InlineData(OrderMode.Key)]
    [InlineData(OrderMode.None)]
    public void AVictimIsLeftOutOfThePreRollTooAndItsTransactionFails(OrderMode order)
    {
        using var bench = new PlayerBench(order: order);
        var begin = bench.Plan(verdict: PlayVerdict.PreRoll);
        begin.State = TransactionState.Open;
        bench.Enqueue(begin);
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        var victim = bench.Plan(verdict: PlayVerdict.PreRoll);
        victim.State = TransactionState.Failed;
        victim.ErrorCode = ErrorCodes.Pack("40P01"u8);
        bench.Enqueue(victim);
        bench.UntilSent(2);
        Assert.Equal((SessionPlayer.PrepareTag, "SELECT 1/0"), Sent(bench, 1));
        bench.Link.Answer(error: "22012", transaction: TransactionState.Failed);
        PlayerBench.Until(() => bench.Recorder.Notes.Contains("101:victim_in_capture"));

        // Both come again from the feeder, and end there.
        begin.Verdict = victim.Verdict = PlayVerdict.Done;
        begin.Slab = victim.Slab = null;
        bench.Enqueue(begin);
        bench.Enqueue(victim);
        bench.Add();
        bench.UntilSent(3);
        bench.Link.Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => bench.Recorder.Notes.Count == 3);
        Assert.Single(bench.Recorder.Notes, "101:victim_in_capture");
    }

    [Fact]
    public void AStatementIsNotPreparedWhileTheTransactionHasFailed()
    {
        using var bench = new PlayerBench(order: OrderMode.Key);
        var first = bench.Plan();
        first.State = TransactionState.Open;
        bench.Enqueue(first);
        var lost = bench.Plan(flags: ExchangeFlags.EndsBatch, batch: 0, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("s1", "update t set a = 1"), .. "S\0\0\0\x04"u8]);
        lost.State = TransactionState.Open;
        lost.Effect = SessionEffect.Statements;
        bench.Enqueue(lost);
        var end = bench.Plan();
        end.ControlsTransaction = true;
        end.State = TransactionState.Idle;
        bench.Enqueue(end);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer(error: "23505", transaction: TransactionState.Failed); // here, not in production

        bench.UntilSent(2);
        Assert.NotEqual(SessionPlayer.PrepareTag, bench.Link.Sent[1].Tag);
        bench.Link.Answer(transaction: TransactionState.Idle);
        bench.UntilSent(3);
        Assert.Equal((SessionPlayer.PrepareTag, Command.Parse), (bench.Link.Sent[2].Tag, bench.Link.Sent[2].Command));
        bench.Link.Answer(transaction: TransactionState.Idle);
        bench.UntilSent(4);
    }

    [Fact]
    public void WhatHasToBePlacedWaitsForThat()
    {
        var values = new ScriptedValues(null) { IsPlacedLater = true };
        using var bench = new PlayerBench(values: values);
        var planned = bench.Plan();
        planned.Order = new OrderNote([], [], new SequenceDraw(3, 7, 1));
        bench.Enqueue(planned);
        bench.Add();
        PlayerBench.Until(() => values.Placed is not null);
        Assert.Equal(0, bench.SentCount);

        values.Placed!();
        bench.UntilSent(1);
        bench.Link.Answer();
        bench.UntilSent(2);
        bench.Link.Answer();

        Assert.Equal(1, values.Placings);
        Assert.Equal(["100:replayed", "101:replayed"], bench.Recorder.Notes);
    }

    private static (long, string) Sent(PlayerBench bench, int index) => (bench.Link.Sent[index].Tag, Encoding.UTF8.GetString(bench.Link.Sent[index].Bytes));

    private sealed class ScriptedValues(string? query) : IRunValues, ISessionValues
    {
        public int Answered { get; private set; }

        public int Resets { get; private set; }

        public int Told { get; private set; }

        public List<bool> WereAlone { get; } = [];

        public bool IsPlacedLater { get; init; }

        public int Placings { get; private set; }

        public Action? Placed { get; private set; }

        public bool TryPlace(in PlannedExchange planned, bool isAlone, Action placed)
        {
            Placings++;
            Placed = placed;
            return !IsPlacedLater;
        }

        public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned) => default;

        public ISessionValues? Of(Session session) => this;

        public string? Prepare(in PlannedExchange planned, bool isAlone)
        {
            WereAlone.Add(isAlone);
            return query;
        }

        public void Prepared(in Exchange exchange) => Answered++;

        public ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request) => request;

        public void Ended(in PlannedExchange planned, in Exchange exchange, bool isAgain) => Told++;

        public void Reset() => Resets++;
    }
}
