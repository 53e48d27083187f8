namespace Replay.Replayer.Tests;

public sealed class PacerTests
{
    private const long Origin = 1_000_000_000;
    private const long Start = 7_000_000_000;

    [Theory]
    [InlineData(1.0, 500_000, Start + 500_000)]
    [InlineData(2.0, 500_000, Start + 250_000)]
    [InlineData(0.5, 500_000, Start + 1_000_000)]
    [InlineData(1.0, -500_000, Start)]
    public void DueTimesAreCountedFromTheStart(double factor, long offset, long due) =>
        Assert.Equal(due, new Pacer(new Speed(factor), Origin, Start).DueAt(Origin + offset));

    [Fact]
    public void FullSpeedHasNoDueTimesAndNoHorizon()
    {
        var pacer = new Pacer(Speed.Max, Origin, Start);
        Assert.Equal(Pacer.AtOnce, pacer.DueAt(Origin + 5));
        Assert.Equal(long.MaxValue, pacer.CapturedAt(Start));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(40)]
    public void TheScheduleInvertsToTheCapturedMoment(double factor)
    {
        var pacer = new Pacer(new Speed(factor), Origin, Start);
        for (var captured = Origin; captured < Origin + 10_000_000; captured += 123_457)
        {
            Assert.InRange(pacer.CapturedAt(pacer.DueAt(captured)) - captured, -factor - 1, factor + 1);
        }
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(true, 1_999_999, 1_999_999)]
    [InlineData(true, 2_000_000, 6_150_000)] // the other one has played the first slice and the second
    [InlineData(true, 4_000_000, 8_200_000)]
    [InlineData(false, 0, 2_050_000)]
    [InlineData(false, 2_000_000, 4_100_000)]
    [InlineData(false, 4_000_000, 10_250_000)]
    public void SlicesArePlayedInTurnAndWhoGoesFirstIsSwapped(bool goesFirst, long schedule, long elapsed)
    {
        var pacer = new Pacer(new Speed(2), Origin, Start, Turns(goesFirst));
        Assert.Equal(Start + elapsed, pacer.DueAt(Origin + (2 * schedule)));
        Assert.False(pacer.StandsAt(Start + elapsed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void OfTwoRunsOneAtMostGoesOnAndBothComeEverywhere(double factor)
    {
        var both = new[] { true, false }.Select(goesFirst => new Pacer(new Speed(factor), Origin, Start, Turns(goesFirst))).ToArray();
        long[] before = [Origin, Origin];
        for (var now = Start; now < Start + 40_000_000; now += 9_973)
        {
            Assert.Contains(both, pacer => pacer.StandsAt(now));
            for (var i = 0; i < both.Length; i++)
            {
                var captured = both[i].CapturedAt(now);
                Assert.InRange(captured, before[i], before[i] + (long)(9_973 * factor) + 1);
                Assert.InRange(both[i].DueAt(captured), Start, now + (both[i].StandsAt(now) ? 5_000_000 : 1));
                before[i] = captured;
            }
        }

        Assert.All(before, captured => Assert.InRange(captured, Origin + (long)(18_000_000 * factor), Origin + (long)(20_000_000 * factor)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClonesComeLaterByTheScheduleAndInTheRunsOwnTurns(bool goesFirst)
    {
        var pacer = new Pacer(new Speed(1), Origin, Start, Turns(goesFirst));
        var clones = pacer.Later(700_000);
        for (var captured = Origin; captured < Origin + 9_000_000; captured += 61_007)
        {
            Assert.False(pacer.StandsAt(clones.DueAt(captured)));
            Assert.Equal(pacer.DueAt(captured + 700_000), clones.DueAt(captured));
        }
    }

    [Fact]
    public void BeforeTheStartSlicesChangeNothing()
    {
        var (alone, inTurn) = (new Pacer(new Speed(1), Origin, Start), new Pacer(new Speed(1), Origin, Start, Turns(true)));
        Assert.Equal(alone.CapturedAt(Start - 300_000), inTurn.CapturedAt(Start - 300_000));
        Assert.False(inTurn.StandsAt(Start - 1));
    }

    [Fact]
    public void BeforeTheWindowNothingIsWaitedForAndInItNothingIsSentYet()
    {
        var pacer = Pacer.Before(Origin);
        Assert.Equal((Pacer.AtOnce, Pacer.NotYet, Origin), (pacer.DueAt(Origin - 1), pacer.DueAt(Origin), pacer.CapturedAt(Start)));
    }

    private static SliceTurns Turns(bool goesFirst) => new(Guid.Empty, 2_000_000, 50_000, goesFirst);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2.5", 2.5)]
    [InlineData("10x", 10)]
    [InlineData("max", double.PositiveInfinity)]
    public void SpeedsAreRead(string text, double factor)
    {
        Assert.True(Speed.TryParse(text, out var speed));
        Assert.Equal(factor, speed.Factor);
        Assert.True(Speed.TryParse(speed.ToString(), out var again));
        Assert.Equal(speed, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("fast")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    public void WhatIsNoSpeedIsRefused(string text) => Assert.False(Speed.TryParse(text, out _));
}
