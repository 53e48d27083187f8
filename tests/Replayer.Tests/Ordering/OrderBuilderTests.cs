using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Each rule by itself. Table 2; sessions are units' names.</summary>
public class OrderBuilderTests
{
    private const int Table = OrderTables.First;
    private static readonly OrderAccess Anything = new(OrderTables.Everything, OrderAccessKind.Barrier);
    private readonly OrderRecorder _recorder = new();
    private OrderBuilder? _builder;

    [Fact]
    public void WritersOfAKeyFollowEachOthersEnds()
    {
        Order(
            Unit(1, 10, 30, OrderAccessKind.KeyExclusive, 7),
            Unit(2, 5, 40, OrderAccessKind.KeyExclusive, 7),
            Unit(3, 5, 50, OrderAccessKind.KeyExclusive, 8));
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], Waits(2));
        Assert.Empty(Waits(3));
    }

    [Fact]
    public void ReadersOfAKeyDoNotFollowEachOtherButWritersFollowThem()
    {
        Order(
            Unit(1, 1, 10, OrderAccessKind.KeyShared, 7),
            Unit(2, 5, 20, OrderAccessKind.KeyExclusive, 7),
            Unit(3, 15, 30, OrderAccessKind.KeyShared, 7),
            Unit(4, 15, 31, OrderAccessKind.KeyShared, 7),
            Unit(5, 15, 40, OrderAccessKind.KeyExclusive, 7));
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], Waits(2));
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Key)], Waits(4));
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Key), OrderDependency.OnStatements(Table, 4, OrderReason.Key)], Waits(5).Where(d => d.Reason == OrderReason.Key));
    }

    [Fact]
    public void ABarrierWaitsForAllRowsAndAllRowsWaitForIt()
    {
        Order(
            Unit(1, 10, 20, OrderAccessKind.KeyExclusive, 7),
            Unit(2, 10, 30, OrderAccessKind.Append),
            Unit(3, 10, 40, OrderAccessKind.Barrier),
            Unit(4, 10, 50, OrderAccessKind.Append),
            Unit(5, 10, 60, OrderAccessKind.KeyExclusive, 9),
            Unit(6, 10, 70, OrderAccessKind.Append));
        Assert.Equal([OrderDependency.OnStatements(Table, 2, OrderReason.Table)], Waits(3));
        Assert.Equal([OrderDependency.OnEnd(3, 0, OrderReason.Table)], Waits(4));
        Assert.Equal([OrderDependency.OnEnd(3, 0, OrderReason.Table)], Waits(5));
        Assert.Equal([OrderDependency.OnEnd(3, 0, OrderReason.Table)], Waits(6));
    }

    [Fact]
    public void SharedLocksOfAllRowsMeetWritersOnly()
    {
        Order(
            Unit(1, 10, 20, OrderAccessKind.KeyShared, 7),
            Unit(2, 10, 30, OrderAccessKind.AllShared),
            Unit(3, 10, 40, OrderAccessKind.AllShared),
            Unit(4, 10, 50, OrderAccessKind.KeyExclusive, 8));
        Assert.Empty(Waits(2));
        Assert.Empty(Waits(3));
        Assert.Equal([OrderDependency.OnStatements(Table, 3, OrderReason.Table)], Waits(4));
    }

    [Fact]
    public void ForgottenKeysAreWaitedForAsStatements()
    {
        var units = Enumerable.Range(1, 20).Select(i => Unit(i, i, 100 + i, OrderAccessKind.KeyExclusive, (ulong)i)).Append(Unit(21, 50, 200, OrderAccessKind.KeyExclusive, 1)).ToArray();
        Order(new OrderOptions { KeyCapacity = 4 }, units);
        Assert.Equal([OrderDependency.OnStatements(Table, 16, OrderReason.Key)], Waits(21));
        Assert.Equal(17, _builder!.Counts.ForgottenKeys);
    }

    [Fact]
    public void ACommitWaitsForWhatHadEndedBeforeItWasAskedFor()
    {
        Order(
            Unit(1, 1, 10, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(2, 12, 20, OrderAccessKind.Read),
            Unit(3, 12, 31, OrderAccessKind.Read),
            Unit(1, 30, 40) with { Ordinal = 1 });
        Assert.Equal([OrderDependency.OnStatements(Table, 2, OrderReason.Commit)], Waits(1, 1));
        Assert.Contains(new OrderMark(DependencyKind.Commits, Table, 1), _recorder.At(1, 1).Marks);
    }

    [Fact]
    public void ARollbackIsSeenByNobody()
    {
        Order(
            Unit(1, 1, 10, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(1, 20, 30) with { Ordinal = 1, Control = Replay.Sql.TransactionControl.Rollback },
            Unit(2, 40, 50, OrderAccessKind.Read));
        Assert.Empty(Waits(2));
    }

    [Theory]
    [InlineData(OrderLevel.Key, true)]
    [InlineData(OrderLevel.Table, true)]
    [InlineData(OrderLevel.Key, false)]
    public void AReadWaitsForWhatMayHaveWrittenAnyTable(OrderLevel level, bool isPostgres)
    {
        Order(
            new OrderOptions { Level = level, WritesUseSnapshots = isPostgres },
            Unit(1, 10, 20) with { Access = Anything },
            Unit(3, 10, 20) with { Access = Anything, State = TransactionState.Open },
            Unit(2, 40, 50, OrderAccessKind.Read),
            Unit(3, 60, 70) with { Ordinal = 1 },
            Unit(2, 80, 90, OrderAccessKind.Read) with { Ordinal = 1 },
            Unit(2, 91, 92, OrderAccessKind.DefinitionShared) with { Ordinal = 2 });
        Assert.Equal([OrderDependency.OnCommits(OrderTables.Unknown, 1)], Waits(2));
        Assert.Equal([OrderDependency.OnCommits(OrderTables.Unknown, 2)], Waits(2, 1));
        Assert.Empty(Waits(2, 2));
    }

    [Theory]
    [InlineData(OrderLevel.Key, true)]
    [InlineData(OrderLevel.Table, true)]
    [InlineData(OrderLevel.Key, false)]
    public void ACommitWaitsForWhatMayHaveReadAnyTable(OrderLevel level, bool isPostgres)
    {
        Order(
            new OrderOptions { Level = level, WritesUseSnapshots = isPostgres },
            Unit(1, 1, 10, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(2, 12, 20) with { Access = Anything },
            Unit(3, 12, 31) with { Access = Anything },
            Unit(1, 30, 40) with { Ordinal = 1 });
        Assert.Equal([OrderDependency.OnStatements(OrderTables.Unknown, 1, OrderReason.Commit)], Waits(1, 1).Where(d => d.Table == OrderTables.Unknown));
    }

    // 2's routine may have had the row before 1, if each of its statements was a transaction: replayed after 1's it stands behind 1's lock until 1 has committed.
    [Theory]
    [InlineData(5, TransactionState.Idle, false, false)]
    [InlineData(5, TransactionState.Open, false, true)] // one transaction: it would have kept the row
    [InlineData(5, TransactionState.Idle, true, true)] // PostgreSQL: likewise
    [InlineData(12, TransactionState.Idle, false, true)] // it began while 1 had the row
    public void ATransactionDoesNotWaitForARoutineThatItsLocksMayHoldUp(long requested, TransactionState state, bool isPostgres, bool waits)
    {
        Order(
            new OrderOptions { WritesUseSnapshots = isPostgres },
            Unit(1, 1, 10, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(2, requested, 20) with { Access = Anything, State = state },
            Unit(2, 21, 22) with { Ordinal = 1 },
            Unit(1, 23, 24, OrderAccessKind.Read) with { Ordinal = 1, State = TransactionState.Open },
            Unit(1, 30, 40) with { Ordinal = 2 },
            Unit(1, 50, 60, OrderAccessKind.Read) with { Ordinal = 3 });
        Assert.Equal(waits, Waits(1, 1).Any(d => d.Table == OrderTables.Unknown));
        Assert.Equal(waits, Waits(1, 2).Any(d => d.Table == OrderTables.Unknown));
        Assert.Equal(!waits, Waits(1, 3).Any(d => d.Table == OrderTables.Unknown)); // once is enough
    }

    // A busy server may begin a statement milliseconds after it was sent.
    [Theory]
    [InlineData(100, 1)]
    [InlineData(7000, 0)]
    public void AnInsertSentAfterAConditionsStartGoesAfterItsStart(long sent, int ambiguous)
    {
        Order(
            Unit(1, 10, 9000, OrderAccessKind.Predicate),
            Unit(2, 5, 20, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(3, sent, sent + 10, OrderAccessKind.KeyInsert, 8));
        Assert.Equal([OrderDependency.OnSent(1, 0, OrderReason.Start)], Waits(3).Where(d => d.Kind == DependencyKind.Sent));
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(1));
        Assert.Equal(ambiguous, _builder!.Counts.AmbiguousPairs);
    }

    [Theory]
    [InlineData(0b001, true)] // what the condition looks at
    [InlineData(0b110, false)] // PostgreSQL looks again at rows that it has waited for
    [InlineData(ColumnMask.Going, false)]
    [InlineData(ColumnMask.Coming, true)]
    [InlineData(ColumnMask.Nothing, false)]
    public void ACommitThatDoesNotChangeWhoIsMeantMayBeSeen(uint sets, bool goesAfter)
    {
        Order(
            Unit(2, 1, 5, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open, Access = new OrderAccess(Table, OrderAccessKind.KeyExclusive, 7, sets) },
            Unit(1, 10, 600) with { Access = new OrderAccess(Table, OrderAccessKind.Predicate, 0, 0b100, 0b001 | ColumnMask.Coming) },
            Unit(2, 100, 110) with { Ordinal = 1 },
            Unit(3, 5, 300, OrderAccessKind.KeyExclusive, 8) with { State = TransactionState.Open });
        Assert.Equal(goesAfter, Waits(2, 1).Contains(OrderDependency.OnSent(1, 0, OrderReason.Start)));
        Assert.Equal(goesAfter ? 2 : 0, _builder!.Counts.AmbiguousPairs); // with 2, which committed 90 us after its start, and with 3, for which it waits unless it may no longer
        Assert.Equal(goesAfter ? 1 : 2, Waits(1).Where(d => d.Kind == DependencyKind.Statements).Max(d => d.Count));
    }

    [Fact]
    public void WhoComesAfterADeadlocksVictimWaitsForWhomTheVictimWaitedFor()
    {
        Order(
            Unit(1, 10, 20, OrderAccessKind.KeyExclusive, 7),
            Unit(2, 10, 30, OrderAccessKind.KeyExclusive, 7) with { HasNoEffect = true },
            Unit(3, 10, 40, OrderAccessKind.KeyExclusive, 7),
            Unit(4, 10, 50, OrderAccessKind.Predicate) with { HasNoEffect = true },
            Unit(5, 10, 60, OrderAccessKind.KeyExclusive, 7));
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], Waits(2));
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key), OrderDependency.OnEnd(2, 0, OrderReason.Key)], Waits(3));
        Assert.Equal([OrderDependency.OnStatements(Table, 4, OrderReason.Table), OrderDependency.OnEnd(3, 0, OrderReason.Key)], Waits(5));
    }

    [Fact]
    public void ThoseThatFoundTheirRowGoneDoNotWaitForEachOther()
    {
        // All stood behind 1, whose commit goes after each of them was sent: were one to wait for the end of another, the commit would wait for itself.
        Order(
            Unit(1, 1, 5, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(1, 6, 8, OrderAccessKind.KeyInsert, 7) with { Ordinal = 1, State = TransactionState.Open },
            Unit(2, 10, 605, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(3, 10, 610, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(4, 10, 620, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(1, 500, 600) with { Ordinal = 2 },
            Unit(5, 10, 900, OrderAccessKind.KeyExclusive, 7));
        foreach (var session in new[] { 2, 3, 4 })
        {
            Assert.DoesNotContain(Waits(session), d => d.Kind == DependencyKind.Ended && d.Session != 1);
            Assert.All(Waits(session).Where(d => d.Kind == DependencyKind.Statements), d => Assert.True(d.Count <= 2));
            Assert.Contains(OrderDependency.OnSent(session, 0, OrderReason.Start), Waits(1, 2));
        }

        Assert.Contains(Waits(5), d => d.Kind == DependencyKind.Statements && d.Count >= 5); // who changes it next waits for all of them
    }

    // 1 takes a row away and puts it there again; 2 was sent before its commit, and yet found the row.
    [Theory]
    [InlineData(OrderAccessKind.KeyExclusive, 1, 600, true, true, 0)]
    [InlineData(OrderAccessKind.KeyShared, 1, 600, true, true, 0)]
    [InlineData(OrderAccessKind.KeyExclusive, 0, 600, true, false, 1)] // not found: the commit may have come later
    [InlineData(OrderAccessKind.KeyExclusive, 1, 600, false, false, 0)] // InnoDB
    [InlineData(OrderAccessKind.KeyExclusive, 1, 900, true, false, 1)] // the commit was answered later
    [InlineData(OrderAccessKind.KeyExclusive, 1, 12, true, false, 0)] // it had ended: a count tells
    public void WhoFoundARowThatAnotherAddedBeganAfterItsCommit(OrderAccessKind kind, long found, long committed, bool isPostgres, bool waits, int ambiguous)
    {
        Order(
            new OrderOptions { LateAnswerMicroseconds = 200, LateStartMicroseconds = 0, WritesUseSnapshots = isPostgres },
            Unit(1, 1, 5, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open, Found = 1 },
            Unit(1, 6, 8, OrderAccessKind.KeyInsert, 7) with { Ordinal = 1, State = TransactionState.Open, Found = 1 },
            Unit(1, 9, 10, OrderAccessKind.KeyExclusive, 7) with { Ordinal = 2, State = TransactionState.Open, Found = 1 },
            Unit(2, 20, 850, kind, 7) with { Found = found, ChangedNothing = found == 0 },
            Unit(1, 11, committed) with { Ordinal = 3 });
        Assert.Equal(waits, Waits(2).Contains(OrderDependency.OnEnd(1, 3, OrderReason.Visibility)));
        Assert.Equal(ambiguous, _builder!.Counts.AmbiguousPairs);
        Assert.Contains(Waits(2), d => d == OrderDependency.OnEnd(1, 2, OrderReason.Key));
    }

    [Fact]
    public void WhoFoundOneOfTwoRowsMayNotHaveFoundTheAddedOne()
    {
        Order(
            Unit(1, 6, 8, OrderAccessKind.KeyInsert, 7) with { State = TransactionState.Open, Found = 1 },
            Unit(2, 20, 850, OrderAccessKind.KeyExclusive, 7) with { Found = 1, And = new OrderAccess(Table, OrderAccessKind.KeyExclusive, 8) },
            Unit(1, 11, 600) with { Ordinal = 1 });
        Assert.DoesNotContain(OrderDependency.OnEnd(1, 1, OrderReason.Visibility), Waits(2));
        Assert.Equal(1, _builder!.Counts.AmbiguousPairs);
    }

    [Fact]
    public void AReadThatWasAnsweredAfterADdlWaitsForIt()
    {
        Order(
            Unit(1, 10, 20, OrderAccessKind.Read),
            Unit(2, 10, 30, OrderAccessKind.Definition),
            Unit(3, 15, 40, OrderAccessKind.Read) with { State = TransactionState.Open },
            Unit(3, 50, 60, OrderAccessKind.Read) with { Ordinal = 1 });
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(2));
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Table)], Waits(3));
        Assert.DoesNotContain(Waits(3, 1), d => d.Kind == DependencyKind.Ended); // once is enough
    }

    [Theory]
    [InlineData(OrderAccessKind.KeyExclusive, 120L)]
    [InlineData(OrderAccessKind.Predicate, 120L)]
    [InlineData(OrderAccessKind.Read, 120L)]
    [InlineData(OrderAccessKind.Read, 101L)]
    [InlineData(OrderAccessKind.KeyExclusive, null)] // never asked for
    public void AStatementThatADdlLetGoBeforeItAnsweredComesAfterIt(OrderAccessKind kind, long? commitRequested)
    {
        Given statement = Unit(1, 20, 90, kind, 7) with { State = TransactionState.Open }, ddl = Unit(2, 10, 100, OrderAccessKind.Definition);
        Order(commitRequested is { } requested ? [statement, ddl, Unit(1, requested, 130) with { Ordinal = 1 }] : [statement, ddl]);
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Table)], Waits(1));
        Assert.Empty(Waits(2));
        Assert.Empty(_recorder.Pairs);
    }

    [Theory]
    [InlineData(TransactionState.Open, TransactionState.Idle, 95)] // the DDL may have waited for that commit
    [InlineData(TransactionState.Idle, TransactionState.Idle, 120)] // the statement was its own transaction
    [InlineData(TransactionState.Open, TransactionState.Open, 120)] // the DDL keeps its lock beyond its answer
    public void AStatementThatWasAnsweredBeforeADdlComesBeforeIt(TransactionState statement, TransactionState ddl, long nextRequested)
    {
        Order(
            Unit(1, 20, 90, OrderAccessKind.KeyExclusive, 7) with { State = statement },
            Unit(2, 10, 100, OrderAccessKind.Definition) with { State = ddl },
            Unit(1, nextRequested, 130) with { Ordinal = 1 });
        Assert.Empty(Waits(1));
        Assert.Contains(OrderDependency.OnStatements(Table, 1, OrderReason.Table), Waits(2));
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(30, true)] // after the statement by condition
    public void WhoStandsInLineBehindADdlHasNotBegun(long ddlRequested, bool goesAfter)
    {
        // 2's commit was asked for while 1 stood behind the DDL, which waited for that very commit.
        Order(
            Unit(2, 1, 5, OrderAccessKind.KeyInsert, 7) with { State = TransactionState.Open },
            Unit(3, ddlRequested, 200, OrderAccessKind.Definition),
            Unit(1, 20, 600, OrderAccessKind.Predicate),
            Unit(2, 100, 110) with { Ordinal = 1 });
        Assert.Equal(goesAfter, Waits(2, 1).Contains(OrderDependency.OnSent(1, 0, OrderReason.Start)));
    }

    [Fact]
    public void AKeyThatIsNotTheFirstMayBeAnyRowByTheFirst()
    {
        Order(
            Unit(1, 10, 20, OrderAccessKind.KeyExclusive, 7),
            Unit(2, 10, 30, OrderAccessKind.OtherKeyExclusive, 100),
            Unit(3, 10, 40, OrderAccessKind.OtherKeyExclusive, 101),
            Unit(4, 10, 50, OrderAccessKind.OtherKeyExclusive, 100),
            Unit(5, 10, 60, OrderAccessKind.KeyExclusive, 8),
            Unit(6, 10, 70, OrderAccessKind.Predicate));
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(2));
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(3));
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table), OrderDependency.OnEnd(2, 0, OrderReason.Key)], Waits(4));
        Assert.Equal([OrderDependency.OnStatements(Table, 4, OrderReason.Table)], Waits(5));
        Assert.Equal([OrderDependency.OnStatements(Table, 5, OrderReason.Table)], Waits(6));
    }

    [Fact]
    public void ACommitAskedForAfterAConditionsStartGoesAfterItsStartEvenIfItEndsLater()
    {
        Order(
            Unit(2, 1, 5, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(1, 10, 7000, OrderAccessKind.Predicate),
            Unit(2, 6900, 7010) with { Ordinal = 1 });
        Assert.Contains(OrderDependency.OnSent(1, 0, OrderReason.Start), Waits(2, 1));
        Assert.Equal(0, _builder!.Counts.AmbiguousPairs);
    }

    [Fact]
    public void AConditionThatStartsNoLongerWaitsDoesNotGoBeforeWhatWasSentBeforeIt()
    {
        // 2 holds a row that 1, which came later, waited for; 3's commit must not be seen by 1, which so waits for nothing any more.
        Order(
            Unit(1, 20, 600, OrderAccessKind.Predicate),
            Unit(3, 30, 40, OrderAccessKind.KeyInsert, 8),
            Unit(2, 10, 500, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open });
        Assert.Equal([OrderDependency.OnSent(1, 0, OrderReason.Start)], Waits(3));
        Assert.Empty(Waits(2));
        Assert.Equal((2, 1), (_recorder.Pairs[^1].FirstSession, _recorder.Pairs[^1].SecondSession));
    }

    [Fact]
    public void OneThatFoundItsRowGoneWaitsForWhoTookItWhateverElseIsCommitted()
    {
        Order(
            Unit(2, 1, 100, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(1, 10, 600, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(3, 50, 55, OrderAccessKind.KeyInsert, 8) with { State = TransactionState.Open },
            Unit(3, 60, 65) with { Ordinal = 1 },
            Unit(2, 200, 210, OrderAccessKind.KeyInsert, 7) with { Ordinal = 1, State = TransactionState.Open },
            Unit(2, 300, 310) with { Ordinal = 2 });
        Assert.DoesNotContain(Waits(3, 1), d => d.Kind == DependencyKind.Sent);
        Assert.Contains(OrderDependency.OnSent(1, 0, OrderReason.Start), Waits(2, 2));
        Assert.Contains(OrderDependency.OnEnd(2, 1, OrderReason.Key), Waits(1));
    }

    [Fact]
    public void AForeignKeyThatMissedItsParentStartedBeforeTheParentWasCommitted()
    {
        // The parent was deleted and added again in one transaction, for which the check waited: it looks for what was visible when it began.
        Order(
            Unit(2, 1, 5, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open },
            Unit(2, 10, 15, OrderAccessKind.KeyInsert, 7) with { Ordinal = 1, State = TransactionState.Open },
            Unit(1, 20, 600, OrderAccessKind.KeyShared, 7) with { HasNoEffect = true },
            Unit(2, 300, 310) with { Ordinal = 2 });
        Assert.Contains(OrderDependency.OnSent(1, 0, OrderReason.Start), Waits(2, 2));
        Assert.Contains(OrderDependency.OnEnd(2, 1, OrderReason.Key), Waits(1));
    }

    [Fact]
    public void SeveralThatFoundTheirRowGoneWaitForWhoTookIt()
    {
        Order(
            Unit(2, 1, 100, OrderAccessKind.KeyInsert, 7) with { State = TransactionState.Open },
            Unit(1, 10, 600, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(3, 10, 601, OrderAccessKind.KeyExclusive, 7) with { ChangedNothing = true },
            Unit(2, 300, 310) with { Ordinal = 1 });
        Assert.Contains(OrderDependency.OnEnd(2, 0, OrderReason.Key), Waits(1));
        Assert.Contains(OrderDependency.OnEnd(2, 0, OrderReason.Key), Waits(3));
    }

    [Fact]
    public void AConditionOfAnHourBeginsWhenItDid()
    {
        const long Hour = 3_600_000_000;
        var first = Unit(2, 100, 200, OrderAccessKind.KeyExclusive, 7) with { State = TransactionState.Open };
        var late = Unit(3, Hour / 2, (Hour / 2) + 100, OrderAccessKind.KeyExclusive, 8) with { State = TransactionState.Open };
        Order(Unit(1, 10, Hour, OrderAccessKind.Predicate), first, late);
        Assert.Equal([OrderDependency.OnStatements(Table, 1, OrderReason.Table)], Waits(1));
        Assert.Equal([OrderDependency.OnSent(1, 0, OrderReason.Start)], Waits(3));
        Assert.Equal(1, _builder!.Counts.AmbiguousPairs);
    }

    [Theory]
    [InlineData(1150, TransactionState.Open, false, 1)]
    [InlineData(1250, TransactionState.Open, false, 0)]
    [InlineData(1150, TransactionState.Open, true, 0)]
    [InlineData(6900, TransactionState.Idle, false, 1)] // it may have committed, let the other go, and answered after it
    [InlineData(7100, TransactionState.Idle, false, 0)]
    [InlineData(6900, TransactionState.Idle, true, 0)]
    public void EndsThatAreCloseAreAmbiguousUnlessThereIsEvidence(long secondEnd, TransactionState state, bool hasEvidence, long pairs)
    {
        Order(
            new OrderOptions(),
            Unit(1, 10, 1000, OrderAccessKind.KeyExclusive, 7) with { HasEvidence = hasEvidence },
            Unit(2, 10, secondEnd, OrderAccessKind.KeyExclusive, 7) with { HasEvidence = hasEvidence, State = state });
        Assert.Equal(pairs, _builder!.Counts.AmbiguousPairs);
        Assert.Equal(pairs, _recorder.Pairs.Count);
    }

    [Fact]
    public void WhatIsCertainIsNotAmbiguousHoweverClose()
    {
        Order(Unit(1, 10, 1000, OrderAccessKind.KeyExclusive, 7), Unit(2, 1001, 1002, OrderAccessKind.KeyExclusive, 7));
        Assert.Equal(0, _builder!.Counts.AmbiguousPairs);
    }

    [Fact]
    public void EvidenceDecides()
    {
        Order(
            Unit(1, 10, 1000, OrderAccessKind.KeyExclusive, 7) with { HasEvidence = true, OrderedAt = 1020 },
            Unit(2, 10, 1010, OrderAccessKind.KeyExclusive, 7) with { HasEvidence = true });
        Assert.Contains(OrderDependency.OnEnd(2, 0, OrderReason.Key), Waits(1));
        Assert.Empty(Waits(2));
    }

    [Fact]
    public void ByTablesAllWritersOfOneFollowEachOther()
    {
        Order(
            new OrderOptions { Level = OrderLevel.Table },
            Unit(1, 10, 30, OrderAccessKind.KeyExclusive, 7),
            Unit(2, 5, 40, OrderAccessKind.KeyExclusive, 8));
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], Waits(2));
    }

    private static Given Unit(int session, long requested, long ended, OrderAccessKind? kind = null, ulong key = 0) =>
        new(session, 0, requested, ended, kind is { } k ? new OrderAccess(Table, k, key) : null);

    private OrderDependency[] Waits(int session, int ordinal = 0) => _recorder.At(session, ordinal).Dependencies;

    private void Order(params Given[] units) => Order(new OrderOptions { LateAnswerMicroseconds = 200 }, units);

    private void Order(OrderOptions options, params Given[] units)
    {
        _builder = new OrderBuilder(options, _recorder);
        foreach (var given in units)
        {
            var unit = _builder.Rent();
            unit.Session = given.Session;
            unit.FirstOrdinal = unit.LastOrdinal = given.Ordinal;
            unit.RequestedAtMicroseconds = given.Requested;
            unit.EndedAtMicroseconds = given.Ended;
            unit.OrderedAtMicroseconds = given.OrderedAt ?? given.Ended;
            unit.HasEvidence = given.HasEvidence;
            unit.ChangedNothing = given.ChangedNothing;
            unit.Rows.Found = given.Found;
            unit.Rows.NextRequestedAt = units.FirstOrDefault(u => u.Session == given.Session && u.Ordinal == given.Ordinal + 1)?.Requested;
            unit.Failed = unit.HasNoEffect = given.HasNoEffect;
            unit.TransactionState = given.State;
            unit.Control = given.Control;
            if (given.Access is { } access)
            {
                unit.Accesses.Add(access);
            }

            if (given.And is { } another)
            {
                unit.Accesses.Add(another);
            }

            _builder.Add(unit);
        }

        _builder.Finish();
    }

    private sealed record Given(int Session, int Ordinal, long Requested, long Ended, OrderAccess? Access)
    {
        public TransactionState State { get; init; } = TransactionState.Idle;

        public Replay.Sql.TransactionControl Control { get; init; }

        public bool HasEvidence { get; init; }

        public bool ChangedNothing { get; init; }

        public bool HasNoEffect { get; init; }

        public long Found { get; init; }

        public long? OrderedAt { get; init; }

        public OrderAccess? And { get; init; }
    }
}
