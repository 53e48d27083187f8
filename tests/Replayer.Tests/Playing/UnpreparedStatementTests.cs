using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class UnpreparedStatementTests
{
    private const TransactionState Idle = TransactionState.Idle;

    private static readonly byte[] Bind = [(byte)'B', .. WorkloadMaker.BigEndian(13), 0, (byte)'p', (byte)'u', (byte)'t', 0, 0, 0, 0, 0];

    [Fact]
    public void MySqlsExecutesOfARefusedStatementAreLeftOut()
    {
        using var bench = new RetryBench(Engine.MySql);
        bench.Add(Idle, command: Command.MySqlStatementPrepare, handle: 7);
        bench.Add(Idle, command: Command.MySqlStatementExecute, handle: 7);
        bench.Add(Idle, command: Command.MySqlStatementExecute, handle: 8);
        bench.Answer("MySqlStatementPrepare", TransactionState.Unknown, "1146");
        bench.Answer("MySqlStatementExecute", Idle);
        bench.Add(Idle, command: Command.MySqlStatementPrepare, handle: 7);
        bench.Add(Idle, command: Command.MySqlStatementExecute, handle: 7);
        bench.Answer("MySqlStatementPrepare", Idle);
        bench.Answer("MySqlStatementExecute", Idle);
        Assert.Equal(["100:replayed", "101:statement_not_prepared", "102:replayed", "103:replayed", "104:replayed"], bench.Bench.Recorder.Notes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SoArePostgress()
    {
        using var bench = new RetryBench();
        Prepare(bench, 0);
        Execute(bench, 1);
        Prepare(bench, 2);
        Execute(bench, 3);
        bench.Answer("Parse", Idle, "42P01");
        bench.Answer("Parse", Idle);
        bench.Answer("Execute", Idle);
        Assert.Contains("101:statement_not_prepared", bench.Bench.Recorder.Notes);
    }

    [Fact]
    public void WhereOneExchangePreparedAndExecutedTheNextTells()
    {
        using var bench = new RetryBench();
        bench.Add(Idle, batch: 0, endsBatch: true, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("put", "insert"), .. Bind]);
        Execute(bench, 1);
        Execute(bench, 2);
        bench.Answer("Execute", Idle, "42P01");
        bench.Answer("Execute", Idle, "26000");
        bench.Nothing();
        Assert.Contains("102:statement_not_prepared", bench.Bench.Recorder.Notes);
    }

    [Fact]
    public void WhatProductionCouldNotPrepareEitherIsSent()
    {
        using var bench = new RetryBench();
        Prepare(bench, 0, "42P01");
        Execute(bench, 1, "26000");
        Execute(bench, 2, "26000");
        bench.Answer("Parse", Idle, "42P01");
        bench.Answer("Execute", Idle, "26000");
        bench.Answer("Execute", Idle, "26000");
    }

    [Fact]
    public void WhatTheServerSkippedIsPreparedByItselfAndIfThatIsRefusedLeftOut()
    {
        using var bench = new RetryBench();
        bench.Add(TransactionState.Unknown, batch: 0);
        Prepare(bench, 0);
        Execute(bench, 1);
        bench.Answer("select 0", TransactionState.Unknown, "22012");
        bench.Skip("Parse");
        bench.Answer(Encoding.Latin1.GetString([.. WorkloadMaker.ParseMessage("put", "insert"), .. "S\0\0\0\u0004"u8]), Idle, "42P01"); // a query of the player's own
        bench.Nothing();
        Assert.Contains("102:statement_not_prepared", bench.Bench.Recorder.Notes);
    }

    private static void Prepare(RetryBench bench, int batch, string error = "", TransactionState state = Idle) =>
        bench.Add(state, batch: batch, endsBatch: true, command: Command.Parse, request: WorkloadMaker.ParseMessage("put", "insert"), error: error);

    private static void Execute(RetryBench bench, int batch, string error = "") =>
        bench.Add(Idle, batch: batch, endsBatch: true, command: Command.Execute, request: Bind, error: error);
}
