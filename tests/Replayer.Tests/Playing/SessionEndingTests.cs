using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionEndingTests
{
    [Fact]
    public void ARefusedConnectionFailsTheSession()
    {
        using var bench = new PlayerBench();
        bench.Target.Refusal = "nobody is there";
        bench.Add();
        bench.Player.EndFeed();
        PlayerBench.Until(() => bench.IsFinished);
        Assert.Equal(["100:connect_failed"], bench.Recorder.Notes);
        Assert.Equal("nobody is there", bench.Connections.LastProblem);
        Assert.Equal((0, 1), (bench.Connections.Open, bench.Connections.FailedInARow));
    }

    [Fact]
    public void AResponseThatDoesNotComeEndsTheConnection()
    {
        using var bench = new PlayerBench(timeout: TimeSpan.FromMilliseconds(10));
        bench.Add();
        bench.Add();
        bench.UntilSent(1);
        bench.Player.CheckTimeout(10_000);
        Assert.Null(bench.Link.Aborted);
        bench.Player.CheckTimeout(10_001);
        Assert.NotNull(bench.Link.Aborted);
        Assert.Equal(["100:timed_out"], bench.Recorder.Notes);
        PlayerBench.Until(() => bench.Target.Links.Count == 2 && bench.Target.Links[1].Sent.Count == 1); // what follows, on another connection
    }

    [Fact]
    public void WhatTookLongInTheCaptureIsGivenLonger()
    {
        using var bench = new PlayerBench(timeout: TimeSpan.FromMilliseconds(10));
        var planned = bench.Plan();
        planned.CapturedMicroseconds = 5_000;
        bench.Enqueue(planned);
        bench.UntilSent(1);
        bench.Player.CheckTimeout(50_000);
        Assert.Null(bench.Link.Aborted);
        bench.Player.CheckTimeout(50_001);
        Assert.NotNull(bench.Link.Aborted);
    }

    [Fact]
    public void ASessionClosesWhenItsCapturedOneDid()
    {
        using var bench = new PlayerBench(Speed.Recorded, closedAt: 600_000);
        bench.Add(at: 0);
        bench.UntilSent(1);
        bench.Link.Answer(endedAt: 10);
        bench.Player.EndFeed();
        bench.AdvanceTo(599_999);
        Assert.False(bench.Link.IsDisposed);
        bench.AdvanceTo(600_000);
        PlayerBench.Until(() => bench.Link.IsDisposed);
        Assert.True(bench.IsFinished);
    }

    [Fact]
    public void AnInterruptedRunLeavesTheRestNotReached()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.Add();
        bench.UntilSent(1);
        bench.Context.Stopping = true;
        bench.Player.Interrupt();
        Assert.Equal(["100:interrupted"], bench.Recorder.Notes);
        Assert.True(bench.IsFinished);
        Assert.Equal(0, bench.Context.Queued);
    }

    [Fact]
    public void WhatCannotBeSaidToTheTargetIsSkippedAndToldOnce()
    {
        using var bench = new PlayerBench();
        var planned = bench.Plan();
        planned.Length = 0;
        bench.Enqueue(planned);
        bench.Add();
        PlayerBench.Until(() => bench.Recorder.Notes.Count == 1);
        bench.UntilSent(1);
        Assert.Equal(["100:not_supported"], bench.Recorder.Notes);
        Assert.Equal(["there is nothing to send"], bench.Recorder.Warnings);
    }

    [Fact]
    public void MemoryOfRequestsIsGivenBackWhateverBecomesOfThem()
    {
        using var bench = new PlayerBench();
        for (var i = 0; i < 2_000; i++)
        {
            bench.Add(flags: ExchangeFlags.Pipelined);
        }

        bench.UntilSent(2_000);
        for (var i = 0; i < 1_000; i++)
        {
            bench.Link.Answer();
        }

        bench.Link.Close();
        Assert.Equal(2_000, bench.Recorder.Notes.Count);
        Assert.Equal(0, bench.Context.OnWire);
        Assert.Equal(0, bench.Context.Queued);
        Assert.InRange(bench.BytesInUse, 0, RequestSlabs.SlabBytes);
    }

    [Fact]
    public void NoMoreConnectionsAreOpenThanAllowed()
    {
        var target = new ScriptedTarget();
        using var gate = new ConnectionGate(target, 2);
        using var waiter = new SteppedWaiter();
        using var dispatcher = new Dispatcher(() => waiter.Now, waiter);
        var context = new RunContext { Now = () => waiter.Now, Dispatcher = dispatcher, Connections = gate, Recorder = new NotingRecorder() };
        var slabs = new RequestSlabs();
        foreach (var number in (int[])[3, 1, 2])
        {
            var player = new SessionPlayer(WorkloadMaker.Session(number, openedAt: number), context);
            var planned = new PlannedExchange { Command = Command.Query, Batch = -1, Slab = slabs.Append("Q"u8, [], out var offset), Offset = offset, Length = 1 };
            player.Enqueue(in planned);
            PlayerBench.Until(() => target.Links.Count == Math.Min(2, gate.Open));
        }

        Assert.Equal([3, 1], target.Links.Select(l => l.Session.Number));
        target.Links[0].Close();
        PlayerBench.Until(() => target.Links.Count == 3);
        Assert.Equal(2, target.Links[2].Session.Number);
    }

    [Fact]
    public void ThePeakCountsWhatWasOpenAtOneTime()
    {
        Session[] sessions = [WorkloadMaker.Session(1, 0, 100), WorkloadMaker.Session(2, 50, 200), WorkloadMaker.Session(3, 150, 300), WorkloadMaker.Session(4, 400)];
        Assert.Equal(2, SessionPeak.Of(sessions, 0));
        Assert.Equal(3, SessionPeak.Of(sessions, 60));
        Assert.Equal(0, SessionPeak.Of([], 0));
    }

    [Fact]
    public void AtTheDeadlineWhatIsOnTheWireAndWhatWaitsHasFailed()
    {
        using var bench = new PlayerBench();
        bench.Add();
        bench.Add();
        bench.Add();
        bench.Player.EndFeed();
        bench.UntilSent(1);
        bench.Context.IsDrained = true;
        bench.Player.Interrupt("the deadline has passed");
        PlayerBench.Until(() => bench.IsFinished);
        Assert.Equal("the deadline has passed", bench.Link.Aborted);
        Assert.Equal(["100:drain_deadline", "101:drain_deadline", "102:drain_deadline"], bench.Recorder.Notes);
        Assert.Single(bench.Target.Links);
    }
}
