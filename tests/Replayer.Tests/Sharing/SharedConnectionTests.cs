using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Sessions share connections: handed over between transactions, with what each was given, and never more of them.</summary>
public sealed class SharedConnectionTests
{
    [Fact]
    public void ATransactionKeepsItAndTheNextOneIsGivenItReset()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        var link = Link(bench);
        UntilSent(link, 1);
        bench.Add(2, at: 2, state: TransactionState.Idle);
        bench.Add(1, at: 3, state: TransactionState.Idle);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        Assert.Empty(link.Resets);
        link.Answer(transaction: TransactionState.Open);
        UntilSent(link, 2);
        Assert.Empty(link.Resets);
        link.Answer(transaction: TransactionState.Idle);
        UntilSent(link, 3);
        link.Answer(transaction: TransactionState.Idle);
        Assert.Equal(["1000:replayed", "1001:replayed", "2000:replayed"], bench.Recorder.Notes);
        Assert.Equal([2], link.Resets);
        Assert.Equal((1L, 0L, 1, 1), (bench.Shared!.HandOvers, bench.Shared.Reconnects, bench.Shared.Most, bench.Target.Links.Count));
    }

    [Fact]
    public void WhoComesBackToItsOwnFindsItAsItWas()
    {
        using var bench = new GateBench(connections: 2);
        bench.Add(1, state: TransactionState.Idle, sql: "set a = 1", effect: SessionEffect.Setting);
        var link = Link(bench);
        UntilSent(link, 1);
        link.Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => bench.Player(1).LocalPort == 0); // given back
        bench.Add(1, state: TransactionState.Idle, sql: "select 2");
        UntilSent(link, 2);
        Assert.Equal(["set a = 1", "select 2"], Said(link));
        Assert.Empty(link.Resets);
        Assert.Equal(1, bench.Shared!.Returns);
    }

    [Fact]
    public void WhatASessionWasGivenGoesWithIt()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle, sql: "set a = 1", effect: SessionEffect.Setting);
        var link = Link(bench);
        UntilSent(link, 1);
        link.Answer(transaction: TransactionState.Idle);
        bench.Add(2, state: TransactionState.Idle, sql: "select 2");
        UntilSent(link, 2);
        link.Answer(transaction: TransactionState.Idle);
        bench.Add(1, state: TransactionState.Idle, sql: "select 3");
        UntilSent(link, 3);
        link.Answer(); // the setting's
        UntilSent(link, 4);
        link.Answer(transaction: TransactionState.Idle);
        Assert.Equal(["set a = 1", "select 2", "set a = 1", "select 3"], Said(link));
        Assert.Equal([2, 1], link.Resets);
        Assert.Equal(["1000:replayed", "2000:replayed", "1001:replayed"], bench.Recorder.Notes);
        Assert.Equal((2L, 0L), (bench.Shared!.HandOvers, bench.Context.Reopened));
        Assert.Equal(2, bench.Context.OpenedSessions);
    }

    [Fact]
    public void WhoHasSomethingThereThatCannotBeGivenKeepsItToItsEnd()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle, keeps: KeepReason.TemporaryTable);
        var link = Link(bench);
        UntilSent(link, 1);
        link.Answer(transaction: TransactionState.Idle);
        bench.Add(2, state: TransactionState.Idle);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);
        bench.Add(1, state: TransactionState.Idle, keeps: KeepReason.TemporaryTable);
        UntilSent(link, 2);
        link.Answer(transaction: TransactionState.Idle);
        Assert.Empty(link.Resets);
        bench.End(1);
        PlayerBench.Until(() => Links(bench).Count == 2);
        UntilSent(Links(bench)[1], 1);
        Assert.True(link.IsDisposed); // the other's is a new one, when the first was gone
        Assert.Equal(1, bench.Shared!.Most);
    }

    [Fact]
    public void WhoLogsInOtherwiseIsGivenANewOneInItsPlace()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle);
        var link = Link(bench);
        UntilSent(link, 1);
        bench.Player(2, WorkloadMaker.Session(2) with { User = "bob" });
        bench.Add(2, state: TransactionState.Idle);
        link.Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 2);
        UntilSent(Links(bench)[1], 1);
        Assert.True(link.IsDisposed);
        Assert.Equal((0L, 1L, 1), (bench.Shared!.HandOvers, bench.Shared.Reconnects, bench.Shared.Most));
    }

    [Fact]
    public void OneThatCannotBeResetIsReplaced()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle);
        var link = Link(bench);
        UntilSent(link, 1);
        link.RefusesReset = true;
        bench.Add(2, state: TransactionState.Idle);
        link.Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 2);
        UntilSent(Links(bench)[1], 1);
        Assert.True(link.IsDisposed);
        Assert.Equal(["a connection could not be handed over: it cannot be reset"], bench.Recorder.Warnings);
    }

    [Fact]
    public void OneThatEndsWhileNobodyHasItIsNoLoss()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle);
        var link = Link(bench);
        UntilSent(link, 1);
        link.Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => bench.Player(1).LocalPort == 0);
        link.Close();
        bench.Add(1, state: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 2);
        UntilSent(Links(bench)[1], 1);
        Assert.Equal(0, bench.Context.ConnectionsLost);
    }

    [Fact]
    public void WhatWasOnTheWireOfALostOneFailsAndItsPlaceIsFree()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, state: TransactionState.Idle);
        var link = Link(bench);
        UntilSent(link, 1);
        bench.Add(2, state: TransactionState.Idle);
        link.Close();
        PlayerBench.Until(() => Links(bench).Count == 2);
        UntilSent(Links(bench)[1], 1);
        Assert.Equal(["1000:connection_lost"], bench.Recorder.Notes);
        Assert.Equal(1, bench.Context.ConnectionsLost);
    }

    [Fact]
    public void WhatATransactionWaitsForByOrderIsNextAndNoneIsLetInBeyond()
    {
        using var bench = new GateBench(connections: 2);
        bench.Add(1, at: 1, state: TransactionState.Open);
        bench.Add(2, at: 2, state: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 2 && Links(bench).TrueForAll(static l => l.Sent.Count == 1));
        bench.Add(3, at: 3, state: TransactionState.Idle);
        bench.Add(4, at: 4, state: TransactionState.Idle);
        PlayerBench.Until(() => bench.Admission!.Waits == 2);
        bench.Add(1, at: 5, state: TransactionState.Idle, needs: [OrderDependency.OnEnd(4, 0, OrderReason.Key)]);
        Of(bench, 1).Answer(transaction: TransactionState.Open);
        bench.UntilWaiting(1);
        var second = Of(bench, 2);
        second.Answer(transaction: TransactionState.Idle);
        UntilSent(second, 2);
        Assert.Equal([4], second.Resets); // though the third was captured before it
        second.Answer(transaction: TransactionState.Idle);
        UntilSent(Of(bench, 1), 2);
        Assert.Equal((2, 0L), (bench.Admission!.Most, bench.Admission.Beyond));
    }

    [Fact]
    public void ReservedPlacesAreTakenInTheOrderOfProduction()
    {
        using var bench = new GateBench(connections: 2);
        bench.Admission!.Reserved = 2;
        bench.Add(1, at: 10, state: TransactionState.Open, needs: [OrderDependency.OnEnd(9, 0, OrderReason.Key)]);
        bench.UntilWaiting(1);
        bench.Add(2, at: 20, state: TransactionState.Open);
        bench.Add(3, at: 30, state: TransactionState.Idle);
        PlayerBench.Until(() => bench.Admission.Waits == 2);
        Assert.Empty(Links(bench)); // or two that came later could have both, and wait in their middle for the first
        bench.Add(9, at: 5, state: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 1 && Links(bench)[0].Sent.Count == 1);
        Links(bench)[0].Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => Links(bench).Count == 2 && Links(bench).Sum(static l => l.Sent.Count) == 3);
        Assert.Equal([1, 2], Links(bench).Select(static l => l.Session.Number).Order());
        Of(bench, 1).Answer(transaction: TransactionState.Open);
        bench.Add(1, at: 40, state: TransactionState.Idle);
        PlayerBench.Until(() => Of(bench, 1).Sent.Count == (Of(bench, 1).Resets.Count > 0 ? 3 : 2));
        Of(bench, 1).Answer(transaction: TransactionState.Idle);
        PlayerBench.Until(() => Of(bench, 3)?.Sent.Count > 0);
        Assert.Equal(0, bench.Admission.Beyond);
    }

    [Fact]
    public async Task WhereNobodyWhoHasOneCanGoOnAWaitIsLetGo()
    {
        using var bench = new GateBench(connections: 1);
        bench.Add(1, at: 1, state: TransactionState.Open);
        var link = Link(bench);
        UntilSent(link, 1);
        bench.Add(2, at: 2, state: TransactionState.Idle);
        PlayerBench.Until(() => bench.Admission!.Waits == 1);

        // In its middle the first waits for the second, which in production had a connection of its own.
        bench.Add(1, at: 3, state: TransactionState.Idle, needs: [OrderDependency.OnEnd(2, 0, OrderReason.Key)]);
        link.Answer(transaction: TransactionState.Open);
        bench.UntilWaiting(1);
        var breaker = new StallBreaker(bench.Gate, bench.Context, () => bench.Players, new ScriptedLocks());
        await breaker.CheckAsync();
        Assert.True(bench.IsWaiting(1)); // patience
        bench.AdvanceTo((int)StallBreaker.PatienceMicroseconds);
        Assert.True(await breaker.CheckAsync());
        UntilSent(link, 2);
        link.Answer(transaction: TransactionState.Idle);
        UntilSent(link, 3);
        Assert.Equal((1L, 1, 0L), (breaker.Circles, bench.Admission!.Most, bench.Admission.Beyond));
    }

    [Fact]
    public void ALongSessionLetsOthersIn()
    {
        using var bench = new GateBench(connections: 1);
        for (var i = 0; i < 4; i++)
        {
            bench.Add(1, at: 10 * i, state: TransactionState.Idle);
        }

        var link = Link(bench);
        UntilSent(link, 1);
        bench.Add(2, at: 15, state: TransactionState.Idle);
        for (var sent = 1; sent <= 5; sent++)
        {
            UntilSent(link, sent);
            link.Answer(transaction: TransactionState.Idle);
        }

        Assert.Equal(["1000:replayed", "1001:replayed", "2000:replayed", "1002:replayed", "1003:replayed"], bench.Recorder.Notes);
    }

    [Fact]
    public void AHundredSessionsOnThreeAllGetThrough()
    {
        const int Sessions = 100;
        using var bench = new GateBench(connections: 3);
        for (var session = 1; session <= Sessions; session++)
        {
            bench.Add(session, at: session, state: TransactionState.Open);
            bench.Add(session, at: session, state: TransactionState.Idle);
        }

        var answered = new Dictionary<ScriptedLink, int>();
        PlayerBench.Until(() =>
        {
            foreach (var link in Links(bench))
            {
                var done = answered.GetValueOrDefault(link);
                if (link.Sent.Count > done)
                {
                    answered[link] = done + 1;
                    link.Answer(transaction: done % 2 == 0 ? TransactionState.Open : TransactionState.Idle);
                }
            }

            return bench.Recorder.Notes.Count == 2 * Sessions;
        });
        Assert.Equal((3, 3), (Links(bench).Count, bench.Shared!.Most));
        Assert.Equal(Sessions - 3, bench.Shared.HandOvers);
        bench.Shared.End();
        PlayerBench.Until(() => Links(bench).TrueForAll(static l => l.IsDisposed));
    }

    private static List<ScriptedLink> Links(GateBench bench) => [.. bench.Target.Links];

    private static ScriptedLink Link(GateBench bench)
    {
        PlayerBench.Until(() => Links(bench).Count == 1);
        return Links(bench)[0];
    }

    private static ScriptedLink Of(GateBench bench, int session) => Links(bench).Find(l => l.Session.Number == session)!;

    private static void UntilSent(ScriptedLink link, int count) => PlayerBench.Until(() => link.Sent.Count == count);

    private static IEnumerable<string> Said(ScriptedLink link) => link.Sent.Select(static s => Encoding.UTF8.GetString(s.Bytes.AsSpan(5)).TrimEnd('\0'));
}
