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
