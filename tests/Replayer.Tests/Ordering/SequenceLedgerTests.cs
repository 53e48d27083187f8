namespace Replay.Replayer.Tests.Ordering;

public sealed class SequenceLedgerTests
{
    private readonly DrawRecorder _draws = new();
    private readonly OrderCounts _counts = new();
    private readonly SequenceLedger _ledger;

    public SequenceLedgerTests() => _ledger = new SequenceLedger(0, 7, 99, new CatalogSequence("public.s", 1, 1), _draws, _counts);

    [Fact]
    public void WithoutAnyKnownValueNothingIsKnown()
    {
        Add(1, 10, 20);
        _ledger.Finish();

        Assert.Equal(["1: ?"], _draws.Told);
        Assert.Null(_ledger.Highest);
    }

    [Fact]
    public void FromWhereTheSnapshotFoundItValuesAreCountedBothWays()
    {
        _ledger.Stood(100, at: 50, new HashSet<long>());
        Add(1, 10, 20);
        Add(2, 22, 24, rows: 2);
        Add(3, 30, 40);
        Add(4, 45, 60); // under way at that moment: taken to draw where it ended
        Add(5, 70, 80);
        _ledger.Finish();

        Assert.Equal(["1: 97", "2: 98", "3: 100", "4: 101", "5: 102"], _draws.Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhatTheRestoredDataHasWasDrawnByWhatIsNotPlayed()
    {
        _ledger.Stood(100, at: 50, new HashSet<long> { 96, 97, 99 });
        Add(1, 10, 20, isInSnapshot: true);
        Add(2, 21, 22, isInSnapshot: true);
        Add(3, 23, 24);
        Add(4, 25, 26); // ended before the one that drew 99, in truth after it
        Add(5, 27, 28, isInSnapshot: true);
        Add(6, 60, 70);
        _ledger.Finish();

        Assert.Equal(["3: 98", "4: 100", "6: 101"], _draws.Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OneThatWaitedForALockDrewBeforeThat()
    {
        _ledger.Stood(100, at: 5, new HashSet<long>());
        Add(1, 10, 10 + SequenceLedger.LockWaitMicroseconds + 1);
        Add(2, 20, 30);
        Add(3, 22, 28);
        _ledger.Finish();

        Assert.Equal(["1: 101", "3: 102", "2: 103"], _draws.Told);
    }

    [Fact]
    public void AValueThatOthersShowIsNotGivenAgainAndCountingBeginsAnewBehindThose()
    {
        Add(1, 10, 20, told: 7);
        Add(2, 30, 34);
        Add(3, 31, 36, told: 8);
        Add(4, 50, 60, told: 41); // the server crashed in between
        Add(5, 70, 80);
        _ledger.Finish();

        Assert.Equal(["1: 7", "2: 9", "3: 8", "4: 41", "5: 42"], _draws.Told);
        Assert.Equal(42, _ledger.Highest);
    }

    [Fact]
    public void WhereThereAreMoreDrawsThanValuesOneIsNotKnown()
    {
        Add(1, 10, 20, told: 7);
        Add(2, 30, 40);
        Add(3, 50, 60); // did not draw, in truth
        Add(4, 70, 80, told: 9);
        _ledger.Finish();

        Assert.Equal(["1: 7", "2: 8", "3: ?", "4: 9"], _draws.Told);
        Assert.Equal((2, 1, 1), (_counts.IdsShown, _counts.IdsInferred, _counts.IdsUnknown));
    }

    [Fact]
    public void RowsOfOneStatementAreNotPutAcrossAValueOfAnother()
    {
        Add(1, 10, 20, told: 7);
        Add(2, 30, 38, rows: 3);
        Add(3, 31, 40, told: 9);
        _ledger.Finish();

        Assert.Equal(["1: 7", "2: 10", "3: 9"], _draws.Told);
    }

    [Fact]
    public void EachThatMayHaveDrawnTheOtherWayRoundIsNamed()
    {
        _ledger.Stood(100, at: 5, new HashSet<long>());
        Add(1, 10, 20);
        Add(2, 18, 30);
        Add(3, 40, 50); // within 5
        Add(4, 52, 53); // within 5
        Add(5, 35, 60);
        Add(6, 70, 80);
        _ledger.Finish();

        Assert.Equal([(1, 2), (4, 5), (3, 5)], _draws.Pairs.Select(p => (p.FirstSession, p.SecondSession)));
        Assert.All(_draws.Pairs, p => Assert.Equal((7, 99UL), (p.Table, p.Key)));
    }

    [Fact]
    public void WhatIsToldLaterCountsToo()
    {
        Add(1, 10, 20, told: 7);
        var draw = Add(2, 30, 40);
        Add(3, 32, 42);
        _ledger.AdvanceTo(100);
        Assert.Empty(_draws.Told);
        _ledger.Tell(draw, 9, 9);
        _ledger.AdvanceTo(100 + SequenceLedger.LookAheadMicroseconds);

        Assert.Equal(["1: 7", "2: 9", "3: 8"], _draws.Told);
    }

    private OpenDraw Add(int session, long requested, long ended, long rows = 1, long? told = null, bool isInSnapshot = false)
    {
        var draw = new OpenDraw { Drawer = new Drawer(session, session, 0), RequestedAt = requested, EndedAt = ended, Rows = rows, IsInSnapshot = isInSnapshot, Told = told is { } id ? (id, id) : null };
        _ledger.Add(draw);
        return draw;
    }
}
