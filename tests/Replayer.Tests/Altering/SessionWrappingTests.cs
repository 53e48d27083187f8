using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>What is written outside of a transaction is put into one that is rolled back.</summary>
public sealed class SessionWrappingTests
{
    [Fact]
    public void AWriteGoesBetweenBeginAndRollback()
    {
        using var bench = new PlayerBench();
        Add(bench);
        bench.Add();
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        bench.Link.Answer(transaction: TransactionState.Open);
        Assert.Equal(["100:replayed"], bench.Recorder.Notes); // its end does not wait for the rollback
        bench.Link.Answer(transaction: TransactionState.Idle);
        bench.Link.Answer(transaction: TransactionState.Idle);
        Assert.Equal(["BEGIN", "100", "ROLLBACK", "101"], Sent(bench));
        Assert.Equal(["100:replayed", "101:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void TheLastOneIsRolledBackBeforeItsConnectionCloses()
    {
        using var bench = new PlayerBench();
        Add(bench);
        bench.Player.EndFeed();
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        bench.Link.Answer(transaction: TransactionState.Open);
        Assert.False(bench.IsFinished);
        bench.Link.Answer(transaction: TransactionState.Idle);
        Assert.Equal(["BEGIN", "100", "ROLLBACK"], Sent(bench));
        Assert.True(bench.IsFinished);
    }

    [Fact]
    public void APipelineOfWritesIsWrappedOneByOne()
    {
        using var bench = new PlayerBench();
        Add(bench, batch: 0, flags: ExchangeFlags.EndsBatch);
        Add(bench, batch: 1, flags: ExchangeFlags.EndsBatch | ExchangeFlags.Pipelined);
        bench.UntilSent(1);
        for (var i = 0; i < 6; i++)
        {
            bench.Link.Answer(transaction: i % 3 == 2 ? TransactionState.Idle : TransactionState.Open);
        }

        Assert.Equal(["BEGIN", "100", "ROLLBACK", "BEGIN", "101", "ROLLBACK"], Sent(bench));
    }

    [Fact]
    public void ABatchIsWrappedAsAWhole()
    {
        using var bench = new PlayerBench();
        Add(bench, batch: 0);
        Add(bench, batch: 0, flags: ExchangeFlags.EndsBatch | ExchangeFlags.Pipelined);
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        bench.UntilSent(3);
        bench.Link.Answer();
        Assert.Equal(3, bench.SentCount);
        bench.Link.Answer(transaction: TransactionState.Open);
        Assert.Equal(["BEGIN", "100", "101", "ROLLBACK"], Sent(bench));
    }

    [Fact]
    public void AWriteBehindTheFirstOfABatchThatIsNotWrappedIsLeftOut()
    {
        using var bench = new PlayerBench();
        bench.Add(batch: 0); // a setting, which has to stay
        Add(bench, batch: 0, flags: ExchangeFlags.EndsBatch);
        bench.UntilSent(1);
        bench.Link.Answer();
        Assert.Equal(["100:replayed", "101:cannot_roll_back"], bench.Recorder.Notes);
        Assert.Equal(Command.Sync, bench.Link.Sent[^1].Command);
    }

    [Fact]
    public void WithinATransactionNothingIsPutIn()
    {
        using var bench = new PlayerBench();
        var begin = bench.Plan();
        begin.State = TransactionState.Open;
        bench.Enqueue(begin);
        Add(bench, state: TransactionState.Open);
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        Assert.Equal(["100", "101"], Sent(bench));
    }

    [Fact]
    public void WhatMySqlWouldCommitIsRolledBackFirst()
    {
        using var bench = new PlayerBench(engine: Engine.MySql);
        var first = bench.Plan(command: Command.MySqlQuery);
        first.State = TransactionState.Open;
        bench.Enqueue(first);
        var begin = bench.Plan(command: Command.MySqlQuery);
        begin.State = TransactionState.Open;
        begin.Duty = TransactionDuty.RollBackFirst;
        bench.Enqueue(begin);
        bench.UntilSent(1);
        bench.Link.Answer(transaction: TransactionState.Open);
        bench.Link.Answer(transaction: TransactionState.Idle);
        Assert.Equal(["100", "ROLLBACK", "101"], Sent(bench));
    }

    private static void Add(PlayerBench bench, int batch = -1, ExchangeFlags flags = ExchangeFlags.None, TransactionState state = TransactionState.Idle)
    {
        var planned = bench.Plan(flags: flags, batch: batch);
        planned.Duty = TransactionDuty.Wrap;
        planned.State = batch >= 0 && (flags & ExchangeFlags.EndsBatch) == 0 ? TransactionState.Unknown : state;
        bench.Enqueue(planned);
    }

    private static IEnumerable<string> Sent(PlayerBench bench) => bench.Link.Sent.Select(static s => s.Tag < 0 ? Encoding.UTF8.GetString(s.Bytes) : $"{s.Tag}");
}
