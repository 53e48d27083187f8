namespace Replay.Replayer.Tests;

public sealed class CollectionPausesTests
{
    private int _collections = 7;
    private TimeSpan _paused = TimeSpan.FromSeconds(3);

    [Fact]
    public void AnExchangeIsTouchedByAPauseInIt()
    {
        var pauses = Pauses();
        Assert.False(pauses.Disturbed(_collections, capturedMicroseconds: 100));
        var before = _collections;
        Collect(1_000);
        Assert.True(pauses.Disturbed(before, capturedMicroseconds: 100_000)); // 1 %
        Assert.False(pauses.Disturbed(before, capturedMicroseconds: 100_001));
        Assert.False(pauses.Disturbed(_collections, capturedMicroseconds: 100));
        Assert.Equal((1, 2, 1_000d), (pauses.Collections, pauses.Touched, pauses.Paused.TotalMicroseconds));
    }

    [Fact]
    public void OnlyThePausesInItCount()
    {
        var pauses = Pauses();
        var first = _collections;
        Collect(5_000);
        Assert.True(pauses.Disturbed(first, capturedMicroseconds: 10_000));
        var second = _collections;
        Collect(10);
        Assert.False(pauses.Disturbed(second, capturedMicroseconds: 10_000));
        Assert.True(pauses.Disturbed(first, capturedMicroseconds: 501_000));
        Assert.Equal(5_000, pauses.Longest.TotalMicroseconds);
    }

    [Fact]
    public void WhatIsTooLongAgoCountsAllPauses()
    {
        var pauses = Pauses();
        var first = _collections;
        Collect(5_000);
        Assert.Equal(5_000, pauses.Longest.TotalMicroseconds);
        for (var i = 0; i < 2_000; i++)
        {
            Collect(1);
            Assert.False(pauses.Disturbed(_collections - 1, capturedMicroseconds: 1_000));
        }

        Assert.True(pauses.Disturbed(first, capturedMicroseconds: 700_000));
        Assert.False(pauses.Disturbed(first, capturedMicroseconds: 700_001));
    }

    [Fact]
    public void TheRuntimeTellsAPauseBeforeItLetsThreadsGoOn()
    {
        var pauses = new CollectionPauses();
        var before = GC.CollectionCount(0);
        GC.Collect();
        Assert.True(pauses.Paused > TimeSpan.Zero);
        Assert.True(pauses.Disturbed(before, capturedMicroseconds: 1));
        Assert.True(pauses.Longest > TimeSpan.Zero);
    }

    private CollectionPauses Pauses() => new(() => _collections, () => _paused);

    private void Collect(long microseconds)
    {
        _collections++;
        _paused += TimeSpan.FromMicroseconds(microseconds);
    }
}
