using Replay.Client;
using Replay.Sql;

namespace Replay.Replayer.Tests;

public class CutQuestionTests
{
    private static readonly CatalogTable Orders = new()
    {
        Schema = "public",
        Name = "orders",
        Columns = [new("id", KeyType.Integer), new("line", KeyType.Integer), new("note", KeyType.Other)],
        Keys = [[CatalogTable.Condition, "note"], ["id", "line"]],
    };

    [Theory]
    [InlineData("INSERT INTO orders VALUES (1, -2, 'it''s')", "\"id\" = 1 AND \"line\" = -2", true, false, true)]
    [InlineData("INSERT INTO public.orders (note, line, id) VALUES (now(), $2, $1)", "\"id\" = '7' AND \"line\" = 'x''y'", true, false, true)]
    [InlineData("INSERT INTO orders (id, note) VALUES (1, 'a')", "\"id\" = 1 AND \"note\" = 'a'", null, false, false)]
    [InlineData("DELETE FROM orders WHERE line = 2 AND id = 1", "\"id\" = 1 AND \"line\" = 2", false, true, false)]
    [InlineData("UPDATE orders SET note = 'b' WHERE id = 1 AND line = 2", "\"id\" = 1 AND \"line\" = 2 AND \"note\" = 'b'", true, false, false)]
    public void AStatementIsAskedFor(string sql, string where, bool? ifAny, bool ifNone, bool isCertain) =>
        Assert.Equal(new CutQuestion($"SELECT count(*) FROM \"public\".\"orders\" WHERE {where}", ifAny, ifNone, isCertain, sql.StartsWith("INSERT", StringComparison.Ordinal) ? Orders : null, sql.StartsWith("DELETE", StringComparison.Ordinal) ? Orders : null),
            Ask(sql));

    [Theory]
    [InlineData("INSERT INTO orders VALUES (1, -2, 'it''s')", true, null)]
    [InlineData("DELETE FROM orders WHERE line = 2 AND id = 1", false, true)]
    [InlineData("UPDATE orders SET note = 'b' WHERE id = 1 AND line = 2", true, false)]
    public void WhereRowsGoThatOneIsMissingTellsNothing(string sql, bool? ifAny, bool? ifNone)
    {
        var question = Ask(sql)?.WhereRowsGo();
        Assert.Equal((ifAny, ifNone, false), (question?.IfAny, question?.IfNone, question?.IsCertain));
    }

    [Fact]
    public void OfARowThatCameBeforeThatItIsMissingTellsNothing()
    {
        var question = Ask("DELETE FROM orders WHERE line = 2 AND id = 1")?.WhereRowsCome();
        Assert.Equal((false, null), (question?.IfAny, question?.IfNone));
    }

    [Fact]
    public void WhereRowsGoARowWithoutAKeyIsNotAskedFor() => Assert.Null(Ask("INSERT INTO orders (id, note) VALUES (1, 'a')")!.WhereRowsGo());

    [Theory]
    [InlineData("INSERT INTO orders VALUES (1, 2, 'a') ON CONFLICT DO NOTHING")]
    [InlineData("INSERT INTO orders VALUES (1, 2, 'a'), (3, 4, 'b')")]
    [InlineData("INSERT INTO orders (id, note) VALUES (1, now())")]
    [InlineData("INSERT INTO orders SELECT * FROM others")]
    [InlineData("INSERT INTO orders (id, line) VALUES ($1, $3)")]
    [InlineData("DELETE FROM orders WHERE id = 1")]
    [InlineData("UPDATE orders SET line = line + 1 WHERE id = 1 AND line = 2")]
    [InlineData("UPDATE others SET a = 1 WHERE id = 1")]
    [InlineData("DELETE FROM orders WHERE id = 1 AND line = 2; DELETE FROM orders WHERE id = 1 AND line = 3")]
    [InlineData("SELECT 1")]
    public void WhatDoesNotTellIsNotAsked(string sql) => Assert.Null(Ask(sql));

    [Fact]
    public void MySqlsNamesAndValuesAreItsOwn()
    {
        var catalog = new CatalogIndex(new OrderCatalog { Dialect = SqlDialect.MySql, Tables = [Orders with { Schema = "shop", Keys = [["id"]] }] });
        Assert.Equal(
            "SELECT count(*) FROM `shop`.`orders` WHERE `id` = 7 AND `note` = 'x\\\\y'",
            CutQuestion.Of(catalog, "UPDATE orders SET note = ? WHERE id = ?", ["x\\y", "7"], "shop", TargetNames.AsCaptured)?.Sql);
        // The catalogue has production's name, the target its own.
        Assert.Equal(
            "SELECT count(*) FROM `shop_new`.`orders` WHERE `id` = 1",
            CutQuestion.Of(catalog, "DELETE FROM orders WHERE id = 1", [], "shop", new TargetNames { Databases = new Dictionary<string, string> { ["shop"] = "shop_new" } })?.Sql);
    }

    private static CutQuestion? Ask(string sql) =>
        CutQuestion.Of(new CatalogIndex(new OrderCatalog { Dialect = SqlDialect.PostgreSql, Tables = [Orders] }), sql, ["7", "x'y", null], "shop", TargetNames.AsCaptured);
}
