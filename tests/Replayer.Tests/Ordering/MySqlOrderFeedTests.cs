using System.Text;
using Replay.Protocol.MySql;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class MySqlOrderFeedTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.MySql,
        DefaultIsolation = IsolationLevel.RepeatableRead,
        Tables =
        [
            new CatalogTable { Schema = "shop", Name = "t", Columns = [new CatalogColumn("id", KeyType.Integer), new CatalogColumn("a", KeyType.Other)], Keys = [["id"]] },
            new CatalogTable { Schema = "shop", Name = "w", Columns = [new CatalogColumn("code", KeyType.FoldedText), new CatalogColumn("a", KeyType.Other)], Keys = [["code"]] },
        ],
        Views = [new CatalogView("shop", "shown", ["shop.t"])],
    };

    private readonly OrderRecorder _recorder = new();
    private readonly OrderFeed _feed;

    public MySqlOrderFeedTests() => _feed = new OrderFeed(Catalog, new OrderBuilder(OrderOptions.For(SqlDialect.MySql) with { LateAnswerMicroseconds = 0 }, _recorder));

    [Theory]
    [InlineData("w", "code", MySqlColumnType.VarString, "'12'", true)]
    [InlineData("w", "code", MySqlColumnType.Blob, "'12'", true)]
    [InlineData("w", "code", MySqlColumnType.LongLong, "'12'", false)] // '012' is this number, too
    [InlineData("t", "id", MySqlColumnType.VarString, "12", true)]
    [InlineData("t", "id", MySqlColumnType.LongLong, "12", true)]
    [InlineData("t", "id", MySqlColumnType.NewDecimal, "12", true)]
    [InlineData("t", "id", MySqlColumnType.Double, "12", true)]
    public void AParameterIsComparedByTheTypeThatItIsBoundAs(string table, string column, MySqlColumnType type, string literal, bool isKey)
    {
        Add(1, 0, 10, 30, $"update {table} set a = 1 where {column} = {literal}");
        Add(2, 0, 20, 50, $"update {table} set a = 2 where {column} = ?", request: Execute(type));
        _feed.Finish();

        Assert.Equal(isKey ? OrderReason.Key : OrderReason.Table, Assert.Single(_recorder.At(2, 0).Dependencies).Reason);
    }

    [Theory]
    [InlineData("1213", 1)]
    [InlineData("1062", 0)]
    public void ADeadlockEndsTheTransaction(string code, int views)
    {
        Add(1, 0, 10, 20, "begin", TransactionState.Open);
        Add(1, 1, 21, 22, "select a from t", TransactionState.Open);
        Add(1, 2, 23, 24, "update t set a = 1 where id = 5", TransactionState.Unknown, error: code);
        Add(1, 3, 25, 26, "update t set a = 1 where id = 6", TransactionState.Open);
        Add(1, 4, 27, 28, "select a from t", TransactionState.Open);
        _feed.Finish();

        Assert.Equal(views, _recorder.At(1, 4).Marks.Count(m => m.Table == OrderTables.Snapshots));
    }

    [Theory]
    [InlineData("select a from t where id = 5", OrderReason.Key)]
    [InlineData("select a from t where id = 6", null)]
    [InlineData("select a from t", OrderReason.Table)]
    [InlineData("select a from shown where id = 6", OrderReason.Table)]
    [InlineData("select t.a from t, shown where t.id = 6", OrderReason.Table)]
    public void WhatASerializableTransactionReadsItLocks(string sql, OrderReason? reason)
    {
        Add(1, 0, 10, 11, "set session transaction isolation level serializable");
        Add(1, 1, 12, 13, "begin", TransactionState.Open);
        Add(1, 2, 20, 30, sql, TransactionState.Open);
        Add(2, 0, 25, 60, "update t set a = 1 where id = 5", TransactionState.Open);
        _feed.Finish();

        Assert.Equal(reason, _recorder.At(2, 0).Dependencies is [var wait] ? wait.Reason : null);
    }

    private void Add(int session, int ordinal, long requested, long ended, string sql, TransactionState state = TransactionState.Idle, byte[]? request = null, string error = "")
    {
        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = request is null ? Command.MySqlQuery : Command.MySqlStatementExecute;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;
        exchange.TransactionState = state;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = requested;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = ended;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.Request = request;
        exchange.ErrorCode = Encoding.ASCII.GetBytes(error);
        exchange.Affected = 1;
        _feed.Add(ordinal, in exchange, "shop");
    }

    // COM_STMT_EXECUTE with one parameter, 12.
    private static byte[] Execute(MySqlColumnType type)
    {
        byte[] value = type switch
        {
            MySqlColumnType.LongLong => BitConverter.GetBytes(12L),
            MySqlColumnType.Double => BitConverter.GetBytes(12.0),
            _ => [2, (byte)'1', (byte)'2'],
        };
        byte[] payload = [0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, (byte)type, 0, .. value];
        return [(byte)payload.Length, 0, 0, 0, .. payload];
    }
}
