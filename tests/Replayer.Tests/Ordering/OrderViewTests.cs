using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>
/// What a write that succeeded proves of its transaction's view. Session 1 is REPEATABLE READ: it takes its view in exchange 0, from 100 to 200. Session 2 writes row 7 and commits in its
/// exchange 1 meanwhile. Times alone do not tell whether 1 sees that.
/// </summary>
public class OrderViewTests
{
    private const int Table = OrderTables.First;
    private static readonly OrderAccess Row = new(Table, OrderAccessKind.KeyExclusive, 7);
    private static readonly OrderAccess Plain = new(Table, OrderAccessKind.Read);
    private readonly OrderRecorder _recorder = new();
    private OrderBuilder? _builder;

    [Theory]
    [InlineData(150)] // the commit ended before the statement that took the view
    [InlineData(250)] // after it: the server answers when all is done
    [InlineData(450)] // even after the write that proves it
    public void AViewWhoseWriteWasNotRefusedHasWhatTheRowsLastWriterCommitted(long committed)
    {
        Order(View(), Write(2, 0, 10, 20), Commit(2, 1, 90, committed), Write(1, 1, 300, 400));
        Assert.Contains(Seen(2, 1), Waits());
        Assert.Equal(1, _builder!.Counts.ProvenViews);
    }

    [Fact]
    public void WithoutAWriteNothingIsKnown()
    {
        Order(View(), Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Given(1, 1, 300, 400, Plain));
        Assert.Empty(Waits());
    }

    [Fact]
    public void ATransactionByItselfIsACommitToo()
    {
        Order(View(), Given(2, 0, 90, 150, Row) with { Found = 1, State = TransactionState.Idle }, Write(1, 1, 300, 400));
        Assert.Contains(Seen(2, 0), Waits());
    }

    [Fact]
    public void TheStatementThatTakesTheViewMayProveItItself()
    {
        Order(View() with { Accesses = [Row], Found = 1 }, Write(2, 0, 10, 20), Commit(2, 1, 90, 150));
        Assert.Contains(Seen(2, 1), Waits());
        Assert.Empty(_recorder.Late);
    }

    [Fact]
    public void ALockThatWasGivenProvesItToo()
    {
        Order(View(), Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Given(1, 1, 300, 400, new OrderAccess(Table, OrderAccessKind.KeyShared, 7)) with { Found = 1 });
        Assert.Contains(Seen(2, 1), Waits());
    }

    public static TheoryData<string, Unit[]> Unproven() => new()
    {
        { "refused", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Failed = true, Found = 0 }] },
        { "found no row", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Found = 0 }] },
        { "found one of two rows", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Accesses = [Row, Row with { Key = 8 }] }] },
        { "another row", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Accesses = [Row with { Key = 8 }] }] },
        { "a foreign key's check", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Accesses = [new OrderAccess(Table + 1, OrderAccessKind.KeyInsert, 3), new OrderAccess(Table, OrderAccessKind.KeyShared, 7)] }] },
        { "the writer only locked it", [Write(2, 0, 10, 20) with { Accesses = [Row with { Sets = ColumnMask.Nothing }] }, Commit(2, 1, 90, 150), Write(1, 1, 300, 400)] },
        { "the writer may not have found it", [Write(2, 0, 10, 20) with { Accesses = [Row, Row with { Key = 8 }] }, Commit(2, 1, 90, 150), Write(1, 1, 300, 400)] },
        { "the writer rolled back", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150) with { Control = TransactionControl.Rollback }, Write(1, 1, 300, 400)] },
        { "the writer undid it", [Write(2, 0, 10, 20), Given(2, 1, 30, 40) with { Control = TransactionControl.RollbackToSavepoint }, Write(2, 2, 50, 60) with { Accesses = [Row with { Key = 9 }] }, Commit(2, 3, 90, 150), Write(1, 1, 300, 400)] },
        { "an insert of the row that went", [Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Accesses = [new OrderAccess(Table, OrderAccessKind.KeyInsert, 7)] }] },
        { "an earlier transaction of the writer", [Write(2, 0, 10, 20), Commit(2, 1, 30, 40), Write(2, 2, 50, 60) with { Accesses = [Row with { Key = 9 }] }, Commit(2, 3, 90, 150), Write(1, 1, 300, 400)] },
    };

    [Theory]
    [MemberData(nameof(Unproven))]
    public void ProvesNothing(string what, Unit[] units)
    {
        Order([View(), .. units]);
        Assert.True(!Waits().Contains(Seen(2, units.Count(u => u.Session == 2) - 1)), what);
        Assert.Equal(0, _builder!.Counts.ProvenViews);
    }

    [Fact]
    public void WhatMayHaveBeenTheRowCountsIfItEndedFirst()
    {
        // 2 and 3 wrote rows by a condition, and 1 does: which rows nobody knows.
        var any = new OrderAccess(Table, OrderAccessKind.Predicate);
        Order(View(), Write(2, 0, 10, 20), Write(3, 0, 10, 20) with { Accesses = [Row with { Key = 8 }] }, Commit(2, 1, 90, 150), Commit(3, 1, 90, 250), Write(1, 1, 300, 400) with { Accesses = [any], Found = 5 });
        Assert.Equal([Seen(2, 1)], Waits());
    }

    [Fact]
    public void ARowAfterAConditionCountsIfItEndedFirst()
    {
        Order(View(), Write(2, 0, 10, 20) with { Accesses = [new OrderAccess(Table, OrderAccessKind.Predicate)], Found = 5 }, Commit(2, 1, 90, 150), Write(1, 1, 300, 400));
        Assert.Equal([Seen(2, 1)], Waits());
    }

    [Fact]
    public void ByTablesTheWritersOfOneAreSeen()
    {
        Order(new OrderOptions { Level = OrderLevel.Table }, View(), Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400) with { Accesses = [Row with { Key = 8 }] });
        Assert.Equal([Seen(2, 1)], Waits());
    }

    [Fact]
    public void ACommitThatWaitsForWhatEndedAfterTheViewIsNotWaitedFor()
    {
        // 2 is a transaction by itself, and answered after 3, which had the row before it, and which answered after the view was taken.
        Order(
            View(),
            Given(3, 0, 80, 240, Row) with { Found = 1, State = TransactionState.Idle },
            Given(2, 0, 90, 250, Row) with { Found = 1, State = TransactionState.Idle },
            Write(1, 1, 300, 400));
        Assert.Empty(Waits());
        Assert.Equal(1, _builder!.Counts.UndecidedViews);
    }

    [Fact]
    public void CommitsThatAreTooManyAreCounted()
    {
        var commits = Enumerable.Range(2, OpenView.MaxCommits + 3).Select(s => Given(s, 0, 110, 150, Row with { Key = (ulong)s }) with { Found = 1, State = TransactionState.Idle });
        Order([View(), .. commits, Write(1, 1, 300, 400) with { Accesses = [Row with { Key = 5 }] }]);
        Assert.Equal([Seen(5, 0)], Waits());
        Assert.Equal(3, _builder!.Counts.ForgottenViewCommits);
    }

    [Fact]
    public void TheNextTransactionHasAViewOfItsOwn()
    {
        Order(View(), Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Given(1, 1, 210, 220) with { State = TransactionState.Idle }, Write(1, 2, 300, 400));
        Assert.Empty(Waits());
    }

    [Theory]
    [InlineData("11.8.2-MariaDB-ubu2404", true)]
    [InlineData("5.5.5-11.8.2-MariaDB", true)]
    [InlineData("11.4.8-MariaDB", false)]
    [InlineData("9.7.0", false)]
    [InlineData(null, false)]
    public void InnoDbRefusesOnlyWithSnapshotIsolation(string? version, bool isProven)
    {
        Order(OrderOptions.For(SqlDialect.MySql, version), View() with { Isolation = IsolationLevel.Unspecified }, Write(2, 0, 10, 20), Commit(2, 1, 90, 150), Write(1, 1, 300, 400));
        Assert.Equal(isProven, Waits().Contains(Seen(2, 1)));
    }

    [Fact]
    public void InnoDbTakesTheViewWithTheFirstPlainRead()
    {
        // Exchange 0 writes; 3 commits after it and before exchange 1, which reads.
        Order(
            OrderOptions.For(SqlDialect.MySql, "11.8.2-MariaDB"),
            Write(1, 0, 10, 20) with { Accesses = [Row with { Key = 1 }] },
            Given(3, 0, 30, 40, Row with { Key = 2 }) with { Found = 1, State = TransactionState.Idle },
            Write(2, 0, 10, 20),
            Commit(2, 1, 90, 150),
            Given(1, 1, 100, 200, Plain),
            Write(1, 2, 300, 400));
        Assert.Equal([OrderDependency.OnCommits(OrderTables.Everything, 1), Seen(2, 1)], Waits(1, 1));
        Assert.DoesNotContain(Waits(1, 0), d => d.Reason == OrderReason.Visibility);
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead, false)] // what changes or locks rows opens no view
    [InlineData(IsolationLevel.Serializable, true)]
    public void AtSerializableAnyStatementTakesMariaDbsView(IsolationLevel level, bool takesView)
    {
        Order(
            OrderOptions.For(SqlDialect.MySql, "11.8.2-MariaDB"),
            Write(1, 0, 100, 200) with { Accesses = [Row with { Key = 1 }], Isolation = level },
            Write(2, 0, 10, 20),
            Commit(2, 1, 90, 150),
            Write(1, 1, 300, 400));
        Assert.Equal(takesView, Waits().Contains(Seen(2, 1)));
    }

    [Theory]
    [InlineData(OrderAccessKind.KeyShared)] // a child of the row
    [InlineData(OrderAccessKind.KeyInsert)] // the row again, after it has gone
    public void InnoDbLocksWhatItChecks(OrderAccessKind kind)
    {
        Order(
            OrderOptions.For(SqlDialect.MySql, "11.8.2-MariaDB"),
            View() with { Isolation = IsolationLevel.Unspecified },
            Write(2, 0, 10, 20),
            Commit(2, 1, 90, 150),
            Write(1, 1, 300, 400) with { Accesses = [new OrderAccess(Table + 1, OrderAccessKind.KeyInsert, 3), new OrderAccess(Table, kind, 7), new OrderAccess(Table, OrderAccessKind.KeyShared, 8)] });
        Assert.Contains(Seen(2, 1), Waits());
    }

    private static Unit View() => Given(1, 0, 100, 200, Plain) with { Isolation = IsolationLevel.RepeatableRead };

    private static Unit Write(int session, int ordinal, long requested, long ended) => Given(session, ordinal, requested, ended, Row) with { Found = 1 };

    private static Unit Commit(int session, int ordinal, long requested, long ended) => Given(session, ordinal, requested, ended) with { State = TransactionState.Idle, Control = TransactionControl.Commit };

    private static Unit Given(int session, int ordinal, long requested, long ended, params OrderAccess[] accesses) => new(session, ordinal, requested, ended, accesses);

    private static OrderDependency Seen(int session, int ordinal) => OrderDependency.OnEnd(session, ordinal, OrderReason.Visibility);

    private OrderDependency[] Waits(int session = 1, int ordinal = 0) => _recorder.At(session, ordinal).Dependencies;

    private void Order(params Unit[] units) => Order(new OrderOptions { LateAnswerMicroseconds = 200 }, units);

    private void Order(OrderOptions options, params Unit[] units)
    {
        _builder = new OrderBuilder(options, _recorder);
        foreach (var given in units)
        {
            var unit = _builder.Rent();
            unit.Session = given.Session;
            unit.FirstOrdinal = unit.LastOrdinal = given.Ordinal;
            unit.RequestedAtMicroseconds = given.Requested;
            unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = given.Ended;
            unit.Failed = unit.HasNoEffect = given.Failed;
            unit.Isolation = given.Isolation;
            unit.Rows.Found = given.Found;
            unit.TransactionState = given.State;
            unit.Control = given.Control;
            unit.Accesses.AddRange(given.Accesses);
            _builder.Add(unit);
        }

        _builder.Finish();
    }

    public sealed record Unit(int Session, int Ordinal, long Requested, long Ended, OrderAccess[] Accesses)
    {
        public TransactionState State { get; init; } = TransactionState.Open;

        public TransactionControl Control { get; init; }

        public IsolationLevel Isolation { get; init; }

        public bool Failed { get; init; }

        public long Found { get; init; }
    }
}
