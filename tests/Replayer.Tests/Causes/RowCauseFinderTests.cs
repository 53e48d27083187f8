using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class RowCauseFinderTests
{
    private const int Table = 5;
    private const int Other = 6;
    private readonly Dictionary<long, RunOutcome> _outcomes = [];
    private readonly HashSet<long> _cut = [];
    private readonly List<Action<RowCauseFinder>> _workload = [];
    private readonly List<AmbiguousPair> _pairs = [];
    private long _position;

    [Fact]
    public void APairOnARowIsThatRowsCause()
    {
        _pairs.Add(new AmbiguousPair(1, 0, 2, 0, Table, 7));
        Add(1, 0, Write(7));
        Add(2, 0, Write(7), Write(8));
        var finder = Run();
        Assert.Equal((RowCauseKind.OrderNotTold, 2, true), Facts(finder, Table, 7));
        Assert.Null(Find(finder, Table, 8));
        Assert.Null(Find(finder, Other, 7));
    }

    [Fact]
    public void APairWithAConditionIsAboutTheRowsOfTheOtherOne()
    {
        // 1's transaction wrote 7 and 8, and its commit was too close to 2's update by a condition, which ends later.
        _pairs.Add(new AmbiguousPair(1, 2, 2, 0, Table, 0));
        Add(1, 0, TransactionState.Open, Write(7), new OrderAccess(Other, OrderAccessKind.KeyExclusive, 9));
        Add(1, 1, TransactionState.Open, Write(8));
        Add(1, 2);
        Add(2, 0, new OrderAccess(Table, OrderAccessKind.Predicate));
        var finder = Run();
        Assert.True(Find(finder, Table, 7) is { IsExact: true } && Find(finder, Table, 8) is { IsExact: true });
        Assert.Null(Find(finder, Table, 6));
        Assert.Null(Find(finder, Other, 9));
    }

    [Fact]
    public void APairOfTwoConditionsIsAboutAnyRow()
    {
        _pairs.Add(new AmbiguousPair(1, 0, 2, 0, Table, 0));
        Add(1, 0, new OrderAccess(Table, OrderAccessKind.Predicate));
        Add(2, 0, new OrderAccess(Table, OrderAccessKind.Predicate));
        Assert.Equal((RowCauseKind.OrderNotTold, 2, false), Facts(Run(), Table, 7));
    }

    [Theory]
    [InlineData(OrderAccessKind.ReadForWrite)]
    [InlineData(OrderAccessKind.AllShared)]
    public void WhatIsDerivedFromADoubtfulTableIsInDoubt(OrderAccessKind read)
    {
        _pairs.Add(new AmbiguousPair(1, 0, 2, 0, Table, 7));
        Add(3, 0, new OrderAccess(Table, read), new OrderAccess(Other, OrderAccessKind.KeyInsert, 1)); // before that
        Add(1, 0, Write(7));
        Add(2, 0, Write(7));
        Add(3, 1, new OrderAccess(Table, read), new OrderAccess(Other, OrderAccessKind.KeyInsert, 2));
        var finder = Run();
        Assert.Null(Find(finder, Other, 1));
        Assert.Equal(RowCauseKind.OrderNotTold, Find(finder, Other, 2)!.Kind);
    }

    [Fact]
    public void ARefusalUndoesAllThatItsTransactionWrote()
    {
        Add(1, 0, TransactionState.Open, Write(7));
        Diverged(1, 1, "40P01", TransactionState.Open, Write(8));
        Add(1, 2, TransactionState.Open, Write(9));
        Add(1, 3);
        Add(1, 4, Write(10)); // the next transaction
        var finder = Run();
        foreach (var key in new ulong[] { 7, 8, 9 })
        {
            Assert.Equal((RowCauseKind.Refused, 1, true), Facts(finder, Table, key));
        }

        Assert.Null(Find(finder, Table, 10));
    }

    [Fact]
    public void AnErrorThatNothingExplainsIsNoNamedCause()
    {
        Diverged(1, 0, "23505", TransactionState.Idle, Write(7));
        var cause = Find(Run(), Table, 7);
        Assert.Equal((RowCauseKind.Diverged, false, "23505"), (cause!.Kind, cause.IsNamed, cause.Error));
    }

    [Fact]
    public void WhatDiffersOnADoubtfulRowCarriesItToItsOtherTablesOnly()
    {
        _pairs.Add(new AmbiguousPair(1, 0, 2, 0, Table, 7));
        Add(1, 0, Write(7));
        Add(2, 0, Write(7));
        Count(3, 0, Write(7), Write(8), new OrderAccess(Other, OrderAccessKind.KeyExclusive, 1));
        var finder = Run();
        Assert.Null(Find(finder, Table, 8));
        Assert.Equal(RowCauseKind.OrderNotTold, Find(finder, Other, 1)!.Kind);
    }

    [Fact]
    public void WhatWasLetGoIsTheCauseOfWhatItWrote()
    {
        Outcome(new RunOutcome { Flags = RunFlags.OrderViolated });
        Add(1, 0, Write(7));
        Assert.Equal((RowCauseKind.LetGo, 1, true), Facts(Run(), Table, 7));
    }

    [Fact]
    public void ATransactionAtTheCutIsTheCauseOfAllItsRows()
    {
        Add(1, 0, TransactionState.Open, Write(7));
        _cut.Add(_position);
        Add(1, 1, TransactionState.Open, Write(8));
        Add(1, 2);
        var finder = Run();
        Assert.Equal((RowCauseKind.AtTheCut, 1, true), Facts(finder, Table, 7));
        Assert.Equal((RowCauseKind.AtTheCut, 1, true), Facts(finder, Table, 8));
    }

    [Fact]
    public void WhoTouchedAWatchedRowIsKnown()
    {
        Add(1, 0, Write(7));
        Add(2, 0, new OrderAccess(Table, OrderAccessKind.Predicate));
        Add(3, 0, Write(8));
        var finder = Run((Table, 7), (Table, 0));
        Assert.Equal([(1, 0)], finder.Touched(Table, 7));
        Assert.Equal([(2, 0)], finder.Touched(Table, 0));
        Assert.Empty(finder.Touched(Table, 8));
    }

    private static OrderAccess Write(ulong key) => new(Table, OrderAccessKind.KeyExclusive, key);

    private static RowCause? Find(RowCauseFinder finder, int table, ulong key) => finder.Find([(table, key)]);

    private static (RowCauseKind, int, bool) Facts(RowCauseFinder finder, int table, ulong key) =>
        Find(finder, table, key) is { } cause ? (cause.Kind, cause.Session, cause.IsExact) : default;

    private RowCauseFinder Run(params (int Table, ulong Key)[] watched)
    {
        var finder = new RowCauseFinder(new RowCauseInput
        {
            OutcomeOf = p => _outcomes[p],
            ErrorOf = static e => e == 0 ? "" : e == 1 ? "40P01" : "23505",
            Pairs = _pairs,
            AtTheCut = _cut,
            Watched = watched.ToHashSet(),
        });
        _workload.ForEach(add => add(finder));
        return finder;
    }

    private void Add(int session, int ordinal, params OrderAccess[] accesses) => Add(session, ordinal, TransactionState.Idle, accesses);

    private void Count(int session, int ordinal, params OrderAccess[] accesses)
    {
        Outcome(new RunOutcome { Affected = 0 });
        Add(session, ordinal, accesses);
    }

    private void Diverged(int session, int ordinal, string error, TransactionState state, params OrderAccess[] accesses)
    {
        Outcome(new RunOutcome { ErrorCode = (ushort)(error == "40P01" ? 1 : 2) });
        Add(session, ordinal, state, accesses);
    }

    // Of the next exchange; all captured ones changed a row.
    private void Outcome(RunOutcome outcome)
    {
        outcome.Affected = outcome.Flags == RunFlags.None ? outcome.Affected : 1;
        _outcomes[_position] = outcome with { Status = RunStatus.Replayed, Rows = RunOutcome.NoCount };
    }

    private void Add(int session, int ordinal, TransactionState state, params OrderAccess[] accesses)
    {
        var position = _position++;
        _outcomes.TryAdd(position, new RunOutcome { Status = RunStatus.Replayed, Rows = RunOutcome.NoCount, Affected = 1 });
        var unit = new OrderUnit { Session = session, FirstOrdinal = ordinal, LastOrdinal = ordinal, FirstPosition = position, LastPosition = position, TransactionState = state };
        unit.Accesses.AddRange(accesses);
        _workload.Add(finder =>
        {
            var exchange = Exchange.Empty;
            exchange.Session = session;
            exchange.Ordinal = ordinal;
            exchange.Rows = -1;
            exchange.Affected = 1;
            finder.Read(position, in exchange);
            finder.Ordered(unit, CollectionsMarshal.AsSpan<OrderDependency>([]), CollectionsMarshal.AsSpan<OrderMark>([]), 0);
        });
    }
}
