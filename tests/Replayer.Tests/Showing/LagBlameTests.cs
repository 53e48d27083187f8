using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class LagBlameTests
{
    [Fact]
    public void TheSlowOneIsBlamedAndNotThoseThatWereMerelyLate()
    {
        // 0 was slow: 1 is 900 ms late, 2 still 800; 3 is on time and slow itself: 4.
        Assert.Equal([null, 0, 0, null, 3], Blamed((0, false), (900_000, true), (800_000, true), (0, false), (500_000, true)));
    }

    [Fact]
    public void WhoAddsMostOfItIsBlamed() => Assert.Equal([null, 0, 1], Blamed((0, false), (2_000, true), (700_000, true)));

    [Fact]
    public void OtherSessionsAreNot()
    {
        var blame = new LagBlame();
        Assert.Null(blame.Of(new Exchange { Session = 1, Ordinal = 0 }, new RunOutcome { Status = RunStatus.Replayed }));
        Assert.Null(blame.Of(new Exchange { Session = 2, Ordinal = 0 }, new RunOutcome { Status = RunStatus.Replayed, LagCode = LogCode.Encode(500), Flags = RunFlags.LagInherited }));
    }

    private static List<int?> Blamed(params (long Lag, bool IsInherited)[] session)
    {
        var blame = new LagBlame();
        return [.. session.Select((e, i) => blame.Of(
            new Exchange { Session = 1, Ordinal = i },
            new RunOutcome { Status = RunStatus.Replayed, LagCode = LogCode.Encode(e.Lag), Flags = e.IsInherited ? RunFlags.LagInherited : RunFlags.None }))];
    }
}
