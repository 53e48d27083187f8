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
            new CatalogTable { Schema = "public", Name = "s", Columns = [new CatalogColumn("id", KeyType.Integer, IsGenerated: true), new CatalogColumn("v", KeyType.Other)], Keys = [["id"]] },
        ],
    };

    private readonly OrderRecorder _recorder = new();
    private readonly OrderBuilder _builder;
    private readonly OrderFeed _feed;

    public OrderFeedTests()
    {
        _builder = new OrderBuilder(new OrderOptions(), _recorder);
        _feed = new OrderFeed(Catalog, _builder);
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
    public void InsertsGoInTheOrderInWhichTheyDrewTheirIds()
    {
        Insert(1, 10, 30, id: 7);
        Insert(2, 12, 40, id: 5);
        Insert(3, 14, 50, id: 6);
        Insert(4, 16, 60, id: 8);
        _feed.Finish();

        Assert.Empty(_recorder.At(2, 0).Dependencies);
        Assert.Equal([OrderDependency.OnEnd(2, 0, OrderReason.Key)], _recorder.At(3, 0).Dependencies);
        Assert.Equal([OrderDependency.OnEnd(3, 0, OrderReason.Key)], _recorder.At(1, 0).Dependencies);
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], _recorder.At(4, 0).Dependencies);
        Assert.Equal((2, 0), (_builder.Counts.ReorderedByIds, _builder.Counts.IdsTooFarApart));
        Assert.Empty(_recorder.Pairs);
    }

    [Fact]
    public void InsertsThatDoNotShowTheirIdsGoAsTheyEnded()
    {
        Insert(1, 10, 30, id: null);
        Insert(2, 12, 40, id: null);
        Insert(3, 14, 50, id: 9, sql: "insert into s (id, v) values (9, 1) returning id"); // the client's own
        _feed.Finish();

        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], _recorder.At(2, 0).Dependencies);
        Assert.Empty(_recorder.At(3, 0).Dependencies);
        Assert.Single(_recorder.Pairs);
    }

    [Fact]
    public void AnInsertThatMayHaveWaitedForTheOtherDoesNotGoBeforeIt()
    {
        Insert(1, 10, 30, id: 7);
        Insert(2, 12, 40 + SequenceOrder.MaxReversalMicroseconds, id: 6);
        _feed.Finish();

        Assert.Empty(_recorder.At(1, 0).Dependencies);
        Assert.Equal([OrderDependency.OnEnd(1, 0, OrderReason.Key)], _recorder.At(2, 0).Dependencies);
        Assert.Equal(1, _builder.Counts.IdsTooFarApart);
    }

    [Fact]
    public void AnIdThatWasNotDrawnInTheMeantimeIsNoEvidence()
    {
        Insert(1, 10, 30, id: 7);
        Insert(2, 35, 40, id: 6); // after somebody set the sequence back
        _feed.Finish();

        Assert.Empty(_recorder.At(1, 0).Dependencies);
        Assert.Contains(OrderDependency.OnEnd(1, 0, OrderReason.Key), _recorder.At(2, 0).Dependencies);
        Assert.Equal(1, _builder.Counts.IdsTooFarApart);
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

        Add(session, 0, requested, ended, sql, columns: columns.WrittenSpan, values: values.WrittenSpan);
    }

    private void Add(
        int session, int ordinal, long requested, long ended, string sql, TransactionState state = TransactionState.Idle, Command command = Command.Query, byte[]? request = null,
        int batch = -1, bool endsBatch = false, ReadOnlySpan<byte> columns = default, ReadOnlySpan<byte> values = default)
    {
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = command;
        exchange.Columns = columns;
        exchange.Values = values;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | (values.IsEmpty ? ExchangeFlags.None : ExchangeFlags.AllValues) | (endsBatch ? ExchangeFlags.EndsBatch : ExchangeFlags.None);
        exchange.Batch = batch;
        exchange.TransactionState = state;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = requested;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = ended;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.Request = request;
        _feed.Add(exchange.Ordinal, in exchange, "shop");
    }

    private static byte[] Bind(string value)
    {
        byte[] body = [0, 0, 0, 0, 0, 1, .. WorkloadMaker.BigEndian(value.Length), .. Encoding.UTF8.GetBytes(value), 0, 0];
        return [(byte)'B', .. WorkloadMaker.BigEndian(body.Length + 4), .. body];
    }
}
