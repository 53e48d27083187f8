using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Transactions that are not sent again, or not to the end.</summary>
public sealed class RetryLimitTests
{
    private const TransactionState Idle = TransactionState.Idle;
    private const TransactionState Open = TransactionState.Open;

    [Fact]
    public void WhereItIsNotAskedForVictimsAreOnlyCounted()
    {
        using var bench = new RetryBench(attempts: 0);
        bench.Add(Idle);
        bench.Fail("select 0", Idle);
        bench.Nothing();
        Assert.Equal(["100:0:40001"], bench.Outcomes);
        Assert.Equal((1, 0, 0), (bench.Counts.Victims, bench.Counts.Retried, bench.Counts.Attempts));
    }

    [Fact]
    public void ProductionsOwnVictimIsNone()
    {
        using var bench = new RetryBench(order: OrderMode.Session);
        bench.Add(Idle, error: "40P01");
        bench.Fail("select 0", Idle);
        bench.Nothing();
        Assert.Equal(["100:0:40001"], bench.Outcomes);
        Assert.Equal(0, bench.Counts.Victims);
    }

    [Theory]
    [InlineData("1205", false, 0)]
    [InlineData("1205", true, 1)]
    [InlineData("1020", false, 1)]
    [InlineData("1062", true, 0)]
    public void AMySqlVictimIsWhoseTransactionWasRolledBack(string code, bool timeoutRollsBack, long victims)
    {
        using var bench = new PlayerBench(retries: new VictimRetries(1, timeoutRollsBack), engine: Engine.MySql);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer(error: code);
        Assert.Equal(victims, bench.Context.Retries.Victims);
        Assert.Equal(1 + victims, bench.SentCount);
    }

    [Fact]
    public void ATransactionLargerThanTheBoundIsGivenUp()
    {
        using var bench = new RetryBench();
        var half = WorkloadMaker.QueryMessage(new string('x', TransactionMemory.MaxBytes / 2));
        bench.Add(Open, command: Command.FunctionCall, request: half);
        bench.Add(Open, command: Command.FunctionCall, request: half);
        bench.Add(Open);
        bench.Answer("FunctionCall", Open);
        bench.Answer("FunctionCall", Open);
        bench.Fail("select 2");
        Assert.Equal(["100:0:", "101:0:", "102:0:40001"], bench.Outcomes);
        Assert.Equal(new Dictionary<string, long> { ["too_large"] = 1 }, bench.Counts.GivenUp);
        Assert.True(bench.Memory.TryTake(64 << 20));
    }

    [Fact]
    public void SoIsOneForWhichAllSessionsTogetherHaveNoRoom()
    {
        using var bench = new RetryBench(memory: new SessionMemoryBudget(2 * TransactionMemory.ExchangeBytes));
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        Assert.Equal(new Dictionary<string, long> { ["no_memory"] = 1 }, bench.Counts.GivenUp);
        Assert.True(bench.Memory.TryTake(2 * TransactionMemory.ExchangeBytes));
    }

    [Theory]
    [InlineData(TransactionRole.MayEnd, true)]
    [InlineData(TransactionRole.OnlyInside, false)]
    [InlineData(TransactionRole.Ends, true)] // AND CHAIN
    public void WhatMayHaveCommittedAPartIsGivenUp(TransactionRole role, bool givesUp)
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open, role: role);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Fail("select 2");
        Assert.Equal(givesUp ? 1 : 0, bench.Counts.GivenUp.GetValueOrDefault("not_atomic"));
        Assert.Equal(givesUp ? 0 : 1, bench.Counts.Attempts);
    }

    [Fact]
    public void AProcedureByItselfIsGivenUp()
    {
        using var bench = new RetryBench();
        bench.Add(Idle, role: TransactionRole.OnlyInside);
        bench.Fail("select 0", Idle);
        bench.Nothing();
        Assert.Equal(1, bench.Counts.GivenUp["not_atomic"]);
    }

    [Fact]
    public void MySqlCommitsWhatIsOpenAtABegin()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Open);
        bench.Add(Open, role: TransactionRole.Begins);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 1", Open);
        bench.Answer("select 2", Open);
        Assert.Equal(1, bench.Counts.Retried);
    }

    [Fact]
    public void AStatementThatItClosedCannotBeExecutedAgain()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Open);
        bench.Add(Open, command: Command.MySqlStatementExecute, handle: 7);
        bench.Add(Open, command: Command.MySqlStatementClose, handle: 7);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("MySqlStatementExecute", Open);
        bench.Unanswered("MySqlStatementClose");
        bench.Fail("select 3");
        bench.Nothing();
        Assert.Equal(1, bench.Counts.GivenUp["statement_closed"]);
    }

    [Fact]
    public void ATransactionThatIsNotRolledBackIsGivenUp()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", TransactionState.Unknown, "1399");
        bench.Nothing();
        Assert.Equal(["100:0:", "101:1:1213"], bench.Outcomes);
        Assert.Equal(1, bench.Counts.GivenUp["not_rolled_back"]);
    }

    [Fact]
    public void AConnectionThatIsLostBeforeTheVictimIsSentAgainLeavesItsError()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Idle);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Bench.Link.Close();
        Assert.Equal(["100:0:", "101:1:40001"], bench.Outcomes);
        PlayerBench.Until(() => bench.EndedPositions.Count == 4);
        Assert.Contains("102:transaction_lost", bench.Bench.Recorder.Notes);
        Assert.Equal(1, bench.Counts.GivenUp["connection_lost"]);
        Assert.Equal((0, 1), (bench.Bench.Context.OnWire, bench.Bench.Context.ConnectionsLost));
    }

    [Fact]
    public void AVictimThatWasOnTheWireAgainHasNoOutcome()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Bench.Link.Close();
        Assert.Equal(["100:replayed", "101:connection_lost"], bench.Bench.Recorder.Notes);
        Assert.Equal(0, bench.Bench.Context.OnWire);
    }

    [Fact]
    public void AnInterruptedRunGivesItUp()
    {
        using var bench = new RetryBench(attempts: 2);
        bench.Add(Idle);
        bench.Fail("select 0", Idle);
        bench.Fail("select 0", Idle); // now it pauses
        bench.Bench.Context.Stopping = true;
        bench.Bench.Player.Interrupt();
        Assert.Equal(["100:2:40001"], bench.Outcomes);
        Assert.True(bench.Bench.IsFinished);
        Assert.Equal(0, bench.Bench.Context.OnWire);
    }

    [Fact]
    public void WhatIsHeldHoldsItsPlaces()
    {
        using var bench = new RetryBench();
        var planned = bench.Bench.Plan();
        planned.Order = new OrderNote([], [new OrderMark(DependencyKind.Commits, 3, 1)]);
        bench.Bench.Enqueue(planned);
        bench.Fail("select 0", Idle);
        Assert.True(bench.Bench.Player.Holds(DependencyKind.Commits, 3, 1));
        bench.Answer("select 0", Idle);
        Assert.False(bench.Bench.Player.Holds(DependencyKind.Commits, 3, 1));
    }
}
