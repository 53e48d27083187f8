using System.Net;
using System.Text;
using Replay.Replayer.Tests.Ordering;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests.Evidence;

public sealed class LogJoinTests : IDisposable
{
    private const long Base = 1_700_000_000_000_000;
    private const ulong FoundRows = 2;

    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.MySql,
        SearchPath = [],
        Tables = [new CatalogTable { Schema = "shop", Name = "t", Columns = [new("id", KeyType.Integer), new("n", KeyType.Integer)], Keys = [["id"]] }],
    };

    private readonly TempFolder _folder = new("log-join");

    [Theory]
    [InlineData(1, true)]
    [InlineData(30, true)]
    [InlineData(1, false)]
    [InlineData(30, false)]
    public void TheLogsOrderOfCommitsIsThatOfTheRows(int rows, bool tellsMoments)
    {
        var (wrong, doubtful) = ((Before: 0, After: 0), (Before: 0L, After: 0L));
        for (var seed = 1; seed <= 6; seed++)
        {
            var wired = new CounterServer(seed, sessions: 12, rows, resetsInThousand: 20).Run(300_000);
            var plain = Play(wired, log: null);
            using var log = Open(Write(wired, tellsMoments));
            var told = Play(wired, log, hasFoundRows: tellsMoments);
            Assert.Equal(0, WrongPairs(wired, told.Recorder, isAll: false));
            Assert.Equal((0L, 0L), (told.Counts.EvidenceContradicted, told.Join!.Lost));
            Assert.Equal(wired.Count(w => w.CommittedAt > 0), told.Join.Joined);
            Assert.True(told.Counts.Decided(OrderEvidence.BinaryLog) > 0);
            wrong = (wrong.Before + WrongPairs(wired, plain.Recorder, isAll: true), wrong.After + WrongPairs(wired, told.Recorder, isAll: true));
            doubtful = (doubtful.Before + plain.Counts.AmbiguousPairs, doubtful.After + told.Counts.AmbiguousPairs);
        }

        // What is left is of transactions that were rolled back.
        Assert.True(wrong.After * 3 < wrong.Before && doubtful.After * 3 < doubtful.Before, $"{wrong}, {doubtful}");
    }

    [Fact]
    public void ALogOfAnotherClockDecidesNothing()
    {
        var wired = new CounterServer(1, sessions: 12, rows: 3).Run(300_000);
        using var log = Open(Write(wired, tellsMoments: true, shift: 3_000));
        var (_, counts, join) = Play(wired, log);
        Assert.False(join!.IsTrusted);
        Assert.True(counts.Decided(OrderEvidence.BinaryLog) < 20, $"{counts.Decided(OrderEvidence.BinaryLog)}");
    }

    [Fact]
    public void ALogOfAnotherTimeOrServerIsOfNoUse()
    {
        var wired = new CounterServer(1, sessions: 4, rows: 3).Run(100_000);
        using var log = Open(Write(wired, tellsMoments: true, shift: -3_600_000_000));
        Assert.Equal((0, 0), Play(wired, log).Join is { } join ? (join.Joined, join.Lost) : default);
        using var other = Open(Write(wired, tellsMoments: true, threads: 500));
        Assert.Equal((0, 0), Play(wired, other).Join is { } none ? (none.Joined, none.Lost) : default);
    }

    [Fact]
    public void WhereSecondsDoNotTellNothingIsTaken()
    {
        // The first may have come to the value that it had, and so not be in the log: whose the one in the log is nobody knows, until the next second.
        var join = Join([(7, 5_100_000), (7, 6_100_000)], tellsMoments: false);
        Assert.Equal(0, join.Find(1, Base + 5_000_000, Base + 5_010_000, LogUse.Maybe));
        Assert.Equal(0, join.Find(1, Base + 5_090_000, Base + 5_110_000, LogUse.Certain));
        Assert.Equal(2, join.Find(1, Base + 6_090_000, Base + 6_110_000, LogUse.Certain));
        Assert.Equal((1, 0), (join.Joined, join.Lost));

        // A moment is in one of them only.
        join = Join([(7, 5_100_000), (7, 6_100_000)], tellsMoments: true);
        Assert.Equal(0, join.Find(1, Base + 5_000_000, Base + 5_010_000, LogUse.Maybe));
        Assert.Equal(1, join.Find(1, Base + 5_090_000, Base + 5_110_000, LogUse.Maybe));
        Assert.Equal(0, join.Find(1, Base + 6_090_000, Base + 6_110_000, LogUse.Never));
        Assert.Equal(2, join.Find(1, Base + 6_090_000, Base + 6_110_000, LogUse.Certain));
    }

    [Fact]
    public void SeveralTransactionsInOneExchangeHaveNoPlace()
    {
        var join = Join([(7, 5_001_000), (7, 5_002_000), (7, 5_100_000)], tellsMoments: true);
        Assert.Equal(0, join.Find(1, Base + 5_000_000, Base + 5_010_000, LogUse.Maybe));
        Assert.Equal(3, join.Find(1, Base + 5_090_000, Base + 5_110_000, LogUse.Certain));
    }

    [Fact]
    public void ATransactionsPlaceIsThatOfItsCommit()
    {
        var session = new LoggedSession(Join([(7, 1_150), (7, 2_150), (7, 3_150)], tellsMoments: true));
        var first = Unit(1_000, TransactionState.Open, LogUse.Certain);
        var prepare = Unit(1_010, TransactionState.Unknown, LogUse.Never, touches: false);
        var reads = Unit(1_020, TransactionState.Open, LogUse.Never);
        Follow(first, prepare, reads, Unit(1_100, TransactionState.Idle, LogUse.Never, TransactionControl.Commit, touches: false));
        Assert.Equal((1, 1, null), (first.Rows.Logged?.Number, reads.Rows.Logged?.Number, prepare.Rows.Logged?.Number));

        // What a savepoint undid, and what came before it, has no place; nor has what came before an error.
        var undone = Unit(2_000, TransactionState.Open, LogUse.Certain);
        var kept = Unit(2_020, TransactionState.Open, LogUse.Certain);
        Follow(undone, Unit(2_010, TransactionState.Open, LogUse.Never, TransactionControl.RollbackToSavepoint, touches: false), kept);
        Follow(Unit(2_100, TransactionState.Open, LogUse.Never, TransactionControl.Begin, touches: false)); // commits
        Assert.Equal((0, 2), (undone.Rows.Logged?.Number, kept.Rows.Logged?.Number));

        var refused = Unit(3_000, TransactionState.Open, LogUse.Certain);
        var after = Unit(3_020, TransactionState.Open, LogUse.Certain);
        Follow(refused, Unit(3_010, TransactionState.Unknown, LogUse.Maybe, failed: true), after, Unit(3_100, TransactionState.Idle, LogUse.Never, TransactionControl.Commit, touches: false));
        Assert.Equal((0, 3), (refused.Rows.Logged?.Number, after.Rows.Logged?.Number));

        var rolledBack = Unit(4_000, TransactionState.Open, LogUse.Certain);
        Follow(rolledBack, Unit(4_100, TransactionState.Idle, LogUse.Never, TransactionControl.Rollback, touches: false));
        Assert.Equal(0, rolledBack.Rows.Logged?.Number);

        void Follow(params OrderUnit[] units)
        {
            foreach (var unit in units)
            {
                session.Follow(unit);
            }
        }
    }

    [Theory]
    [InlineData("update t set n = n + 1 where id = 1", 1, 0ul, LogUse.Certain)]
    [InlineData("update t set n = n + 1 where id = 1", 1, FoundRows, LogUse.Certain)]
    [InlineData("update t set n = 1 where id = 1", 1, 0ul, LogUse.Certain)]
    [InlineData("update t set n = 1 where id = 1", 1, FoundRows, LogUse.Maybe)]
    [InlineData("update t set n = 1 where id = 1", 0, 0ul, LogUse.Maybe)]
    [InlineData("insert into t (id, n) values (1, 1)", 1, FoundRows, LogUse.Certain)]
    [InlineData("insert into t (id, n) values (1, 1) on duplicate key update n = 1", 1, FoundRows, LogUse.Maybe)]
    [InlineData("delete from t where id = 1", 1, FoundRows, LogUse.Certain)]
    [InlineData("select * from t where id = 1 for update", 0, 0ul, LogUse.Never)]
    [InlineData("set @x = 1", 0, 0ul, LogUse.Never)]
    [InlineData("call p()", 1, 0ul, LogUse.Maybe)]
    [InlineData("drop table t", 0, 0ul, LogUse.Maybe)]
    public void WhatMustBeInTheLogIsTold(string sql, int affected, ulong capabilities, object expected)
    {
        using var log = Open(new BinaryLogMaker("8.4.0", 5).ToArray());
        var session = new LoggedSession(new LogJoin(log, n => Session(n, capabilities)));
        var text = Encoding.UTF8.GetBytes(sql);
        var exchange = Exchange.Empty;
        exchange.Session = 1;
        exchange.Affected = affected;
        Assert.Equal((LogUse)expected, session.UseOf(in exchange, new AccessReader(SqlDialect.MySql).Read(text), new OrderUnit()));
    }

    public void Dispose() => _folder.Dispose();

    private static OrderUnit Unit(long at, TransactionState state, LogUse use, TransactionControl control = TransactionControl.None, bool touches = true, bool failed = false)
    {
        var unit = new OrderUnit
        {
            Session = 1,
            RequestedAtMicroseconds = Base + at,
            EndedAtMicroseconds = Base + at + 100,
            TransactionState = state,
            Control = control,
            Failed = failed,
        };
        unit.Rows.LogUse = use;
        if (touches)
        {
            unit.Accesses.Add(new OrderAccess(OrderTables.First, OrderAccessKind.KeyExclusive, 5));
        }

        return unit;
    }

    private static int WrongPairs(IReadOnlyList<Wired> wired, OrderRecorder recorder, bool isAll) => RowOrderTests.WrongPairs(wired, recorder, isAll);

    private static Session Session(int number, ulong capabilities) => WorkloadMaker.Session(number) with
    {
        Engine = Engine.MySql,
        Client = new IPEndPoint(IPAddress.Loopback, 1000 + number),
        ServerConnectionId = 6 + number,
        MySqlCapabilities = capabilities,
        OpenedAtMicroseconds = Base,
    };

    private static byte[] Write(IEnumerable<Wired> wired, bool tellsMoments, long shift = 0, int threads = 6)
    {
        var maker = new BinaryLogMaker(tellsMoments ? "8.4.0" : "11.8.6-MariaDB", 5);
        foreach (var one in wired.Where(w => w.CommittedAt > 0).OrderBy(w => w.CommittedAt))
        {
            Write(maker, (uint)(threads + one.Session), Base + one.CommittedAt + shift, tellsMoments);
        }

        return maker.ToArray();
    }

    private static void Write(BinaryLogMaker maker, uint thread, long at, bool tellsMoment)
    {
        if (tellsMoment)
        {
            maker.MySql(thread, at);
        }
        else
        {
            maker.MariaDb(thread, at, tellsThread: true);
        }
    }

    private static (OrderRecorder Recorder, OrderCounts Counts, LogJoin? Join) Play(IReadOnlyList<Wired> wired, BinaryLog? log, bool hasFoundRows = false)
    {
        var recorder = new OrderRecorder();
        var builder = new OrderBuilder(OrderOptions.For(SqlDialect.MySql), recorder);
        var join = log is null ? null : new LogJoin(log, n => Session(n, hasFoundRows ? FoundRows : 0));
        var feed = new OrderFeed(Catalog, builder) { Log = join };
        builder.Rows = log is null ? null : builder.Rows;
        foreach (var one in wired)
        {
            var exchange = Exchange.Empty;
            exchange.Session = one.Session;
            exchange.Ordinal = one.Ordinal;
            exchange.Command = Command.MySqlQuery;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;
            exchange.TransactionState = one.IsOpen ? TransactionState.Open : TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = Base + one.RequestedAt;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = Base + one.EndedAt;
            exchange.Text = Encoding.UTF8.GetBytes(one.Sql.Replace(" returning n", "", StringComparison.Ordinal));
            exchange.Affected = one.Row > 0 ? 1 : 0;
            feed.Add(0, in exchange, "shop");
            feed.AdvanceTo(Base + one.EndedAt - 2_000_000);
        }

        feed.Finish();
        return (recorder, builder.Counts, join);
    }

    private LogJoin Join((uint Thread, long At)[] commits, bool tellsMoments)
    {
        var maker = new BinaryLogMaker(tellsMoments ? "8.4.0" : "11.8.6-MariaDB", 5);
        foreach (var (thread, at) in commits)
        {
            Write(maker, thread, Base + at, tellsMoments);
        }

        return new LogJoin(Open(maker.ToArray()), n => Session(n, 0));
    }

    private BinaryLog Open(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("binlog.000001"), bytes);
        return BinaryLog.Open([_folder.File("binlog.000001")]);
    }
}
