using Xunit.Abstractions;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Transactions that do not commute, captured on a model of a locking server and played again in any schedule that the order allows.</summary>
public class OrderSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 25;
    private const int Schedules = 6;

    [Theory]
    [InlineData(8, 400)]
    [InlineData(24, 60)]
    [InlineData(24, 6)]
    public void KeyedWritesEndInTheCapturedState(int sessions, int keys)
    {
        int unordered = 0, replays = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var workload = new SimulatedWorkload(new SimulationSettings(sessions, 12, keys, WithPredicates: false, JitterMicroseconds: 0), seed);
            Assert.Empty(workload.Order.Pairs);
            for (var schedule = 1; schedule <= Schedules; schedule++)
            {
                var state = workload.Replay((seed * 1000) + schedule, inOrder: true);
                Assert.True(state != null, $"seed {seed}, schedule {schedule}: it stands still");
                Assert.True(Same(workload.Captured, state), $"seed {seed}, schedule {schedule}: {Differing(workload.Captured, state).Count()} rows differ");
                unordered += workload.Replay((seed * 1000) + schedule, inOrder: false) is { } other && Same(workload.Captured, other) ? 0 : 1;
                replays++;
            }

            Assert.Equal(0, workload.Released);
        }

        output.WriteLine($"seeds 1 to {Seeds}: {replays} replays in order, none differs; without order {unordered} differ");
        Assert.True(unordered > replays / 2, "without order most differ, or the test shows nothing");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public void EachDifferingRowLeadsToAnAmbiguousPair(int jitterMicroseconds)
    {
        int same = 0, replays = 0, differing = 0, rows = 0, unorderedRows = 0;
        long pairs = 0, statements = 0, released = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var workload = new SimulatedWorkload(new SimulationSettings(16, 12, 300, WithPredicates: true, jitterMicroseconds), seed);
            pairs += workload.Order.Pairs.Count;
            statements += workload.Order.Units.Count;
            for (var schedule = 1; schedule <= Schedules; schedule++)
            {
                var state = workload.Replay((seed * 1000) + schedule, inOrder: true);
                Assert.True(state != null, $"seed {seed}, schedule {schedule}: it stands still");
                var different = Differing(workload.Captured, state).ToList();
                var unexplained = different.Except(workload.Doubtful()).ToList();
                Assert.True(unexplained.Count == 0, $"seed {seed}, schedule {schedule}: {string.Join(' ', unexplained.Take(3))} of {different.Count} have no ambiguous pair ({workload.Order.Pairs.Count})");
                same += different.Count == 0 ? 1 : 0;
                differing += different.Count;
                rows += workload.Captured.Count;
                unorderedRows += workload.Replay((seed * 1000) + schedule, inOrder: false) is { } other ? Differing(workload.Captured, other).Count() : 0;
                replays++;
            }
            released += workload.Released;
        }

        output.WriteLine($"seeds 1 to {Seeds}, jitter {jitterMicroseconds} us: {same} of {replays} replays equal, {differing} of {rows} rows differ (without order {unorderedRows}), {pairs} ambiguous pairs in {statements} statements, {released} waits let go");
        Assert.True(differing * 5 < unorderedRows, "order is worth having");
    }

    [Fact]
    public void WhatAProcedureSawItSeesAgain()
    {
        int differing = 0, called = 0, doubtful = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var workload = new SimulatedWorkload(new SimulationSettings(4, 40, 60, WithPredicates: false, JitterMicroseconds: 0) { WithCalls = true }, seed);
            called += workload.Called.Count;
            doubtful += workload.Called.Intersect(workload.Doubtful()).Count();
            for (var schedule = 1; schedule <= Schedules; schedule++)
            {
                var state = workload.Replay((seed * 1000) + schedule, inOrder: true);
                Assert.True(state != null, $"seed {seed}, schedule {schedule}: it stands still");
                differing += Differing(workload.Captured, state).Except(workload.Doubtful()).Count();
            }
        }

        output.WriteLine($"seeds 1 to {Seeds}: {called} rows written by calls, {doubtful} by such as overlapped a commit; {differing} others differ");
        Assert.True(called - doubtful > 50, "calls are among what was checked");
        Assert.Equal(0, differing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public void WhatWasNotRefusedInProductionIsNotRefusedInAReplay(int jitterMicroseconds)
    {
        int captured = 0, with = 0, without = 0, differing = 0, differingWithout = 0, replays = 0;
        long proven = 0, undecided = 0, released = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var settings = new SimulationSettings(16, 12, 60, WithPredicates: false, jitterMicroseconds) { WithViews = true };
            var workload = new SimulatedWorkload(settings, seed);
            var plain = new SimulatedWorkload(settings with { UsesProofs = false }, seed);
            captured += workload.CapturedRefusals;
            proven += workload.Counts.ProvenViews;
            undecided += workload.Counts.UndecidedViews;
            for (var schedule = 1; schedule <= Schedules; schedule++, replays++)
            {
                var state = workload.Replay((seed * 1000) + schedule, inOrder: true);
                Assert.True(state != null, $"seed {seed}, schedule {schedule}: it stands still");
                differing += Differing(workload.Captured, state).Count();
                differingWithout += Differing(plain.Captured, plain.Replay((seed * 1000) + schedule, inOrder: true)!).Count();
            }

            with += workload.NewRefusals;
            without += plain.NewRefusals;
            released += workload.Released;
        }

        output.WriteLine($"seeds 1 to {Seeds}, jitter {jitterMicroseconds} us: {captured} refused in captures; in {replays} replays {with} that were not refused there, {differing} rows differ (without proofs {without} and {differingWithout}); {proven} commits proven to be seen, {undecided} not placed, {released} waits let go");
        Assert.True(without > 20, "without proofs some are refused, or the test shows nothing");
        if (jitterMicroseconds == 0)
        {
            Assert.Equal((0, 0, 0), (with, differing, released));
        }
        else
        {
            Assert.True(with * 10 < without);
        }
    }

    private static bool Same(Dictionary<(int Table, int Key), ulong> one, Dictionary<(int Table, int Key), ulong> other) => !Differing(one, other).Any();

    private static IEnumerable<(int Table, int Key)> Differing(Dictionary<(int Table, int Key), ulong> one, Dictionary<(int Table, int Key), ulong> other) =>
        one.Keys.Union(other.Keys).Where(k => !one.TryGetValue(k, out var a) || !other.TryGetValue(k, out var b) || a != b);
}
