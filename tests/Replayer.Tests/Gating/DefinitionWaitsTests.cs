using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>Who waits for whom at tables' definitions, by what was sent: connection 2 waits, 1 has a transaction open.</summary>
public sealed class DefinitionWaitsTests
{
    private static readonly OrderCatalog Catalog = OrderCatalog.Parse(
        """
        {"dialect":"mySql","tables":[
          {"schema":"shop","name":"Parent","columns":[{"name":"id","type":"integer"}],"keys":[["id"]]},
          {"schema":"shop","name":"Child","columns":[{"name":"id","type":"integer"},{"name":"parent","type":"integer"}],"keys":[["id"]],
           "foreignKeys":[{"columns":["parent"],"schema":"shop","table":"Parent","references":["id"],"action":"cascade"}]},
          {"schema":"shop","name":"other","columns":[{"name":"id","type":"integer"}],"keys":[["id"]]}],
         "views":[{"schema":"shop","name":"children","tables":["shop.Child"]}]}
        """);

    [Theory]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from child")]
    [InlineData("DROP INDEX i ON Child", "begin; select * from child")]
    [InlineData("CREATE INDEX i ON Child (parent)", "begin; select * from child")]
    [InlineData("TRUNCATE Child", "begin; select * from child")]
    [InlineData("DROP TABLE shop.Child", "begin; select * from child")]
    [InlineData("RENAME TABLE Child TO c", "begin; select * from child")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from children")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; update parent set id = ? where id = ?")]
    [InlineData("ALTER TABLE Parent ADD INDEX i (id)", "begin; insert into child values (?)")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "select * from child; select * from other")]
    [InlineData("UPDATE Parent SET id = 1 WHERE id = 2", "truncate child")]
    public void WhoHasUsedATableKeepsItsDefinition(string waits, string answered) => Assert.Equal([(2, 1)], Pairs(waits, answered));

    [Theory]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from other")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from elsewhere.child")]
    [InlineData("ALTER TABLE elsewhere.Child ADD INDEX i (parent)", "begin; select * from child")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from child; begin")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; select * from child; commit and chain; select * from other")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; savepoint s; select * from child; rollback to s")]
    [InlineData("ALTER TABLE Child ADD INDEX i (parent)", "begin; call p()")]
    [InlineData("CALL p()", "begin; select * from child")]
    [InlineData("UPDATE Child SET id = 1 WHERE id = 2", "begin; update child set id = ? where id = ?")] // both may have it
    [InlineData("", "begin; select * from child")]
    public void NobodyElseDoes(string waits, string answered) => Assert.Empty(Pairs(waits, answered));

    [Fact]
    public void WhatIsOnTheWireHasItsTablesUnlessItWaitsForOneItself()
    {
        string[] shapes = ["update child set id = ? where id = ?", "select * from other"];
        Assert.Equal([(2, 1)], Pairs([(1, null), (2, "TRUNCATE Child")], shapes, new OpenStatements(1, [], 0)));
        Assert.Empty(Pairs([(1, "UPDATE other SET id = 1"), (2, "TRUNCATE Child")], shapes, new OpenStatements(1, [], 0)));
        Assert.Equal([(2, 1)], Pairs([(1, "UPDATE Child SET id = 2"), (2, "TRUNCATE other")], shapes, new OpenStatements(1, [1], 0)));
    }

    [Fact]
    public void WhoWantsItForItselfComesFirst() =>
        Assert.Equal([(2, 1), (3, 2)], Pairs([(1, null), (2, "TRUNCATE Child"), (3, "SELECT * FROM Child"), (4, "SELECT * FROM other")], ["select * from child"], new OpenStatements(1, [0], -1)));

    [Fact]
    public void ConnectionsOfOthersAndStatementsWithoutShapeSayNothing()
    {
        Assert.Empty(Pairs([(2, "TRUNCATE Child")], ["select * from child"], new OpenStatements(1, [0], -1)));
        Assert.Empty(Pairs([(1, null), (2, "TRUNCATE Child")], ["select * from child"], new OpenStatements(1, [], -1)));
        Assert.Empty(Pairs([(2, "TRUNCATE Child")], ["truncate child"], new OpenStatements(2, [0], 0)));
    }

    private static IReadOnlyList<(long Waiting, long Blocking)> Pairs(string waits, string answered)
    {
        var shapes = answered.Split("; ");
        return Pairs([(1, null), (2, waits)], shapes, new OpenStatements(1, [.. Enumerable.Range(0, shapes.Length)], -1));
    }

    private static IReadOnlyList<(long Waiting, long Blocking)> Pairs((long Number, string? Waiting)[] connections, string[] shapes, OpenStatements open) =>
        new DefinitionWaits(Catalog, [.. shapes.Select(static (text, number) => new Shape(number, Engine.MySql, 0, 0, text, ""))], () => [open]).Pairs([.. connections.Select(static c => (c.Number, "shop", c.Waiting))]);
}
