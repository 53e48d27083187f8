using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Where a run that was broken off is gone on with, by what it has outcomes of; a moment is a second.</summary>
public sealed class SeamFinderTests
{
    private const long Second = 1_000_000;
    private static readonly RunOutcome Played = new() { Status = RunStatus.Replayed };
    private static readonly RunOutcome Untimed = new() { Status = RunStatus.Replayed, Flags = RunFlags.PreRoll };
    private static readonly RunOutcome LeftOut = new() { Status = RunStatus.Skipped, Reason = RunReason.Masked };
    private static readonly RunOutcome None = new() { Status = RunStatus.NotReached };

    [Fact]
    public void ItIsBeforeTheFirstThatWasNotPlayed() => Assert.InRange(Find(Played, Played, LeftOut, Played, None, None), 3.001, 4);

    [Fact]
    public void OneThatTakesLongAndIsOnTheWireDoesNotMoveIt() => Assert.InRange(Find(Played, None, Played, Played, Played, None, None), 4.001, 5);

    [Fact]
    public void OneThatIsFarAheadDoesNeither() => Assert.InRange(Find(Played, Played, None, None, None, Played, None), 1.001, 2);

    [Fact]
    public void WhatWasLostWithTheTargetIsBehindIt() =>
        Assert.InRange(Find(Played, Played, Failed(RunReason.ConnectionLost), Failed(RunReason.ConnectFailed), new RunOutcome { Status = RunStatus.Skipped, Reason = RunReason.TransactionLost }, None), 1.001, 2);

    [Fact]
    public void ALossInTheMiddleIsNot() => Assert.InRange(Find(Played, Failed(RunReason.ConnectionLost), Played, Played, None), 3.001, 4);

    [Fact]
    public void NothingPlayedOnScheduleIsNoSeam() => Assert.Equal(0, Find(Untimed, Untimed, LeftOut, None));

    [Fact]
    public void AllPlayedIsTheEnd() => Assert.InRange(Find(Played, Played, Played), 2.001, 3.1);

    [Fact]
    public void OnlyTheWindowCounts() => Assert.InRange(Find(from: 2, to: 6, None, None, Played, Played, None, None, None, Played, Played), 3.001, 4);

    [Fact]
    public void InterruptedIsOwedAndOtherFailuresStay()
    {
        Assert.True(SeamFinder.IsOwed(default));
        Assert.True(SeamFinder.IsOwed(Failed(RunReason.Interrupted)));
        Assert.False(SeamFinder.IsOwed(Failed(RunReason.ConnectionLost)));
        Assert.False(SeamFinder.IsOwed(Played));
    }

    private static RunOutcome Failed(RunReason reason) => new() { Status = RunStatus.Failed, Reason = reason };

    private static double Find(params RunOutcome[] outcomes) => Find(0, long.MaxValue, outcomes);

    // One exchange a second. Returns seconds from the workload's beginning.
    private static double Find(long from, long to, params RunOutcome[] outcomes)
    {
        using var folder = new TempFolder("seam");
        using var maker = new WorkloadMaker(folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1));
        var shape = maker.Shape("read", "read");
        for (var i = 0; i < outcomes.Length; i++)
        {
            maker.Add(1, i * Second, (i * Second) + 50_000, shape);
        }

        using var reader = maker.Read();
        var seam = SeamFinder.Find(reader, position => outcomes[position], WorkloadMaker.Base + (from * Second), to == long.MaxValue ? to : WorkloadMaker.Base + (to * Second), CancellationToken.None);
        return (seam - WorkloadMaker.Base) / 1e6;
    }
}
