namespace Replay.Replayer.Tests;

public sealed class SessionPaceTests
{
    private const long Start = 50_000_000;
    private const long Ms = 1_000;

    // Connected at 100 ms; asked at 140, 200 (after 20 ms of response and 40 of thinking), 300 (40 of response, 60 of thinking).
    private static readonly (long At, long Ended)[] Captured = [(140 * Ms, 160 * Ms), (200 * Ms, 240 * Ms), (300 * Ms, 310 * Ms)];

    [Theory]
    [InlineData(1, 1, 1, 140, 200, 300)]
    [InlineData(1, 0.5, 1, 90, 150, 250)] // connects after half the time
    [InlineData(1, 1, 0, 100, 120, 160)] // no thinking: the response times are left
    [InlineData(1, 2, 0.5, 220, 260, 330)]
    [InlineData(2, 1, 0.5, 60, 80, 115)]
    public void TheAbsoluteScheduleIsScaledWithoutRegardToTheRun(double speed, double connect, double think, long first, long second, long third)
    {
        var options = new ScheduleOptions { ConnectScale = connect, ThinkScale = think };
        foreach (var slowness in (long[])[0, 77 * Ms])
        {
            var dues = Play(new Pacer(new Speed(speed), WorkloadMaker.Base, Start, turns: null, options), slowness);
            Assert.Equal([first * Ms, second * Ms, third * Ms], dues);
        }
    }

    [Theory]
    [InlineData(0, 140, 180, 240)]
    [InlineData(500, 140, 680, 1240)] // what comes after a slow response is asked later by as much
    public void ThinkTimeIsCountedFromTheResponseOfThisRun(long responseMs, long first, long second, long third)
    {
        var pacer = new Pacer(new Speed(1), WorkloadMaker.Base, Start, turns: null, new ScheduleOptions { Mode = ScheduleMode.ThinkTime });
        Assert.Equal([first * Ms, second * Ms, third * Ms], Play(pacer, responseMs * Ms));
    }

    [Fact]
    public void ThinkTimeIsScaledAndSped()
    {
        var options = new ScheduleOptions { Mode = ScheduleMode.ThinkTime, ThinkScale = 0.5 };
        Assert.Equal([60 * Ms, 80 * Ms, 105 * Ms], Play(new Pacer(new Speed(2), WorkloadMaker.Base, Start, turns: null, options), 10 * Ms));
    }

    [Fact]
    public void WhatIsLeftOutIsThinking()
    {
        var pacer = new Pacer(new Speed(1), WorkloadMaker.Base, Start, turns: null, new ScheduleOptions { Mode = ScheduleMode.ThinkTime });
        var pace = new SessionPace(WorkloadMaker.Session(1, openedAt: 100 * Ms));
        pace.Take(pacer, Of(0), pace.DueAt(pacer, Of(0), long.MinValue));
        pace.Take(pacer, Of(1), dueMicroseconds: null);
        Assert.Equal(Start + (145 * Ms) + (140 * Ms), pace.DueAt(pacer, Of(2), Start + (145 * Ms)));
    }

    [Fact]
    public void WhatIsPutBackIsDueAsBefore()
    {
        var pacer = new Pacer(new Speed(1), WorkloadMaker.Base, Start, turns: null, new ScheduleOptions { ThinkScale = 0.5 });
        var pace = new SessionPace(WorkloadMaker.Session(1, openedAt: 100 * Ms));
        pace.Take(pacer, Of(0), pace.DueAt(pacer, Of(0), long.MinValue));
        var due = pace.DueAt(pacer, Of(1), long.MinValue);
        pace.Take(pacer, Of(1), due);
        pace.PutBack();
        Assert.Equal(due, pace.DueAt(pacer, Of(1), long.MinValue));
    }

    private static PlannedExchange Of(int i) => new() { RequestedAtMicroseconds = WorkloadMaker.Base + Captured[i].At, EndedAtMicroseconds = WorkloadMaker.Base + Captured[i].Ended };

    private static List<long> Play(Pacer pacer, long response)
    {
        var pace = new SessionPace(WorkloadMaker.Session(1, openedAt: 100 * Ms));
        var dues = new List<long>();
        var lastEnded = long.MinValue;
        for (var i = 0; i < Captured.Length; i++)
        {
            var due = pace.DueAt(pacer, Of(i), lastEnded);
            Assert.Equal(due, pace.DueAt(pacer, Of(i), lastEnded)); // asked as often as anything happens
            pace.Take(pacer, Of(i), due);
            dues.Add(due - Start);
            lastEnded = due + response;
        }

        return dues;
    }
}
