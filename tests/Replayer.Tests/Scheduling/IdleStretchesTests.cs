namespace Replay.Replayer.Tests;

public sealed class IdleStretchesTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void LongerStretchesAreShortenedAndOthersKept()
    {
        // Busy 0-2, 5-6, 20-21, 100-101; one second is kept of longer stretches than that... of 10 seconds here.
        var idle = Of(10, (0, 2), (5, 6), (20, 21), (100, 101));
        Assert.Equal(2, idle.Count);
        Assert.Equal((4 + 69) * Second, idle.SkippedMicroseconds);
        Assert.Equal(5 * Second, idle.Shorten(5 * Second));
        Assert.Equal(16 * Second, idle.Shorten(16 * Second));
        Assert.Equal(16 * Second, idle.Shorten(19 * Second)); // the clock stands
        Assert.Equal(16 * Second, idle.Shorten(20 * Second));
        Assert.Equal(27 * Second, idle.Shorten(100 * Second));
        Assert.Equal(28 * Second, idle.Shorten(101 * Second));
    }

    [Fact]
    public void TheClockNeverGoesBackAndIsInvertedToTheLastMoment()
    {
        var idle = Of(3, (0, 1), (9, 10), (11, 12), (40, 41), (44, 60));
        var before = long.MinValue;
        for (var captured = -Second; captured < 70 * Second; captured += Second / 10)
        {
            var shortened = idle.Shorten(captured);
            Assert.InRange(shortened, before, before == long.MinValue ? long.MaxValue : before + (Second / 10));
            Assert.True(idle.Lengthen(shortened) >= captured);
            Assert.Equal(shortened, idle.Shorten(idle.Lengthen(shortened)));
            before = shortened;
        }
    }

    [Fact]
    public void WhatIsOnTheWireIsNoIdleStretch()
    {
        // A report of 100 s ends last and was running all the while: what came before it in the file were islands.
        var idle = Of(5, (0, 1), (30, 31), (60, 61), (0, 100));
        Assert.Equal(0, idle.Count);
        Assert.Equal(77 * Second, idle.Shorten(77 * Second));
    }

    [Fact]
    public void AllSessionsAreMovedAlike()
    {
        var idle = Of(1, (0, 1), (100, 101));
        var options = new ScheduleOptions { IdleSkip = TimeSpan.FromSeconds(1) };
        var pacer = new Pacer(new Speed(2), 0, 0, turns: null, options, idle);
        Assert.Equal(1 * Second, pacer.DueAt(100 * Second)); // 2 s of the workload's clock at twice the speed
        Assert.Equal(100 * Second, pacer.CapturedAt(1 * Second));
        Assert.Equal(Second / 2, pacer.DueAt(Second));
    }

    private static IdleStretches Of(long keptSeconds, params (long Begin, long End)[] busy)
    {
        var finder = new IdleStretches.Finder(keptSeconds * Second);
        foreach (var (begin, end) in busy)
        {
            finder.Add(begin * Second, end * Second);
        }

        return finder.Build();
    }
}
