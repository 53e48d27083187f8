using System.Globalization;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests.Evidence;

public sealed class DecodedSessionTests : IDisposable
{
    private const long Base = 1_700_000_000_000_000;
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables = [new CatalogTable { Schema = "public", Name = "t", Columns = [new("id", KeyType.Integer)], Keys = [["id"]] }],
    };

    private readonly TempFolder _folder = new("decoded-session");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ATransactionsPlaceIsThatOfItsCommit()
    {
        var first = Unit(1_000, TransactionState.Open, writes: 1);
        var prepare = Unit(1_010, TransactionState.Unknown);
        var reads = Unit(1_020, TransactionState.Open, touches: true);
        var alone = Unit(2_000, TransactionState.Idle, writes: 1);
        Follow([1_150, 2_050], first, prepare, reads, Unit(1_100, TransactionState.Idle, control: TransactionControl.Commit), alone);
        Assert.Equal((2, 2, null, 3), (first.Rows.Logged?.Number, reads.Rows.Logged?.Number, prepare.Rows.Logged?.Number, alone.Rows.Logged?.Number));
        Assert.Equal(OrderEvidence.LogicalDecoding, first.Rows.Logged?.Evidence);
    }

    [Fact]
    public void OfATransactionThatFailedNothingIsLookedFor()
    {
        // PostgreSQL answers its COMMIT with ROLLBACK. That was committed meanwhile is another's.
        var first = Unit(1_000, TransactionState.Open, writes: 1);
        var refused = Unit(1_010, TransactionState.Failed, failed: true);
        var counts = Follow([1_150], first, refused, Unit(1_100, TransactionState.Idle, control: TransactionControl.Commit));
        Assert.Equal((0L, 0L, 0L), (first.Rows.Logged?.Number, counts.Joined, counts.Missing));

        counts = Follow([1_150], Unit(1_000, TransactionState.Open, writes: 1), Unit(1_100, TransactionState.Idle, control: TransactionControl.Commit, failed: true));
        Assert.Equal((0L, 0L), (counts.Joined, counts.Missing));
    }

    [Fact]
    public void WhatCameBeforeASavepointThatWasGoneBackToHasNoPlace()
    {
        var undone = Unit(1_000, TransactionState.Open, writes: 3);
        var kept = Unit(1_020, TransactionState.Open, writes: 1);
        Follow([1_150], undone, Unit(1_010, TransactionState.Open, control: TransactionControl.RollbackToSavepoint), kept, Unit(1_100, TransactionState.Idle, control: TransactionControl.Commit));
        Assert.Equal((0, 2), (undone.Rows.Logged?.Number, kept.Rows.Logged?.Number));
    }

    [Fact]
    public void OfABatchWithACommitNothingIsLookedFor()
    {
        var batch = Unit(1_000, TransactionState.Idle, writes: 1, control: TransactionControl.Commit);
        batch.LastOrdinal++;
        Assert.Equal(0, Follow([1_050], Unit(900, TransactionState.Open, writes: 1), batch).Joined);
    }

    [Fact]
    public void SoManyRowsAsWereTold()
    {
        Assert.Equal(1, Follow([1_050], Unit(1_000, TransactionState.Idle, writes: 1)).Joined);
        var counts = Follow([1_050], Unit(1_000, TransactionState.Idle, writes: 2));
        Assert.Equal((0L, 1L), (counts.Joined, counts.Missing));
    }

    // One row is written by each transaction of the log but the first and the last, which only show that it is whole.
    private LogicalDecodingCounts Follow(long[] commits, params OrderUnit[] units)
    {
        var text = string.Concat(commits.Prepend(-1_000_000).Append(9_000_000).Select((at, i) =>
            string.Create(CultureInfo.InvariantCulture, $"BEGIN {i + 5}\n{(at is > 0 and < 9_000_000 ? "table public.t: INSERT: id[integer]:1\n" : "")}COMMIT {i + 5} (at {DecodedMaker.Time(Base + at)})\n")));
        File.WriteAllText(_folder.File("decoded"), text);
        var facts = new DecodedFacts(new CatalogIndex(Catalog));
        using var log = DecodedLog.OpenFiles([_folder.File("decoded")], facts);
        var join = new DecodedJoin(log, facts);
        var session = new DecodedSession(join);
        foreach (var unit in units)
        {
            session.Follow(unit);
        }

        join.AdvanceTo(long.MaxValue);
        return join.Counts;
    }

    private static OrderUnit Unit(long at, TransactionState state, int writes = 0, TransactionControl control = TransactionControl.None, bool touches = false, bool failed = false)
    {
        var unit = new OrderUnit { Session = 1, RequestedAtMicroseconds = Base + at, EndedAtMicroseconds = Base + at + 100, TransactionState = state, Control = control, Failed = failed };
        if (writes > 0)
        {
            unit.Rows.Written = new WrittenRows { IsCertain = true };
            unit.Rows.Written.Add(OrderTables.First + 1, writes, isExact: true);
        }

        if (writes > 0 || touches)
        {
            unit.Accesses.Add(new OrderAccess(OrderTables.First + 1, OrderAccessKind.KeyExclusive, 5));
        }

        return unit;
    }
}
