using System.Buffers;
using System.Globalization;
using System.Text;
using Replay.Replayer.Tests.Ordering;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Evidence;

public class RowOrderTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables = [new CatalogTable { Schema = "public", Name = "t", Columns = [new("id", KeyType.Integer), new("n", KeyType.Integer)], Keys = [["id"]] }],
    };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(40, 0)]
    [InlineData(2, 5)]
    public void WhatIsTakenAsCertainIsTrueOnAModel(int rows, int resetsInThousand)
    {
        var wrong = (Before: 0, After: 0);
        var doubtful = (Before: 0L, After: 0L);
        for (var seed = 1; seed <= 5; seed++)
        {
            var wired = new CounterServer(seed, sessions: 12, rows, resetsInThousand).Run(300_000);
            var plain = Play(wired, hasEvidence: false);
            var told = Play(wired, hasEvidence: true);
            wrong = (wrong.Before + WrongPairs(wired, plain.Recorder, isAll: true), wrong.After + WrongPairs(wired, told.Recorder, isAll: true));
            doubtful = (doubtful.Before + plain.Counts.AmbiguousPairs, doubtful.After + told.Counts.AmbiguousPairs);
            Assert.Equal(0, WrongPairs(wired, told.Recorder, isAll: false));
            Assert.True(told.Counts.Decided(OrderEvidence.Locks) > 0);
            Assert.Equal(0, told.Counts.EvidenceContradicted);
        }

        Assert.True(wrong.After < wrong.Before && doubtful.After < doubtful.Before, $"{wrong}, {doubtful}");
        if (resetsInThousand == 0)
        {
            Assert.True(wrong.After * 3 < wrong.Before && doubtful.After * 2 < doubtful.Before, $"{wrong}, {doubtful}");
        }
    }

    [Fact]
    public void CountersTellWhoWasFirst()
    {
        Wired[] wired =
        [
            Update(1, 100, 300, 7), Update(2, 110, 320, 5), Update(3, 120, 350, 6),
        ];
        var (recorder, counts) = Play(wired, hasEvidence: true);
        Assert.Equal([2, 3, 1], recorder.Units.Select(u => u.Session));
        Assert.Empty(recorder.Pairs);
        Assert.Equal((2L, 2L), (counts.Decided(OrderEvidence.Returning), counts.ReorderedByEvidence));
        Assert.Equal([OrderDependency.OnEnd(3, 0, OrderReason.Key)], recorder.At(1, 0).Dependencies);
    }

    [Fact]
    public void AnAnswerThatWasHeldUpForLongIsPutBeforeThoseThatOvertookIt()
    {
        Wired[] wired = [Update(1, 100, 40_000, 5), .. Enumerable.Range(0, 130).Select(i => Update(2, 110 + (300 * i), 380 + (300 * i), 6 + i) with { Ordinal = i })];
        var (recorder, counts) = Play(wired, hasEvidence: true);
        Assert.Equal(1, recorder.Units[0].Session);
        Assert.Equal([.. Enumerable.Range(0, 130)], recorder.Units.Skip(1).Select(u => u.LastOrdinal));
        Assert.Empty(recorder.Pairs);
        Assert.Equal(0, counts.EvidenceContradicted);

        // Longer than is looked: it stays where it was.
        wired[0] = wired[0] with { EndedAt = 100_000 };
        (recorder, _) = Play(wired, hasEvidence: true);
        Assert.Equal(1, recorder.Units[^1].Session);
    }

    [Fact]
    public void ACounterThatOthersSetTellsNothing()
    {
        var (recorder, counts) = Play([Update(1, 100, 300, 7), Update(2, 110, 320, 5), Update(3, 100, 9_000, 6, "update t set n = 6 where id = 1 returning n")], hasEvidence: true);
        Assert.Equal([1, 2, 3], recorder.Units.Select(u => u.Session));
        Assert.Equal(0, counts.Decided(OrderEvidence.Returning));
        Assert.NotEmpty(recorder.Pairs);
    }

    [Theory]
    [InlineData("update t set n = n + 0 where id = 1 returning n")]
    [InlineData("update t set n = n + 1 where id = 1 returning n - 5 as n")]
    [InlineData("update t set n = n * 2 where id = 1 returning n")]
    [InlineData("update t set n = n + 1 where n = 1 returning n")]
    [InlineData("update u set n = n + 1 where id = 1 returning n")]
    public void WhatIsNoCounterTellsNothing(string sql)
    {
        var (_, counts) = Play([Update(1, 100, 300, 7, sql), Update(2, 110, 320, 5, sql)], hasEvidence: true);
        Assert.Equal(0, counts.Decided(OrderEvidence.Returning));
        Assert.True(counts.AmbiguousPairs > 0 || sql.Contains('u'));
    }

    [Fact]
    public void CountingDownGoesTheOtherWay()
    {
        const string sql = "update t set n = n - 2 where id = 1 returning id, n";
        var (recorder, _) = Play([Update(1, 100, 300, 5, sql), Update(2, 110, 320, 7, sql)], hasEvidence: true);
        Assert.Equal([2, 1], recorder.Units.Select(u => u.Session));
    }

    [Fact]
    public void WhoeverKeepsTheLockWasLater()
    {
        // The transaction's statement was answered first, but the other had ended before its end was even asked for: that one had given the row up before it answered.
        Wired[] wired =
        [
            new(1, 0, 10, 20, "begin", IsOpen: true),
            new(1, 1, 100, 300, "update t set n = 3 where id = 1", IsOpen: true),
            new(2, 0, 110, 900, "update t set n = 4 where id = 1", IsOpen: false),
            new(1, 2, 1000, 1100, "commit", IsOpen: false),
        ];
        var (recorder, counts) = Play(wired, hasEvidence: true);
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Key)], recorder.At(1, 1).Dependencies);
        Assert.Equal(1, counts.Decided(OrderEvidence.Locks));
        Assert.Empty(recorder.Pairs);

        wired[3] = wired[3] with { RequestedAt = 850 };
        (recorder, counts) = Play(wired, hasEvidence: true);
        Assert.Equal([OrderDependency.OnEnd(1, 1, OrderReason.Key)], recorder.At(2, 0).Dependencies.Where(d => d.Kind == DependencyKind.Ended));
        Assert.Equal(0, counts.Decided(OrderEvidence.Locks));
        Assert.Single(recorder.Pairs);
    }

    private static Wired Update(int session, long requested, long ended, long returned, string sql = "update t set n = n + 1 where id = 1 returning n") =>
        new(session, 0, requested, ended, sql, IsOpen: false, 1, 0, returned);

    // Of the writers of each row that follow one another in the order found: which pairs are the wrong way round, and not named as doubtful.
    internal static int WrongPairs(IReadOnlyList<Wired> wired, OrderRecorder recorder, bool isAll)
    {
        var truth = wired.ToDictionary(w => (w.Session, w.Ordinal));
        var doubtful = recorder.Pairs.Select(p => (p.FirstSession, p.FirstOrdinal, p.SecondSession, p.SecondOrdinal)).ToHashSet();
        return recorder.Units.Select(u => truth[(u.Session, u.LastOrdinal)]).Where(w => w.Row > 0).GroupBy(w => w.Row).Sum(row => row.Zip(row.Skip(1))
            .Count(p => p.First.Turn > p.Second.Turn && (isAll || !doubtful.Contains((p.First.Session, p.First.Ordinal, p.Second.Session, p.Second.Ordinal)))));
    }

    private static (OrderRecorder Recorder, OrderCounts Counts) Play(IReadOnlyList<Wired> wired, bool hasEvidence)
    {
        var recorder = new OrderRecorder();
        var builder = new OrderBuilder(new OrderOptions(), recorder);
        var feed = new OrderFeed(Catalog, builder);
        builder.Rows = hasEvidence ? builder.Rows : null;
        foreach (var one in wired)
        {
            var exchange = Exchange.Empty;
            exchange.Session = one.Session;
            exchange.Ordinal = one.Ordinal;
            exchange.Command = Command.Query;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.AllValues;
            exchange.TransactionState = one.IsOpen ? TransactionState.Open : TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = one.RequestedAt;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = one.EndedAt;
            exchange.Text = Encoding.UTF8.GetBytes(one.Sql);
            var columns = new ArrayBufferWriter<byte>();
            var values = new ArrayBufferWriter<byte>();
            if (one.Sql.Contains("update", StringComparison.Ordinal))
            {
                exchange.Affected = exchange.Rows = 1;
                Result(one, columns, values);
            }

            exchange.Columns = columns.WrittenSpan;
            exchange.Values = values.WrittenSpan;
            feed.Add(0, in exchange, "shop");
            feed.AdvanceTo(one.EndedAt - 2_000_000);
        }

        feed.Finish();
        return (recorder, builder.Counts);
    }

    private static void Result(Wired one, ArrayBufferWriter<byte> columns, ArrayBufferWriter<byte> values)
    {
        string[] names = one.Sql.Contains("returning id", StringComparison.Ordinal) ? ["id", "n"] : one.Sql.Contains("returning", StringComparison.Ordinal) ? ["n"] : [];
        ColumnList.Begin(columns, names.Length);
        RowValues.BeginRow(values, names.Length);
        foreach (var name in names)
        {
            ColumnList.AppendColumn(columns, Encoding.UTF8.GetBytes(name), 23, 0, isBinary: false);
            RowValues.AppendValue(values, Encoding.ASCII.GetBytes((name == "id" ? one.Row : one.Returned).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
