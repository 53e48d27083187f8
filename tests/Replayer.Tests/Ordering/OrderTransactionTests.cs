using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Where a session's transactions end and begin, and what their isolation level makes of their reads.</summary>
public class OrderTransactionTests
{
    private const int Table = OrderTables.First;
    private static readonly OrderAccess Row = new(Table, OrderAccessKind.KeyExclusive, 7);
    private static readonly OrderAccess Plain = new(Table, OrderAccessKind.Read);
    private static readonly OrderOptions InnoDb = OrderOptions.For(SqlDialect.MySql);
    private readonly OrderRecorder _recorder = new();

    // COMMIT AND CHAIN, MySQL's BEGIN where a transaction is open.
    [Theory]
    [InlineData(SqlDialect.PostgreSql, TransactionControl.Commit, true)]
    [InlineData(SqlDialect.MySql, TransactionControl.Commit, true)]
    [InlineData(SqlDialect.MySql, TransactionControl.Begin, true)]
    [InlineData(SqlDialect.PostgreSql, TransactionControl.Begin, false)] // a warning, and no more
    [InlineData(SqlDialect.PostgreSql, TransactionControl.Rollback, false)]
    [InlineData(SqlDialect.MySql, TransactionControl.Rollback, false)]
    public void ACommitMayLeaveATransactionOpen(SqlDialect dialect, TransactionControl control, bool commits)
    {
        var ends = control != TransactionControl.Begin || dialect == SqlDialect.MySql;
        Order(
            OrderOptions.For(dialect),
            Unit(1, 0, 10, 20, Row),
            Unit(1, 1, 30, 40) with { Control = control },
            Unit(2, 0, 50, 60, Plain) with { State = TransactionState.Idle },
            Unit(1, 2, 70, 80) with { Control = TransactionControl.Commit, State = TransactionState.Idle },
            Unit(3, 0, 90, 95, Plain) with { State = TransactionState.Idle });
        Assert.Equal(commits ? [OrderDependency.OnCommits(Table, 1)] : [], Waits(2, 0));
        Assert.Equal(commits || !ends ? [OrderDependency.OnCommits(Table, 1)] : [], Waits(3, 0));
        Assert.Equal(ends, !_recorder.At(1, 2).Marks.Any(m => m.Kind == DependencyKind.Commits)); // nothing is committed twice, nor what was rolled back
    }

    [Fact]
    public void ACommitThatFailedIsNone()
    {
        Order(InnoDb, Unit(1, 0, 10, 20, Row), Unit(1, 1, 30, 40) with { Control = TransactionControl.Commit, Failed = true }, Unit(2, 0, 50, 60, Plain) with { State = TransactionState.Idle });
        Assert.Empty(Waits(2, 0));
    }

    [Theory]
    [InlineData(TransactionControl.Begin)]
    [InlineData(TransactionControl.Commit)]
    [InlineData(TransactionControl.Rollback)]
    public void TheNextTransactionHasAViewOfItsOwn(TransactionControl control)
    {
        Order(
            InnoDb,
            Unit(1, 0, 10, 20, Plain),
            Unit(2, 0, 30, 40, Row) with { State = TransactionState.Idle },
            Unit(1, 1, 50, 60, Plain),
            Unit(1, 2, 70, 80) with { Control = control },
            Unit(1, 3, 90, 95, Plain));
        Assert.Empty(Waits(1, 1));
        Assert.Equal([OrderDependency.OnCommits(OrderTables.Everything, 1)], Waits(1, 3));
    }

    [Fact]
    public void AViewThatIsTakenByBeginIsTheNextTransactions()
    {
        Order(
            InnoDb,
            Unit(1, 0, 10, 20, Plain),
            Unit(2, 0, 30, 40, Row) with { State = TransactionState.Idle },
            Unit(1, 1, 50, 60) with { Control = TransactionControl.Begin, ConsistentSnapshot = true },
            Unit(2, 1, 70, 80, Row) with { State = TransactionState.Idle },
            Unit(1, 2, 90, 95, Plain));
        Assert.Equal([OrderDependency.OnCommits(OrderTables.Everything, 1)], Waits(1, 1));
        Assert.Empty(Waits(1, 2));
        Assert.Contains(OrderDependency.OnStatements(OrderTables.Snapshots, 2, OrderReason.Commit), Waits(2, 1));
    }

    [Fact]
    public void AChainedTransactionKeepsItsLevelAndBeginDoesNot()
    {
        Order(
            InnoDb with { DefaultIsolation = IsolationLevel.ReadCommitted },
            Unit(1, 0, 10, 20) with { Isolation = IsolationLevel.RepeatableRead, State = TransactionState.Idle },
            Unit(1, 1, 21, 22) with { Control = TransactionControl.Begin },
            Unit(1, 2, 23, 24) with { Control = TransactionControl.Commit },
            Unit(1, 3, 25, 26, Plain),
            Unit(1, 4, 27, 28) with { Control = TransactionControl.Begin },
            Unit(1, 5, 29, 30, Plain));
        Assert.Contains(_recorder.At(1, 3).Marks, m => m.Table == OrderTables.Snapshots);
        Assert.DoesNotContain(_recorder.At(1, 5).Marks, m => m.Table == OrderTables.Snapshots);
    }

    [Theory]
    [InlineData(true)] // a deadlock
    [InlineData(false)] // a duplicate key
    public void AnErrorThatRollsBackEndsTheTransaction(bool rolledBack)
    {
        Order(
            InnoDb,
            Unit(1, 0, 10, 20, Plain),
            Unit(1, 1, 21, 22, Row),
            Unit(2, 0, 30, 40, Row with { Key = 8 }) with { State = TransactionState.Idle },
            Unit(1, 2, 50, 60, Row with { Key = 9 }) with { State = TransactionState.Unknown, Failed = true, RolledBack = rolledBack },
            Unit(1, 3, 70, 80, Plain),
            Unit(1, 4, 90, 95) with { Control = TransactionControl.Commit, State = TransactionState.Idle });
        Assert.Equal(rolledBack ? [OrderDependency.OnCommits(OrderTables.Everything, 1)] : [], Waits(1, 3));
        Assert.Equal(!rolledBack, _recorder.At(1, 4).Marks.Any(m => m.Kind == DependencyKind.Commits));
    }

    // 2 stood behind 1's read until 1 had committed.
    [Theory]
    [InlineData(IsolationLevel.Serializable, TransactionState.Open, SqlDialect.MySql, true)]
    [InlineData(IsolationLevel.Serializable, TransactionState.Idle, SqlDialect.MySql, false)] // a transaction by itself reads what is committed
    [InlineData(IsolationLevel.RepeatableRead, TransactionState.Open, SqlDialect.MySql, false)]
    [InlineData(IsolationLevel.Serializable, TransactionState.Open, SqlDialect.PostgreSql, false)]
    public void InnoDbsSerializableReadsLock(IsolationLevel level, TransactionState state, SqlDialect dialect, bool locks)
    {
        var locking = new OrderAccess(Table, OrderAccessKind.KeyShared, 7, ColumnMask.Nothing);
        Order(
            OrderOptions.For(dialect) with { DefaultIsolation = level },
            Unit(1, 0, 10, 20, Plain) with { Locking = locking, State = state },
            Unit(2, 0, 15, 60, Row),
            Unit(3, 0, 15, 70, Row with { Key = 8 }));
        Assert.Equal(locks, Waits(2, 0).Contains(OrderDependency.OnEnd(1, 0, OrderReason.Key)));
        Assert.Empty(Waits(3, 0));
    }

    [Fact]
    public void WhatASerializableReadLocksIsAnyRowIfItIsNotKnown()
    {
        Order(InnoDb with { DefaultIsolation = IsolationLevel.Serializable }, Unit(1, 0, 10, 20, Plain), Unit(2, 0, 15, 60, Row));
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(2, 0));
    }

    private static Given Unit(int session, int ordinal, long requested, long ended, params OrderAccess[] accesses) => new(session, ordinal, requested, ended, accesses);

    private OrderDependency[] Waits(int session, int ordinal) => _recorder.At(session, ordinal).Dependencies;

    private void Order(OrderOptions options, params Given[] units)
    {
        var builder = new OrderBuilder(options, _recorder);
        foreach (var given in units)
        {
            var unit = builder.Rent();
            unit.Session = given.Session;
            unit.FirstOrdinal = unit.LastOrdinal = given.Ordinal;
            unit.RequestedAtMicroseconds = given.Requested;
            unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = given.Ended;
            unit.Failed = unit.HasNoEffect = given.Failed;
            unit.RolledBack = given.RolledBack;
            unit.Isolation = given.Isolation;
            unit.ConsistentSnapshot = given.ConsistentSnapshot;
            unit.TransactionState = given.State;
            unit.Control = given.Control;
            unit.Accesses.AddRange(given.Accesses);
            if (given.Locking is { } locking)
            {
                unit.LockingReads.Add(locking);
            }

            builder.Add(unit);
        }

        builder.Finish();
    }

    private sealed record Given(int Session, int Ordinal, long Requested, long Ended, OrderAccess[] Accesses)
    {
        public TransactionState State { get; init; } = TransactionState.Open;

        public TransactionControl Control { get; init; }

        public IsolationLevel Isolation { get; init; }

        public bool ConsistentSnapshot { get; init; }

        public bool Failed { get; init; }

        public bool RolledBack { get; init; }

        public OrderAccess? Locking { get; init; }
    }
}
