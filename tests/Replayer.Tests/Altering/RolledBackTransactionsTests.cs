using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class RolledBackTransactionsTests
{
    private static readonly (string Text, TransactionState State)[] Played =
    [
        ("begin", TransactionState.Open), ("insert 1", TransactionState.Open), ("commit", TransactionState.Idle),
        ("begin", TransactionState.Open), ("insert 4", TransactionState.Open), ("rollback", TransactionState.Idle),
        ("insert 6", TransactionState.Idle),
        ("begin", TransactionState.Open), ("insert 8", TransactionState.Open), ("savepoint a", TransactionState.Open), ("insert 10", TransactionState.Open),
        ("savepoint b", TransactionState.Open), ("insert 12", TransactionState.Open), ("rollback to savepoint a", TransactionState.Open), ("insert 14", TransactionState.Open), ("commit", TransactionState.Idle),
        ("begin", TransactionState.Open), ("insert 17", TransactionState.Failed), ("commit", TransactionState.Idle), // PostgreSQL answers ROLLBACK
        ("begin", TransactionState.Open), ("insert 20", TransactionState.Open), // and the client goes
    ];

    [Fact]
    public void WhatProductionTookBackIsFound()
    {
        using var folder = new TempFolder("rolled-back");
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        var shapes = Played.Select(static p => p.Text.Split(' ')[0] == "insert" ? "insert into t values ( ? )" : p.Text).Distinct().ToDictionary(static t => t, t => maker.Shape(t, "x"));
        maker.Add(WorkloadMaker.Session(1, closedAt: 1000));
        for (var i = 0; i < Played.Length; i++)
        {
            var (text, state) = Played[i];
            maker.Add(1, i, i, shapes[text.StartsWith("insert", StringComparison.Ordinal) ? "insert into t values ( ? )" : text], state, sql: text);
        }

        using var reader = maker.Read();
        var found = RolledBackTransactions.Find(reader);
        Assert.Equal(["insert 4", "insert 10", "insert 12", "insert 17", "insert 20"], Enumerable.Range(0, Played.Length).Where(i => Played[i].Text.StartsWith("insert", StringComparison.Ordinal) && found.Contains(1, i)).Select(static i => Played[i].Text));
    }

    // Its errors do not tell the transaction's state.
    [Fact]
    public void OfMySqlADeadlocksVictimIsTakenBackAndNeitherWhatFollowsNorWhatABeginCommits()
    {
        (string Text, TransactionState State, string Error)[] played =
        [
            ("begin", TransactionState.Open, ""), ("insert 1", TransactionState.Open, ""), ("insert 2", TransactionState.Unknown, "1213"),
            ("begin", TransactionState.Open, ""), ("insert 4", TransactionState.Open, ""), ("insert 5", TransactionState.Unknown, "1062"), ("commit", TransactionState.Idle, ""),
            ("begin", TransactionState.Open, ""), ("insert 8", TransactionState.Open, ""), ("start transaction", TransactionState.Open, ""), ("insert 10", TransactionState.Open, ""), ("rollback", TransactionState.Idle, ""),
            ("begin", TransactionState.Open, ""), ("insert 13", TransactionState.Open, ""), ("begin not atomic select 1; end", TransactionState.Open, ""), ("rollback", TransactionState.Idle, ""), // a block, which commits nothing
        ];
        using var folder = new TempFolder("rolled-back");
        using var maker = new WorkloadMaker(folder.File("w.workload"), engine: Engine.MySql);
        var shapes = played.Select(static p => p.Text).Distinct().ToDictionary(static t => t, t => maker.Shape(t, "x"));
        maker.Add(WorkloadMaker.Session(1, closedAt: 1000) with { Engine = Engine.MySql });
        for (var i = 0; i < played.Length; i++)
        {
            maker.Add(1, i, i, shapes[played[i].Text], played[i].State, Command.MySqlQuery, played[i].Text, error: played[i].Error);
        }

        using var reader = maker.Read();
        var found = RolledBackTransactions.Find(reader);
        Assert.Equal(["insert 1", "insert 2", "insert 10", "insert 13"], Enumerable.Range(0, played.Length).Where(i => played[i].Text.StartsWith("insert", StringComparison.Ordinal) && found.Contains(1, i)).Select(i => played[i].Text));
    }

    [Fact]
    public void StretchesThatMeetAreOneAndMemoryDoesNotGrowWithThem()
    {
        using var folder = new TempFolder("rolled-back");
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        int begin = maker.Shape("begin", "x"), rollback = maker.Shape("rollback", "x"), commit = maker.Shape("commit", "x"), save = maker.Shape("savepoint a", "x"), release = maker.Shape("release savepoint a", "x"), back = maker.Shape("rollback to savepoint a", "x");
        maker.Add(WorkloadMaker.Session(1, closedAt: 100_000));
        var at = 0;
        for (var i = 0; i < 100; i++)
        {
            Add(begin, TransactionState.Open, "begin");
            Add(rollback, TransactionState.Idle, "rollback");
        }

        Add(begin, TransactionState.Open, "begin"); // 200
        Add(commit, TransactionState.Idle, "commit");
        Add(begin, TransactionState.Open, "begin"); // 202
        Add(save, TransactionState.Open, "savepoint a");
        Add(save, TransactionState.Open, "savepoint a"); // 204: hides the other
        Add(release, TransactionState.Open, "release savepoint a");
        Add(back, TransactionState.Open, "rollback to savepoint a"); // to 203
        Add(commit, TransactionState.Idle, "commit"); // 207
        Add(begin, TransactionState.Open, "begin"); // left behind when the client goes

        using var reader = maker.Read();
        var found = RolledBackTransactions.Find(reader);
        Assert.Equal(3, found.Count);
        Assert.Equal([200, 201, 202, 207], Enumerable.Range(0, at).Where(i => !found.Contains(1, i)));

        void Add(int shape, TransactionState state, string sql) => maker.Add(1, at, at++, shape, state, sql: sql);
    }
}
