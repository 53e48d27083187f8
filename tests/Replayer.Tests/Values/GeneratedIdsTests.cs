using System.Buffers;
using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class GeneratedIdsTests
{
    private static readonly MySqlValueCatalog Catalog = Make(hasTriggerBefore: false);

    [Theory]
    [InlineData("insert into orders (name) values ('a')", 1, IdProof.Known)]
    [InlineData("insert into orders (name) values ('a'), ('b')", 2, IdProof.Known)]
    [InlineData("insert into orders set name = 'a'", 1, IdProof.Known)]
    [InlineData("replace into orders (name) values ('a')", 2, IdProof.Known)]
    [InlineData("insert into orders (name) select name from others", 5, IdProof.Known)]
    [InlineData("insert into orders (id, name) values (null, 'a')", 1, IdProof.Known)]
    [InlineData("insert into orders values (default, 'a')", 1, IdProof.Known)]
    [InlineData("insert into orders values (0, 'a')", 1, IdProof.Known)]
    [InlineData("insert into orders values ('0', 'a')", 1, IdProof.Known)]
    [InlineData("insert into orders (id, name) values (7, 'a')", 1, IdProof.None)]
    [InlineData("insert into orders (id, name) values (-7, 'a')", 1, IdProof.None)]
    [InlineData("insert into orders (id, name) values (null, 'a'), (9, 'b')", 2, IdProof.NotProven)]
    [InlineData("insert into orders (id, name) values (last_insert_id(5), 'a')", 1, IdProof.NotProven)]
    [InlineData("insert into orders (id, name) select id, name from others", 3, IdProof.NotProven)]
    [InlineData("insert ignore into orders (name) values ('a')", 1, IdProof.Known)]
    [InlineData("insert ignore into orders (name) values ('a'), ('b')", 1, IdProof.NotProven)]
    [InlineData("insert ignore into orders (name) values ('a'), ('b')", 2, IdProof.Known)]
    [InlineData("insert ignore into orders (name) values ('a')", 0, IdProof.None)]
    [InlineData("insert into orders (name) values ('a') on duplicate key update name = 'b'", 1, IdProof.Known)]
    [InlineData("insert into orders (name) values ('a') on duplicate key update name = 'b'", 2, IdProof.None)]
    [InlineData("insert into orders (name) values ('a') on duplicate key update id = last_insert_id(id)", 0, IdProof.None)]
    [InlineData("insert into orders (name) values ('a'), ('b') on duplicate key update name = 'c'", 3, IdProof.NotProven)]
    [InlineData("insert into others (name) values ('a')", 1, IdProof.None)]
    [InlineData("update orders set id = last_insert_id(id + 1)", 1, IdProof.None)]
    [InlineData("insert into others (name) values ('a'); insert into orders (name) values ('b')", 2, IdProof.Known)]
    public void OnlyWhatTheOutcomeProves(string sql, long affected, IdProof expected)
    {
        Assert.Equal(expected, Find(sql, affected, out var id));
        Assert.Equal(expected == IdProof.Known ? 41UL : 0UL, id);
    }

    [Fact]
    public void AnUpsertOfAClientThatCountsFoundRowsProvesNothing() =>
        Assert.Equal(IdProof.NotProven, Find("insert into orders (name) values ('a') on duplicate key update name = 'b'", 1, out _, capabilities: 2));

    [Fact]
    public void AFailedInsertProvesNothing() => Assert.Equal(IdProof.None, Find("insert into orders (name) values ('a')", -1, out _, error: "1062"));

    [Fact]
    public void ATriggerBeforeTheInsertWouldTakeTheId() =>
        Assert.Equal(IdProof.NotProven, Find("insert into orders (name) values ('a')", 1, out _, catalog: Make(hasTriggerBefore: true)));

    [Fact]
    public void ReturningTellsItByTheColumnsName()
    {
        var columns = new ArrayBufferWriter<byte>();
        ColumnList.Begin(columns, 2);
        ColumnList.AppendColumn(columns, "name"u8, 253, 0, isBinary: false);
        ColumnList.AppendColumn(columns, "ID"u8, 8, 0, isBinary: false);
        var values = new ArrayBufferWriter<byte>();
        RowValues.BeginRow(values, 2);
        RowValues.AppendValue(values, "17"u8);
        RowValues.AppendValue(values, "43"u8);
        var sql = "insert into orders (name) values ('17') returning name, id";
        var exchange = Insert(sql, -1);
        exchange.InsertId = 0;
        exchange.Rows = 1;
        exchange.Columns = columns.WrittenSpan;
        exchange.Values = values.WrittenSpan;

        Assert.Equal(IdProof.Known, new GeneratedIds().Find(in exchange, Shape(sql, Catalog), 0, out var id));
        Assert.Equal(43UL, id);
    }

    private static MySqlValueCatalog Make(bool hasTriggerBefore) => MySqlValueCatalogQuery.Build(
        [["shop", "orders", "id", "1", "auto_increment", null]], hasTriggerBefore ? [["shop", "orders", "BEFORE", "INSERT"]] : [], [], [], []);

    private static IdProof Find(string sql, long affected, out ulong id, uint capabilities = 0, string error = "", MySqlValueCatalog? catalog = null)
    {
        var exchange = Insert(sql, affected);
        exchange.ErrorCode = Encoding.ASCII.GetBytes(error);
        return new GeneratedIds().Find(in exchange, Shape(sql, catalog ?? Catalog), capabilities, out id);
    }

    private static Exchange Insert(string sql, long affected)
    {
        var exchange = Exchange.Empty;
        exchange.Command = Command.MySqlQuery;
        exchange.Flags = ExchangeFlags.Complete;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        exchange.Affected = affected;
        exchange.InsertId = 41;
        return exchange;
    }

    // The shape as the agent makes it.
    private static MySqlShapeValues Shape(string sql, MySqlValueCatalog catalog)
    {
        var text = Encoding.UTF8.GetString(new ShapeReader(SqlDialect.MySql).Read(Encoding.UTF8.GetBytes(sql)).Text);
        return MySqlShapeValues.Of(new Shape(0, Engine.MySql, 1, 2, text, "write"), catalog, new AccessReader(SqlDialect.MySql));
    }
}
