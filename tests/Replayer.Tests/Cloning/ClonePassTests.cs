using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>One session, a statement a line: <c>open</c> in front of it leaves a transaction open.</summary>
public sealed class ClonePassTests : IDisposable
{
    private readonly TempFolder _folder = new("clones");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("select ? from t", "+")]
    [InlineData("open begin;open select n from t;commit", "+++")]
    [InlineData("open begin;open select n from t;open update t set n = ?;commit", "----", false)]
    [InlineData("open begin;open set work_mem = ?;open update t set n = ?;commit", "-+--", false)]
    [InlineData("open begin;open set work_mem = ?;open update t set n = ?;rollback;select n from t", "----+")]
    [InlineData("select n from t for update;select n from t", "-+")]
    [InlineData("select book(?);select lower(?)", "-+")]
    [InlineData("select pg_advisory_lock(?);select n from t;select pg_advisory_unlock(?)", "-+-")]
    [InlineData("open begin;open select n from t;open select pg_advisory_xact_lock(?);commit", "----", false)]
    [InlineData("select currval(?);select n from t", "-+")]
    [InlineData("select n from t;open begin;open select n from t", "+++")]
    [InlineData("select n from t;create temp table x ( a int );insert into x values (?);select a from x", "++++")]
    [InlineData("set work_mem = ?;update t set n = ?", "+-", false)]
    public void TransactionsThatOnlyReadAreClonedAndWhoHasNoneHasNoClones(string statements, string cloned, bool hasClones = true)
    {
        Assert.Equal(cloned, Marks(statements, out var reads));
        Assert.Equal(hasClones, reads);
    }

    [Fact]
    public void WhatIsTooLongToBeHeldIsNotClonedAndSaid()
    {
        var warnings = new List<string>();
        Assert.Equal("--+---+", Marks("open begin;open select n from t;open set work_mem = ?;open select n from t;open select n from t;commit;select n from t", out _, warnings, maxHeld: 3));
        Assert.Equal(["1 transactions are too long to be cloned: transactions that are open at one time hold more than 3 statements"], warnings);
    }

    private string Marks(string statements, out bool reads, List<string>? warnings = null, int maxHeld = SelectionPass.MaxHeld)
    {
        using var maker = new WorkloadMaker(_folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1));
        var at = 0;
        foreach (var statement in statements.Split(';'))
        {
            var isOpen = statement.StartsWith("open ", StringComparison.Ordinal);
            var text = isOpen ? statement["open ".Length..] : statement;
            var @class = text.Split(' ')[0] switch { "select" => "read", "begin" or "commit" or "rollback" => "transaction", "set" => "session", "create" => "ddl", _ => "write" };
            maker.Add(1, at, at + 5, maker.Shape(text, @class), isOpen ? TransactionState.Open : TransactionState.Idle);
            at += 10;
        }

        using var reader = maker.Read();
        using var marks = new SelectionMarks(_folder.Path, reader.ExchangeCount, "clones.data");
        reads = ClonePass.Run(reader, marks, static _ => true, warnings is null ? Assert.Fail : warnings.Add, CancellationToken.None, maxHeld).Contains(1);
        return string.Concat(Enumerable.Range(0, (int)reader.ExchangeCount).Select(i => marks[i] == SelectionMark.Play ? '+' : '-'));
    }
}
