using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class TouchedSchemaTests
{
    [Theory]
    [InlineData("select id, name from items where id = ?", "column 'id' of 'items'; table 'items'")]
    [InlineData("insert into shop.items (id, name) values (?)", "column 'id' of 'shop.items'; column 'name' of 'shop.items'; table 'shop.items'")]
    [InlineData("update items set price = price + ? where id = ?", "column 'id' of 'items'; column 'price' of 'items'; table 'items'")]
    [InlineData("select * from a join b on a.x = b.y where z = ?", "table 'a'; table 'b'")]
    [InlineData("select * from a where exists (select ? from b where z = ?)", "table 'a'; table 'b'")]
    [InlineData("with recent as (select * from items) select * from recent", "table 'items'")]
    [InlineData("select count(*) from generate_series(?, ?) g where g = ?", "")]
    [InlineData("select * from pg_class where relname = ?", "")]
    [InlineData("select * from information_schema.tables", "")]
    [InlineData("select * from items where ctid = ? and current_date = ?", "table 'items'")]
    [InlineData("select ?", "")]
    public void NamesAreTold(string text, string expected) => Assert.Equal(expected, Touched(text));

    [Theory]
    [InlineData("create table t (id int)")]
    [InlineData("create temporary table t (id int)")]
    [InlineData("create view t as select ?")]
    [InlineData("alter table old rename to t")]
    [InlineData("drop table if exists t")]
    [InlineData("call make('t')")]
    public void WhatTheWorkloadItselfMakesIsNotAskedFor(string text) => Assert.DoesNotContain("'t'", Touched("select * from t", text), StringComparison.Ordinal);

    [Fact]
    public void PartsOfAColumnAreTheColumn()
    {
        var touched = Touched("update items set tags[?] = ? where id = ?", "insert into items (tags[?]) values (?)");
        Assert.DoesNotContain("[", touched, StringComparison.Ordinal);
    }

    private static string Touched(params string[] texts) => string.Join(
        "; ",
        TouchedSchema.Of([.. texts.Select((t, i) => new Shape(i, Engine.PostgreSql, 0, (ulong)i, t, "read"))], Engine.PostgreSql).Keys.Select(static n => n.ToString()).Order(StringComparer.Ordinal));
}
