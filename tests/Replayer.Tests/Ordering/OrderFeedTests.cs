using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class OrderFeedTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables = [new CatalogTable { Schema = "public", Name = "t", Columns = [new CatalogColumn("id", KeyType.Integer)], Keys = [["id"]] }],
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

    private void Add(
        int session, int ordinal, long requested, long ended, string sql, TransactionState state = TransactionState.Idle, Command command = Command.Query, byte[]? request = null,
        int batch = -1, bool endsBatch = false)
    {
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = command;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | (endsBatch ? ExchangeFlags.EndsBatch : ExchangeFlags.None);
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
