using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class TransactionRetryTests
{
    private const TransactionState Idle = TransactionState.Idle;
    private const TransactionState Open = TransactionState.Open;
    private const TransactionState Failed = TransactionState.Failed;
    private const TransactionState Unknown = TransactionState.Unknown;

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void AVictimsTransactionIsRolledBackAndSentAgain(Engine engine)
    {
        using var bench = new RetryBench(engine);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Idle, controls: true);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        Assert.Equal([100L], bench.EndedPositions);
        Assert.Equal(1, bench.Bench.Context.OnWire);
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        Assert.Equal([100L], bench.EndedPositions);
        bench.Answer("select 1", Open);
        bench.Answer("select 2", Idle);

        Assert.Equal(["100:0:", "101:1:", "102:0:"], bench.Outcomes);
        Assert.Equal([100L, 101, 102], bench.EndedPositions);
        Assert.Equal((1, 1, 1, 0), (bench.Counts.Victims, bench.Counts.Retried, bench.Counts.Attempts, bench.Counts.RetriedDifferently));
        Assert.Equal(0, bench.Bench.Context.OnWire);
        Assert.True(bench.Memory.TryTake(64 << 20)); // nothing is kept any more
    }

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void AStatementByItselfIsSentAgain(Engine engine)
    {
        using var bench = new RetryBench(engine);
        bench.Add(Idle);
        bench.Add(Idle);
        bench.Fail("select 0", Idle);
        bench.Answer("select 0", Idle);
        bench.Answer("select 1", Idle);
        Assert.Equal(["100:1:", "101:0:"], bench.Outcomes);
    }

    [Fact]
    public void ACommitThatWasRefusedNeedsNoRollback()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Idle, controls: true, role: TransactionRole.Ends);
        bench.Answer("select 0", Open);
        bench.Fail("select 1", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Idle);
        Assert.Equal(["100:0:", "101:1:"], bench.Outcomes);
        Assert.Empty(bench.Counts.GivenUp);
    }

    [Fact]
    public void ABatchIsSentAgainAsAWhole()
    {
        using var bench = new RetryBench();
        bench.Add(Unknown, batch: 0);
        bench.Add(Unknown, batch: 0, isPipelined: true);
        bench.Add(Idle, batch: 0, isPipelined: true, endsBatch: true);
        bench.Add(Idle, batch: 1, endsBatch: true);
        bench.Answer("select 0", Unknown);
        bench.Fail("select 1", Unknown);
        bench.Answer("select 2", Idle);
        PlayerBench.Until(() => bench.Bench.SentCount == 6); // without waiting for answers in between
        bench.Answer("select 0", Unknown);
        bench.Answer("select 1", Unknown);
        Assert.Equal([100L], bench.EndedPositions);
        bench.Answer("select 2", Idle);
        bench.Answer("select 3", Idle);
        Assert.Equal(["100:0:", "101:1:", "102:1:", "103:0:"], bench.Outcomes);
    }

    [Fact]
    public void TheRestOfABatchIsSentBeforeItIsRepeated()
    {
        using var bench = new RetryBench();
        bench.Add(Unknown, batch: 0);
        bench.Fail("select 0", Unknown);
        bench.Nothing();
        bench.Add(Idle, batch: 0, endsBatch: true);
        bench.Answer("select 1", Idle);
        bench.Answer("select 0", Unknown);
        bench.Answer("select 1", Idle);
        Assert.Equal(["100:1:", "101:1:"], bench.Outcomes);
    }

    [Fact]
    public void WhatMetTheFailedTransactionBehindTheVictimIsSentAgainWithIt()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open, batch: 0, endsBatch: true);
        bench.Add(Idle, batch: 1, endsBatch: true, isPipelined: true, controls: true);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("select 2", Idle); // COMMIT, which has rolled back
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Answer("select 2", Idle);
        Assert.Equal(["100:0:", "101:1:", "102:1:"], bench.Outcomes);
    }

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void WhatHasBegunAnotherTransactionBehindItIsNot(Engine engine)
    {
        using var bench = new RetryBench(engine);
        bench.Add(Idle);
        bench.Add(Idle, isPipelined: true);
        bench.Fail("select 0", Idle);
        bench.Answer("select 1", Idle);
        bench.Nothing();
        Assert.Equal([$"100:0:{(engine == Engine.MySql ? "1213" : "40001")}", "101:0:"], bench.Outcomes);
        Assert.Equal(new Dictionary<string, long> { ["pipelined"] = 1 }, bench.Counts.GivenUp);
    }

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void ItIsGivenUpAfterSoManyAttempts(Engine engine)
    {
        using var bench = new RetryBench(engine, attempts: 2);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Idle, controls: true);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Nothing();
        bench.Bench.AdvanceTo(TransactionRetry.PauseMicroseconds - 1);
        bench.Nothing();
        bench.Bench.AdvanceTo(TransactionRetry.PauseMicroseconds);
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        AnswerCommit(bench, engine);
        Assert.Equal([$"101:2:{(engine == Engine.MySql ? "1213" : "40001")}"], bench.Outcomes.Where(o => o.StartsWith("101", StringComparison.Ordinal)));
        Assert.Contains("102:transaction_failed", bench.Bench.Recorder.Notes);
        Assert.Equal((1, 0, 2), (bench.Counts.Victims, bench.Counts.Retried, bench.Counts.Attempts));
        Assert.Equal(new Dictionary<string, long> { ["attempts"] = 1 }, bench.Counts.GivenUp);
        Assert.Equal([100L, 101, 102, 103], bench.EndedPositions);
    }

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void AnotherErrorOnTheWayEndsTheAttempt(Engine engine)
    {
        using var bench = new RetryBench(engine);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Idle, controls: true);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", engine == Engine.MySql ? Unknown : Failed, engine == Engine.MySql ? "1062" : "23505");
        AnswerCommit(bench, engine);
        Assert.Contains("102:transaction_failed", bench.Bench.Recorder.Notes);
        Assert.Equal(new Dictionary<string, long> { ["other_error"] = 1 }, bench.Counts.GivenUp);
    }

    [Fact]
    public void WhatMySqlHasNotRolledBackIsRolledBack()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Idle, controls: true);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Unknown, "1062");
        bench.Answer("ROLLBACK", Idle);
        Assert.Equal(["100:0:", "101:0:", "102:1:1213"], bench.Outcomes);
        Assert.Contains("103:transaction_failed", bench.Bench.Recorder.Notes);
    }

    [Fact]
    public void AnErrorThatCameTheFirstTimeTooIsPartOfIt()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Open);
        bench.Add(Open, error: "1062");
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Unknown, "1062");
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Unknown, "1062");
        bench.Answer("select 2", Open);
        Assert.Equal((1, 0), (bench.Counts.Retried, bench.Counts.RetriedDifferently));
    }

    [Fact]
    public void OutcomesThatDifferAreCountedWhenItGoesThrough()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open, rows: 3);
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open, rows: 4);
        bench.Answer("select 2", Open, rows: 1);
        Assert.Equal((1, 1), (bench.Counts.Retried, bench.Counts.RetriedDifferently));
    }

    [Fact]
    public void ATransactionCanBeAVictimTwice()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Add(Open);
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("select 1", Open);
        bench.Answer("select 2", Open);
        Assert.Equal(["100:0:", "101:1:", "102:1:"], bench.Outcomes);
        Assert.Equal((2, 2, 2), (bench.Counts.Victims, bench.Counts.Retried, bench.Counts.Attempts));
    }

    [Fact]
    public void WhatProductionRefusedInItIsRefusedAgain()
    {
        using var bench = new RetryBench();
        bench.Add(Open);
        bench.Add(Failed, error: "55P03"); // left out, with what that asks for
        bench.Add(Open, controls: true); // ROLLBACK TO
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer("SELECT 1/0", Failed, "22012");
        bench.Answer("select 2", Open);
        bench.Fail("select 3");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("SELECT 1/0", Failed, "22012");
        bench.Answer("select 2", Open);
        bench.Answer("select 3", Open);
        Assert.Equal(["100:0:", "102:0:", "103:1:"], bench.Outcomes);
    }

    [Theory]
    [InlineData(Engine.PostgreSql)]
    [InlineData(Engine.MySql)]
    public void WhatItPreparedIsClosedBeforeItIsPreparedAgain(Engine engine)
    {
        var isPostgres = engine == Engine.PostgreSql;
        var prepare = isPostgres ? Command.Parse : Command.MySqlStatementPrepare;
        using var bench = new RetryBench(engine);
        bench.Add(Open);
        bench.Add(Open, batch: isPostgres ? 0 : -1, endsBatch: isPostgres, command: prepare, request: WorkloadMaker.ParseMessage("put", "select $1"), handle: isPostgres ? -1 : 7);
        bench.Add(Open);
        bench.Answer("select 0", Open);
        bench.Answer(prepare.ToString(), isPostgres ? Open : Unknown);
        bench.Fail("select 2");
        bench.Answer("ROLLBACK", Idle);
        if (isPostgres)
        {
            bench.Answer("Close", Idle);
            Assert.Equal("C\0\0\0\tSput\0S\0\0\0\u0004"u8.ToArray(), bench.Bench.Link.Sent[4].Bytes);
        }
        else
        {
            bench.Unanswered("MySqlStatementClose");
            Assert.Equal([5, 0, 0, 0, 0x19, 7, 0, 0, 0], bench.Bench.Link.Sent[4].Bytes);
        }

        bench.Answer("select 0", Open);
        bench.Answer(prepare.ToString(), isPostgres ? Open : Unknown);
        bench.Answer("select 2", Open);
        Assert.Equal(1, bench.Counts.Retried);
    }

    [Fact]
    public void LongDataGoesWithItsExecute()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Unknown, command: Command.MySqlStatementSendLongData, handle: 7);
        bench.Add(Idle, command: Command.MySqlStatementExecute, handle: 7);
        bench.Unanswered("MySqlStatementSendLongData");
        bench.Fail("MySqlStatementExecute");
        bench.Unanswered("MySqlStatementSendLongData");
        bench.Answer("MySqlStatementExecute", Idle);
        Assert.Equal(1, bench.Counts.Retried);
    }

    [Fact]
    public void ValuesAreSetAgain()
    {
        var values = new Settings();
        using var bench = new RetryBench(Engine.MySql, values: values);
        bench.Add(Open);
        bench.Add(Open);
        bench.Answer("SET 100", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("SET 101", Open);
        bench.Fail("select 1");
        bench.Answer("ROLLBACK", Idle);
        bench.Answer("SET 100", Idle);
        bench.Answer("select 0", Open);
        bench.Answer("SET 101", Open);
        bench.Answer("select 1", Open);
        Assert.Equal(["100", "100 rolled back", "101 rolled back", "100 again", "101 again"], values.Answers);
    }

    // PostgreSQL takes it for a ROLLBACK; for MySQL's server there is nothing to commit, and it is left out.
    private static void AnswerCommit(RetryBench bench, Engine engine)
    {
        if (engine == Engine.PostgreSql)
        {
            bench.Answer("select 3", Idle);
        }

        Assert.Contains($"103:{(engine == Engine.PostgreSql ? "replayed" : "transaction_failed")}", bench.Bench.Recorder.Notes);
    }

    /// <summary>Sets something before each exchange.</summary>
    private sealed class Settings : IRunValues, ISessionValues
    {
        public List<string> Answers { get; } = [];

        public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned) => default;

        public ISessionValues? Of(Session session) => this;

        public string? Prepare(in PlannedExchange planned, bool isAlone) => $"SET {planned.Position}";

        public void Prepared(in Exchange exchange)
        {
        }

        public ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request) => request;

        public void Ended(in PlannedExchange planned, in Exchange exchange, bool isAgain) => Answers.Add($"{planned.Position}{(isAgain ? " again" : "")}");

        public void RolledBack(in PlannedExchange planned) => Answers.Add($"{planned.Position} rolled back");

        public void Reset()
        {
        }
    }
}
