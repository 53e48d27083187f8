using System.Buffers;
using System.Globalization;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class OrderFeedTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables =
        [
            new CatalogTable { Schema = "public", Name = "t", Columns = [new CatalogColumn("id", KeyType.Integer)], Keys = [["id"]] },
            new CatalogTable { Schema = "public", Name = "s", Columns = [new CatalogColumn("id", KeyType.Integer, IsGenerated: true, Sequence: new CatalogSequence("public.s_id_seq", 1, 1)), new CatalogColumn("v", KeyType.Other)], Keys = [["id"]] },
        ],
        Views = [new CatalogView("public", "shown", ["public.s"])],
        Functions = [new CatalogFunction("fills", Writes: true, ["public.s"])],
    };

    private readonly OrderRecorder _recorder = new();
    private readonly OrderBuilder _builder;
    private readonly DrawRecorder _draws = new();
    private readonly SequenceOrder _sequences;
    private readonly OrderFeed _feed;

    public OrderFeedTests()
    {
        _builder = new OrderBuilder(new OrderOptions(), _recorder);
        _sequences = new SequenceOrder(Catalog, new SequenceEvidence(), _builder.Counts, _draws);
        _feed = new OrderFeed(Catalog, _builder, _sequences);
    }

    [Fact]
    public void AKeyInATextMeetsTheSameKeyInAParameter()
    {
        Add(1, 0, 10, 30, "update t set a = 1 where id = 5");
        Add(2, 0, 20, 50, "update t set a = 2 where id = $1", command: Command.Execute, request: Bind("5"));
        Add(3, 0, 20, 60, "update t set a = 2 where id = $1", command: Command.Execute, request: Bind("6"));
        _feed.Finish();

        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], _recorder.At(2, 0).Dependencies);
        Assert.Empty(_recorder.At(3, 0).Dependencies);
    }

    [Fact]
    public void ABatchIsOneUnit()
    {
        Add(1, 0, 10, 40, "update t set a = 1 where id = 5", TransactionState.Unknown, batch: 0);
        Add(1, 1, 11, 40, "update t set a = 1 where id = 6", TransactionState.Idle, batch: 0, endsBatch: true);
        Add(2, 0, 20, 50, "update t set a = 2 where id = 5", TransactionState.Unknown, batch: 0);
        Add(2, 1, 21, 50, "update t set a = 2 where id = 6", TransactionState.Idle, batch: 0, endsBatch: true);
        _feed.Finish();

        Assert.Equal(2, _recorder.Units.Count);
        Assert.Equal((2, 0, 1), (_recorder.Units[1].Session, _recorder.Units[1].FirstOrdinal, _recorder.Units[1].LastOrdinal));
        Assert.All(_recorder.Units[1].Dependencies, d => Assert.Equal(OrderDependency.OnEnd(1, 1, OrderReason.Key), d));
        Assert.NotEmpty(_recorder.Units[1].Dependencies);
    }

    [Theory]
    [InlineData("select now()", Command.Query)] // no table is read, but the snapshot is taken
    [InlineData("select a from t where id = $1", Command.Parse)] // to look at the text
    [InlineData("set local statement_timeout = 0", Command.Query, false)]
    public void TheFirstStatementOfARepeatableReadTransactionTakesItsView(string first, Command command, bool takesView = true)
    {
        Add(1, 0, 10, 20, "begin isolation level repeatable read", TransactionState.Open);
        Add(1, 1, 100, 200, first, TransactionState.Open, command);
        Add(2, 0, 90, 150, "update t set a = 1 where id = 5", affected: 1);
        Add(1, 2, 300, 400, "update t set a = 2 where id = 5", TransactionState.Open, affected: 1);
        _feed.Finish();

        Assert.Equal(takesView ? [OrderDependency.OnEnd(2, 0, OrderReason.Visibility)] : [], _recorder.At(1, 1).Dependencies);
    }

    [Fact]
    public void ASessionIsPutInOrder()
    {
        Add(1, 1, 30, 40, "commit");
        Add(1, 0, 10, 20, "update t set a = 1 where id = 5", TransactionState.Open);
        _feed.AdvanceTo(1000);
        Assert.Equal([0, 1], _recorder.Units.Select(u => u.FirstOrdinal));
        Assert.Contains(new OrderMark(DependencyKind.Commits, _recorder.Units[0].Marks[^1].Table, 1), _recorder.Units[1].Marks);
    }

    [Fact]
    public void WhatLaterExchangesMayStillChangeIsNotOrderedYet()
    {
        Add(1, 0, 10, 40, "update t set a = 1 where id = 5", TransactionState.Unknown, batch: 0);
        Add(2, 0, 20, 30, "select 1");
        _feed.AdvanceTo(1000);
        Assert.Empty(_recorder.Units);

        Add(1, 1, 12, 40, "select 1", TransactionState.Idle, batch: 0, endsBatch: true);
        _feed.AdvanceTo(1000);
        Assert.Equal(2, _recorder.Units.Count);
    }

    [Fact]
    public void WhatIsNotKnownTouchesEverything()
    {
        Add(1, 0, 10, 30, "update t set a = 1 where id = 5");
        Add(2, 0, 40, 50, "", command: Command.FunctionCall);
        Add(3, 0, 60, 70, "update t set a = 1 where id = 6");
        _feed.Finish();

        Assert.Contains(_recorder.At(2, 0).Dependencies, d => d.Kind == DependencyKind.Statements && d.Table == OrderTables.Everything && d.Count == 1);
        Assert.Contains(OrderDependency.OnEnd(2, 0, OrderReason.Everything), _recorder.At(3, 0).Dependencies);
        Assert.Equal(1, _builder.Counts.TouchEverything);
    }

    [Fact]
    public void ARepeatableReadTransactionKeepsTheSnapshotOfItsFirstStatement()
    {
        Add(1, 0, 10, 20, "begin isolation level repeatable read", TransactionState.Open);
        Add(2, 0, 30, 40, "update t set a = 1 where id = 1");
        Add(1, 1, 50, 60, "select * from t", TransactionState.Open);
        Add(2, 1, 70, 80, "update t set a = 2 where id = 1");
        Add(1, 2, 90, 99, "select * from t", TransactionState.Open);
        _feed.Finish();

        Assert.Equal([OrderDependency.OnCommits(OrderTables.Everything, 1)], _recorder.At(1, 1).Dependencies);
        Assert.Contains(_recorder.At(2, 1).Dependencies, d => d == OrderDependency.OnStatements(OrderTables.Snapshots, 1, OrderReason.Commit));
        Assert.Empty(_recorder.At(1, 2).Dependencies);
    }

    [Fact]
    public void ReadersSeeWhatTheySawAndNothingLater()
    {
        Add(1, 0, 10, 20, "update t set a = 1 where id = 1");
        Add(2, 0, 30, 40, "select * from t");
        Add(1, 1, 50, 60, "update t set a = 2 where id = 1");
        _feed.Finish();

        var table = _recorder.At(1, 0).Marks[^2].Table;
        Assert.Equal([OrderDependency.OnCommits(table, 1)], _recorder.At(2, 0).Dependencies);
        Assert.Contains(OrderDependency.OnStatements(table, 2, OrderReason.Commit), _recorder.At(1, 1).Dependencies);
    }

    [Fact]
    public void InsertsThatDrawFromOneSequenceGoAsTheyEnded()
    {
        Insert(1, 10, 30, id: 7);
        Insert(2, 12, 40, id: 5);
        Insert(3, 14, 50, id: 9, sql: "insert into s (id, v) values (9, 1) returning id"); // the client's own
        _feed.Finish();

        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], _recorder.At(2, 0).Dependencies);
        Assert.Empty(_recorder.At(3, 0).Dependencies);
        Assert.Empty(_recorder.Pairs); // what each drew is known
        Assert.Equal(["1: 7", "2: 5"], _draws.Told);
    }

    [Fact]
    public void WhereATriggerDrawsTooTheyGoInTheOrderInWhichTheyDrew()
    {
        Insert(1, 5, 6, id: null, sql: "select fills()");
        Insert(2, 10, 30, id: 7);
        Insert(3, 12, 40, id: 5);
        Insert(4, 14, 40 + DrawnOrder.MaxReversalMicroseconds, id: 6); // may have waited for the first
        _feed.Finish();

        Assert.DoesNotContain(_recorder.At(3, 0).Dependencies, d => d == OrderDependency.OnEnd(2, 0, OrderReason.Key));
        Assert.Contains(OrderDependency.OnEnd(3, 0, OrderReason.Key), _recorder.At(2, 0).Dependencies);
        Assert.Contains(OrderDependency.OnEnd(2, 0, OrderReason.Key), _recorder.At(4, 0).Dependencies);
    }

    [Fact]
    public void WhatNobodyShowsIsWhatTheOthersHaveLeft()
    {
        Insert(1, 10, 30, id: 7);
        Insert(2, 40, 50, id: null);
        Insert(3, 60, 70, id: 9);
        Insert(4, 80, 90, id: null, sql: "insert into s values (default, 1), (default, 2)");
        Insert(5, 100, 110, id: null, sql: "insert into s (v) values (3) on conflict do nothing");
        _feed.Finish();

        Assert.Equal(["1: 7", "2: 8", "3: 9", "4: 10", "5: 12"], _draws.Told);
        Assert.Equal((2, 3, 0), (_builder.Counts.IdsShown, _builder.Counts.IdsInferred, _builder.Counts.IdsUnknown));
        Assert.Equal((1, 12, true), Assert.Single(_sequences.Sequences.Select(s => (s.Number + 1, s.Highest, s.IsExact))));
    }

    [Fact]
    public void LastvalShowsWhatTheSessionDrew()
    {
        Insert(1, 10, 20, id: 7);
        Insert(2, 30, 40, id: null, sql: "insert into s (v) values (1)");
        Insert(3, 35, 45, id: null, sql: "insert into s (v) values (2)");
        Shown(2, 1, 60, 70, "lastval", 9, "select lastval()");
        _feed.Finish();

        Assert.Equal(["1: 7", "2: 9", "3: 8"], _draws.Told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("select nextval('s_id_seq')", false)]
    [InlineData("select nextval('public.s_id_seq'::regclass)", false)]
    [InlineData("select nextval('other')", true)]
    [InlineData("select nextval($1)", false)]
    [InlineData("truncate s restart identity", false)]
    [InlineData("truncate s", true)]
    [InlineData("merge into s using t on t.id = s.id when not matched then insert (v) values (1)", false)]
    [InlineData("insert into shown (v) values (1)", false)]
    [InlineData("select setval('\"S_id_seq\"', 5)", false)]
    [InlineData("do $$ begin null; end $$", false)]
    [InlineData("prepare p as insert into s (v) values (1)", false)]
    [InlineData("execute p", true)]
    [InlineData("select fills()", false)]
    [InlineData("select v from s", true)]
    public void WhatOthersDrawFromIsNotPlaced(string sql, bool expected)
    {
        Insert(1, 10, 20, id: 7);
        Insert(2, 30, 40, id: null, sql: sql);
        _feed.Finish();

        Assert.Equal(expected, Assert.Single(_sequences.Sequences).IsExact);
    }

    private void Insert(int session, long requested, long ended, int? id, string sql = "insert into s (v) values (1) returning id")
    {
        var columns = new ArrayBufferWriter<byte>();
        ColumnList.Begin(columns, 1);
        ColumnList.AppendColumn(columns, "id"u8, 20, 0, isBinary: false);
        var values = new ArrayBufferWriter<byte>();
        if (id is { } drawn)
        {
            RowValues.BeginRow(values, 1);
            RowValues.AppendValue(values, Encoding.ASCII.GetBytes(drawn.ToString(CultureInfo.InvariantCulture)));
        }

        Add(session, 0, requested, ended, sql, columns: columns.WrittenSpan, values: values.WrittenSpan, position: session);
    }

    private void Shown(int session, int ordinal, long requested, long ended, string column, int value, string sql)
    {
        var columns = new ArrayBufferWriter<byte>();
        ColumnList.Begin(columns, 1);
        ColumnList.AppendColumn(columns, Encoding.ASCII.GetBytes(column), 20, 0, isBinary: false);
        var values = new ArrayBufferWriter<byte>();
        RowValues.BeginRow(values, 1);
        RowValues.AppendValue(values, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        Add(session, ordinal, requested, ended, sql, columns: columns.WrittenSpan, values: values.WrittenSpan, rows: 1);
    }

    private void Add(
        int session, int ordinal, long requested, long ended, string sql, TransactionState state = TransactionState.Idle, Command command = Command.Query, byte[]? request = null,
        int batch = -1, bool endsBatch = false, ReadOnlySpan<byte> columns = default, ReadOnlySpan<byte> values = default, long? position = null, int rows = 0, long? affected = null)
    {
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = command;
        exchange.Columns = columns;
        exchange.Values = values;
        exchange.Rows = rows;
        exchange.Affected = affected ?? exchange.Affected;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | (values.IsEmpty ? ExchangeFlags.None : ExchangeFlags.AllValues) | (endsBatch ? ExchangeFlags.EndsBatch : ExchangeFlags.None);
        exchange.Batch = batch;
        exchange.TransactionState = state;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = requested;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = ended;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.Request = request;
        _feed.Add(position ?? exchange.Ordinal, in exchange, "shop");
    }

    private static byte[] Bind(string value)
    {
        byte[] body = [0, 0, 0, 0, 0, 1, .. WorkloadMaker.BigEndian(value.Length), .. Encoding.UTF8.GetBytes(value), 0, 0];
        return [(byte)'B', .. WorkloadMaker.BigEndian(body.Length + 4), .. body];
    }
}
