using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class WritingShapesTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables = [new CatalogTable { Schema = "public", Name = "orders" }, new CatalogTable { Schema = "public", Name = "both" }],
        Functions = [new CatalogFunction("book", Writes: true), new CatalogFunction("price", Writes: false)],
    };

    [Theory]
    [InlineData("update orders set a = ?", "write", true)]
    [InlineData("with x as ( insert into orders values ( ? ) returning id ) select id from x", "write", true)]
    [InlineData("truncate orders", "ddl", true)]
    [InlineData("copy orders from stdin", "copy", true)]
    [InlineData("copy orders to stdout", "copy", false)]
    [InlineData("copy ( select a from orders where set_on = ? ) to stdout", "copy", false)]
    [InlineData("copy ( insert into orders values ( ? ) returning id ) to stdout", "copy", true)]
    [InlineData("copy ( update orders set a = ? returning id ) to stdout", "copy", true)]
    [InlineData("copy ( select book ( a ) from orders ) to stdout", "copy", true)]
    [InlineData("select price ( a ) from orders", "read", false)]
    [InlineData("select book ( a ) from orders", "read", true)]
    [InlineData("select \"book\" ( a ) from orders", "read", true)]
    [InlineData("select nextval ( ? )", "read", true)]
    [InlineData("select next value for s", "read", true)]
    [InlineData("select a from orders where id = ? for update", "read", false)]
    [InlineData("declare ? cursor for select book ( ? )", "cursor", true)]
    [InlineData("call p ( )", "call", true)]
    [InlineData("frobnicate", "unknown", true)]
    [InlineData("vacuum orders", "utility", true)]
    [InlineData("explain select a from orders", "utility", false)]
    [InlineData("explain analyze select a from orders", "utility", false)]
    [InlineData("explain ( analyze ) delete from orders", "utility", true)]
    [InlineData("explain delete from orders", "utility", false)]
    [InlineData("show work_mem", "utility", false)]
    [InlineData("set work_mem = ?", "session", false)]
    [InlineData("begin", "transaction", false)]
    [InlineData("create temporary table cart ( id int )", "ddl", false)]
    [InlineData("create temporary table both ( id int )", "ddl", true)] // there is another of that name that is not
    [InlineData("insert into cart values ( ? )", "write", false)]
    [InlineData("insert into cart select id from orders", "write", false)]
    [InlineData("insert into orders select id from cart", "write", true)]
    [InlineData("drop table cart", "ddl", false)]
    public void ShapesWrite(string text, string @class, bool writes)
    {
        Shape[] shapes =
        [
            new(0, Engine.PostgreSql, 1, 1, text, @class),
            new(1, Engine.PostgreSql, 1, 2, "create temp table cart ( id int )", "ddl"),
        ];
        Assert.Equal(writes, WritingShapes.Of(shapes, [Catalog])[0]);
    }

    [Theory]
    [InlineData("do sleep ( ? )", "call", false)]
    [InlineData("do book ( ? )", "call", true)]
    [InlineData("set @x = ?", "session", false)]
    [InlineData("set @x = book ( ? )", "session", true)]
    [InlineData("set statement max_statement_time = ? for insert into orders values ( ? )", "session", true)]
    [InlineData("set statement max_statement_time = ? for select a from orders for update", "session", false)]
    [InlineData("set statement max_statement_time = ? for select book ( ? )", "session", true)]
    public void MySqlsSettingsAndDoWriteByWhatIsInThem(string text, string @class, bool writes) =>
        Assert.Equal(writes, WritingShapes.Of([new Shape(0, Engine.MySql, 1, 1, text, @class)], [Catalog])[0]);
}
