namespace Replay.Replayer.Tests;

public sealed class RunViewTests
{
    private static readonly RunViewFacts Facts = new(
        NowMicroseconds: 10_000_000, Replayed: 900, Skipped: 20, Failed: 3, NewErrors: 2, Sent: 500, IsPaced: true, Left: TimeSpan.FromSeconds(75), OpenSessions: 64, OnWire: 5, Queued: 1200, WaitingByOrder: 7,
        OwnLagP99Microseconds: 120, InheritedLagP99Microseconds: 45_000, Stalled: []);

    [Fact]
    public void ItSaysHowFarItIsAndHowFast()
    {
        var view = new RunView();
        Assert.Equal("900 replayed, 20 skipped, 3 failed, 2 new errors; 1 min 15 s left", view.Lines(in Facts)[0]);
        var lines = view.Lines(Facts with { NowMicroseconds = 12_000_000, Sent = 2_500, Left = TimeSpan.FromHours(2.5) });
        Assert.Equal("900 replayed, 20 skipped, 3 failed, 2 new errors; 2 h 30 min left; 1000 a second", lines[0]);
        Assert.Equal("64 sessions open, 5 on the wire, 7 wait for others, 1200 queued; lag p99: own 0.12 ms, inherited 45.00 ms", lines[1]);
        Assert.Equal(2, lines.Count);
    }

    [Fact]
    public void AScheduleThatIsOverIsSaidToBe() =>
        Assert.EndsWith("; the schedule was over 12 s ago", new RunView().Lines(Facts with { Left = TimeSpan.FromSeconds(-12) })[0], StringComparison.Ordinal);

    [Fact]
    public void AtFullSpeedThereIsNoLag() => Assert.DoesNotContain("lag", new RunView().Lines(Facts with { IsPaced = false })[1], StringComparison.Ordinal);

    [Fact]
    public void WaitsForAConnectionAreCountedAndLongOnesByThemselves()
    {
        var facts = Facts with { IsShared = true, OpenSessions = 4, Place = "one of the 4 connections", PlaceWaitsMicroseconds = [20_000, 1_000_000, 1_000_001, 4_240_000] };
        var lines = new RunView().Lines(in facts);
        Assert.StartsWith("4 connections open, 5 on the wire, 7 wait for others, 1200 queued", lines[1], StringComparison.Ordinal);
        Assert.Equal("4 wait for one of the 4 connections, 2 of them over 1 s, the longest for 4.2 s", lines[2]);
        Assert.Equal("1 wait for one of the 4 connections", new RunView().Lines(facts with { PlaceWaitsMicroseconds = [20_000] })[2]);
        Assert.Equal(2, new RunView().Lines(facts with { PlaceWaitsMicroseconds = [] }).Count);
    }

    [Fact]
    public void ThoseThatHaveWaitedLongestAreNamed()
    {
        var stalled = Enumerable.Range(1, 9).Select(i => new StalledSession(i, i * 1_000_000, $"waits for {i + 1}/3")).ToList();
        Assert.Equal(
            ["session 9 for 9.0 s: waits for 10/3", "session 8 for 8.0 s: waits for 9/3", "session 7 for 7.0 s: waits for 8/3"],
            new RunView().Lines(Facts with { Stalled = stalled }).Skip(2));
        Assert.Equal(
            ["session 1 for 1.0 s: waits for 2/3", "session 9 for 9.0 s: waits for one of the 4 connections"],
            new RunView().Lines(Facts with { Stalled = [new StalledSession(9, 9_000_000, "waits for one of the 4 connections", IsQueued: true), stalled[0]] }).Skip(2));
    }
}
