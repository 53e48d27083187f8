namespace Replay.Replayer.Tests;

public sealed class TurnKeeperTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Fact]
    public async Task BothBeginAtOneMomentAndEndTogether()
    {
        using var keeper = new TurnKeeper(5_000_000);
        using var first = await TurnLink.ConnectAsync(keeper.FirstPath, Limit);
        var firstStart = first.WhenBothAreReadyAsync(Limit);
        await keeper.WhenFirstIsReadyAsync(Limit);
        var keeping = keeper.KeepAsync(Limit);
        Assert.False(firstStart.IsCompleted);

        using var second = await TurnLink.ConnectAsync(keeper.SecondPath, Limit);
        var (theirs, start) = await second.WhenBothAreReadyAsync(Limit);
        var (ours, sameStart) = await firstStart;
        Assert.Equal(start, sameStart);
        Assert.Equal((ours.Pair, 5_000_000), (theirs.Pair, theirs.LengthMicroseconds));
        Assert.Equal((true, false), (ours.GoesFirst, theirs.GoesFirst));
        Assert.Equal(ours, SliceTurns.Of(new Workload.RunManifest { Slices = ours.ToManifest() }));

        var secondEnd = second.WhenBothHavePlayedAsync(Limit);
        await Task.Delay(50, Limit);
        Assert.False(secondEnd.IsCompleted);
        await first.WhenBothHavePlayedAsync(Limit);
        await secondEnd;
        await keeping;
    }

    [Fact]
    public async Task WhoIsLeftAloneIsNotKeptWaiting()
    {
        using var keeper = new TurnKeeper(5_000_000);
        using var first = await TurnLink.ConnectAsync(keeper.FirstPath, Limit);
        var second = await TurnLink.ConnectAsync(keeper.SecondPath, Limit);
        var starts = Task.WhenAll(first.WhenBothAreReadyAsync(Limit), second.WhenBothAreReadyAsync(Limit));
        await keeper.WhenFirstIsReadyAsync(Limit);
        var keeping = keeper.KeepAsync(Limit);
        await starts;
        second.Dispose();
        await first.WhenBothHavePlayedAsync(Limit);
        await keeping;
    }

    [Fact]
    public async Task ARunWhoseKeeperIsGoneSaysSo()
    {
        var keeper = new TurnKeeper(5_000_000);
        using var first = await TurnLink.ConnectAsync(keeper.FirstPath, Limit);
        var start = first.WhenBothAreReadyAsync(Limit);
        await keeper.WhenFirstIsReadyAsync(Limit);
        keeper.Dispose();
        Assert.Contains("is gone", (await Assert.ThrowsAsync<CommandException>(() => start)).Message, StringComparison.Ordinal);
        Assert.Contains("design: interleaved", (await Assert.ThrowsAsync<CommandException>(() => TurnLink.ConnectAsync(keeper.FirstPath, Limit))).Message, StringComparison.Ordinal);
    }
}
