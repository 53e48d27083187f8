namespace Replay.Replayer.Tests.Values;

public sealed class PlacedSequenceTests
{
    private const long Highest = 100;

    private readonly PlacedSequence _sequence = new(new SequencePlan(0, "shop", new CatalogSequence("public.s", 1, 1), Highest, IsExact: true));

    [Fact]
    public void ItIsMovedOnlyWhereItDoesNotStandBeforeTheValue()
    {
        Assert.Equal((true, 5, null), Next(5)); // where it stands at first is not known
        Assert.Equal((false, 6, null), Next(6, rows: 3));
        Assert.Equal((false, 9, null), Next(9));
        Assert.Equal((true, 20, null), Next(20));
        Assert.Equal((true, 10, null), Next(10)); // back, too
        Assert.Equal((true, 21, null), Next(21));
        Assert.Equal(Highest, _sequence.End);
    }

    [Fact]
    public void AfterAFailureItsPlaceIsNotKnown()
    {
        Next(5);
        Assert.False(_sequence.Ended(new SequenceDraw(0, 5, 1), failed: true, last: null));
        Assert.Equal((true, 6, null), Next(6));
        Assert.False(_sequence.Ended(new SequenceDraw(0, 6, 1), failed: false, last: 6));
        Assert.Equal((false, 7, null), Next(7));
    }

    [Fact]
    public void WhatAnotherDrewInBetweenIsSeen()
    {
        Next(5);
        Assert.True(_sequence.Ended(new SequenceDraw(0, 5, 1), failed: false, last: 6));
        Assert.Equal((true, 6, null), Next(6)); // it may stand anywhere
    }

    [Fact]
    public void AValueThatIsTakenOrNotKnownGivesWayToOneThatProductionNeverDrew()
    {
        Next(5, rows: 3);
        Assert.Equal((true, Highest + 1, MissReason.IdTaken), Next(6));
        Assert.Equal((false, Highest + 2, MissReason.IdNotProven), Next(null, rows: 2));
        Assert.Equal((true, 8, null), Next(8));
        Assert.Equal(Highest + 3, _sequence.End);
        Assert.False(_sequence.Ended(new SequenceDraw(0, 6, 1), failed: false, last: Highest + 1));
    }

    [Fact]
    public void BetweenPipelinedOnesNothingCanBeMoved()
    {
        Next(5);
        Assert.Equal((false, 6, null), Next(6, isAlone: false));
        Assert.Equal((false, 7, MissReason.Pipelined), Next(9, isAlone: false));
        Assert.Equal((true, 9, null), Next(9));
    }

    [Fact]
    public void WhatWasRolledBackCanBeDrawnAgain()
    {
        Next(5, rows: 3);
        Next(8);
        _sequence.Release(new SequenceDraw(0, 6, 1));
        Assert.Equal((true, 6, null), Next(6));
        Assert.Equal((true, Highest + 1, MissReason.IdTaken), Next(5));
        Assert.Equal((false, Highest + 2, MissReason.IdTaken), Next(7));
        _sequence.Release(new SequenceDraw(0, 5, 4));
        Assert.Equal((true, 5, null), Next(5, rows: 4));
    }

    private (bool Moves, long First, string? Missed) Next(long? first, long rows = 1, bool isAlone = true)
    {
        var moves = _sequence.MustMove(new SequenceDraw(0, first, rows), isAlone, out var value, out var missed);
        return (moves, value, missed);
    }
}
