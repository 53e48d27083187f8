using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class CauseFinderTests
{
    private const int Table = 5;
    private readonly Dictionary<long, RunOutcome> _outcomes = [];
    private readonly List<long> _marked = [];
    private readonly CauseFinder _finder;
    private long _position;

    public CauseFinderTests() => _finder = new CauseFinder(p => _outcomes[p]) { OnConsequence = _marked.Add };

    [Fact]
    public void WhatTouchesTheKeyOfAFailedWriteFollowsFromIt()
    {
        var root = Diverged(1, 0, Divergence.Error, Write(7));
        var next = Diverged(2, 0, Divergence.Count, Write(7));
        var last = Diverged(3, 0, Divergence.Count, Write(7));
        Diverged(4, 0, Divergence.Count, Write(8)); // another row: by itself
        Assert.Equal(2, _finder.RootCount);
        Assert.Equal([next, last], _marked);
        Assert.Equal(2, _finder.Roots[0].Consequences);
        Assert.Equal((root, next), (_finder.Links[next], _finder.Links[last]));
    }

    [Fact]
    public void AWriteThatDidNotDivergeCarriesItOn()
    {
        var root = Diverged(1, 0, Divergence.Error, Write(7));
        var through = Same(2, 0, Write(7), Write(9)); // reads the one, writes the other
        var last = Diverged(3, 0, Divergence.Values, Write(9));
        Assert.Equal(1, _finder.RootCount);
        Assert.Equal([last], _marked);
        Assert.Equal((root, through), (_finder.Links[through], _finder.Links[last]));
    }

    [Fact]
    public void AReadOfTheTableThatDiffersFollowsFromItButSpreadsNothing()
    {
        Diverged(1, 0, Divergence.Error, Write(7));
        var read = Diverged(2, 0, Divergence.Values, new OrderAccess(Table, OrderAccessKind.Read));
        Diverged(2, 1, Divergence.Count, Write(8));
        Assert.Equal([read], _marked);
        Assert.Equal(2, _finder.RootCount);
    }

    [Fact]
    public void WhatAgreesIsNotMarked()
    {
        Diverged(1, 0, Divergence.Error, Write(7));
        Same(2, 0, Write(7));
        Same(3, 0, new OrderAccess(Table, OrderAccessKind.Read));
        Assert.Empty(_marked);
    }

    [Fact]
    public void TheRestOfATransactionFollowsFromItsError()
    {
        Diverged(1, 0, Divergence.Error, TransactionState.Open, Write(7));
        var rest = Diverged(1, 1, Divergence.Missing, TransactionState.Open, Write(100));
        Diverged(1, 2, Divergence.None, TransactionState.Idle);
        Diverged(1, 3, Divergence.Count, TransactionState.Idle, Write(200)); // the next transaction
        Assert.Equal([rest], _marked);
        Assert.Equal(2, _finder.RootCount);
    }

    [Fact]
    public void WhatWasLeftOutForWantOfAStatementFollowsFromItsPrepare()
    {
        var prepare = Diverged(1, 0, Divergence.Error, TransactionState.Idle, Command.Parse, RunReason.None);
        var first = Diverged(1, 1, Divergence.Missing, TransactionState.Idle, Command.Execute, RunReason.StatementNotPrepared, Write(7));
        var second = Diverged(1, 2, Divergence.Missing, TransactionState.Idle, Command.Execute, RunReason.StatementNotPrepared, Write(8));
        Diverged(2, 0, Divergence.Missing, TransactionState.Idle, Command.Execute, RunReason.StatementNotPrepared, Write(9)); // another session's
        Assert.Equal(2, _finder.RootCount);
        Assert.Equal([first, second], _marked);
        Assert.Equal((prepare, prepare), (_finder.Links[first], _finder.Links[second]));
    }

    [Fact]
    public void APairThatIsTooCloseToTellIsTheRootOfOtherRowsButNotOfAnError()
    {
        _finder.Ambiguous(new AmbiguousPair(8, 1, 9, 2, Table, 0));
        Diverged(1, 0, Divergence.Count, Write(7));
        Diverged(2, 0, Divergence.Values, Write(8));
        Diverged(3, 0, Divergence.Error, Write(9));
        Assert.Equal(2, _finder.RootCount);
        Assert.Equal((9, 2, 2L), (_finder.Roots[0].Session, _finder.Roots[0].Ordinal, _finder.Roots[0].Consequences));
        Assert.Null(_finder.Roots[1].Pair);
    }

    private static OrderAccess Write(ulong key) => new(Table, OrderAccessKind.KeyExclusive, key);

    private long Same(int session, int ordinal, params OrderAccess[] accesses) => Diverged(session, ordinal, Divergence.None, accesses);

    private long Diverged(int session, int ordinal, Divergence kind, params OrderAccess[] accesses) => Diverged(session, ordinal, kind, TransactionState.Idle, accesses);

    private long Diverged(int session, int ordinal, Divergence kind, TransactionState state, params OrderAccess[] accesses) =>
        Diverged(session, ordinal, kind, state, Command.Query, kind == Divergence.Missing ? RunReason.TransactionFailed : RunReason.None, accesses);

    private long Diverged(int session, int ordinal, Divergence kind, TransactionState state, Command command, RunReason reason, params OrderAccess[] accesses)
    {
        var position = _position++;
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = command;
        exchange.Shape = 3;
        exchange.Rows = -1;
        exchange.Affected = 1;
        exchange.Flags = ExchangeFlags.Hashed;
        exchange.SetHash = 1;
        _outcomes[position] = new RunOutcome
        {
            Status = kind == Divergence.Missing ? RunStatus.Skipped : RunStatus.Replayed,
            Reason = reason,
            ErrorCode = (ushort)(kind == Divergence.Error ? 1 : 0),
            Rows = RunOutcome.NoCount,
            Affected = kind == Divergence.Count ? 0U : 1U,
            Flags = RunFlags.Hashed,
            SetHash = kind == Divergence.Values ? 2U : 1U,
        };
        _finder.Read(position, in exchange);
        var unit = new OrderUnit { Session = session, FirstOrdinal = ordinal, LastOrdinal = ordinal, FirstPosition = position, LastPosition = position, TransactionState = state };
        unit.Accesses.AddRange(accesses);
        _finder.Ordered(unit, CollectionsMarshal.AsSpan<OrderDependency>([]), CollectionsMarshal.AsSpan<OrderMark>([]), 0);
        return position;
    }
}
