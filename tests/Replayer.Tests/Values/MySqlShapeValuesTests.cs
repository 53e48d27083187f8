using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class MySqlShapeValuesTests
{
    private static readonly MySqlValueCatalog Catalog = MySqlValueCatalogQuery.Build(
        [
            ["shop", "orders", "id", "1", "auto_increment", null],
            ["shop", "orders", "made", "2", "DEFAULT_GENERATED", "CURRENT_TIMESTAMP"],
            ["shop", "items", "changed", "3", "on update current_timestamp()", "current_timestamp()"],
            ["shop", "plain", "word", "1", "", "concat('a','b')"],
        ],
        [["shop", "watched", "AFTER", "DELETE"]],
        [["shop", "recent", "select * from orders where made > now()"], ["shop", "hidden", ""], ["shop", "all_orders", "select 1"]],
        [["shop", "history"]],
        [["price_now"]]);

    [Theory]
    [InlineData("select now()", ValueNeeds.Clock)]
    [InlineData("select * from t where day = curdate()", ValueNeeds.Clock)]
    [InlineData("update plain set word = current_timestamp", ValueNeeds.Clock)]
    [InlineData("select unix_timestamp()", ValueNeeds.Clock)]
    [InlineData("select unix_timestamp(made) from orders", ValueNeeds.None)]
    [InlineData("select knows from plain", ValueNeeds.None)]
    [InlineData("insert into plain values (?)", ValueNeeds.None)]
    [InlineData("insert into orders (id) values (?)", ValueNeeds.Clock)]
    [InlineData("insert into shop.orders (id, made) values (?)", ValueNeeds.None)]
    [InlineData("insert into orders (id, made) values (?, default)", ValueNeeds.Clock)]
    [InlineData("insert into orders values (?)", ValueNeeds.Clock)]
    [InlineData("insert into elsewhere.orders (id) values (?)", ValueNeeds.None)]
    [InlineData("update orders set id = ? where id = ?", ValueNeeds.None)]
    [InlineData("update items set n = ? where id = ?", ValueNeeds.Clock)]
    [InlineData("insert into items (n, changed) values (?) on duplicate key update n = ?", ValueNeeds.Clock)]
    [InlineData("delete from watched where id = ?", ValueNeeds.Clock)]
    [InlineData("delete from items where id = ?", ValueNeeds.None)]
    [InlineData("select * from recent", ValueNeeds.Clock)]
    [InlineData("select * from hidden", ValueNeeds.Clock)]
    [InlineData("select * from all_orders", ValueNeeds.None)]
    [InlineData("delete from history where id = ?", ValueNeeds.Clock)]
    [InlineData("select price_now(?)", ValueNeeds.Clock)]
    [InlineData("call anything(?)", ValueNeeds.Clock)]
    [InlineData("select rand()", ValueNeeds.Seeds)]
    [InlineData("select rand(?)", ValueNeeds.None)]
    [InlineData("select row_count(), now()", ValueNeeds.Clock | ValueNeeds.ReadsDiagnostics)]
    [InlineData("show warnings", ValueNeeds.ReadsDiagnostics)]
    [InlineData("set timestamp = ?", ValueNeeds.SetsItself | ValueNeeds.Clock)]
    [InlineData("set @@session.insert_id = ?, rand_seed1 = ?", ValueNeeds.SetsItself | ValueNeeds.InsertId | ValueNeeds.Seeds)]
    [InlineData("set session auto_increment_increment = ?", ValueNeeds.SetsItself | ValueNeeds.FurtherIds)]
    [InlineData("set @@auto_increment_offset = ?, timestamp = ?", ValueNeeds.SetsItself | ValueNeeds.FurtherIds | ValueNeeds.Clock)]
    [InlineData("set global auto_increment_increment = ?", ValueNeeds.None)]
    [InlineData("set @@global.auto_increment_increment = ?", ValueNeeds.None)]
    [InlineData("set explicit_defaults_for_timestamp = ?", ValueNeeds.None)]
    [InlineData("begin", ValueNeeds.None)]
    public void NeedsAreThoseOfTheText(string text, ValueNeeds expected) => Assert.Equal(expected, Of(text, "write").Needs);

    [Theory]
    [InlineData("read", ValueNeeds.None)]
    [InlineData("write", ValueNeeds.MissesChance)]
    public void ChanceIsMissedOnlyWhereItIsKept(string @class, ValueNeeds expected) => Assert.Equal(expected, Of("select uuid()", @class).Needs);

    [Theory]
    [InlineData("timestamp=default", true)]
    [InlineData("TIMESTAMP = 0", true)]
    [InlineData("timestamp = 0.0, insert_id = 5", true)]
    [InlineData("timestamp = 0.5", false)]
    [InlineData("timestamp = 1700000000", false)]
    public void TheClientGivesTheClockBack(string assignment, bool expected) => Assert.Equal(expected, MySqlClockText.RestoresClock("SET " + assignment));

    [Theory]
    [InlineData("auto_increment_increment = DEFAULT", true)]
    [InlineData("@@session.auto_increment_offset=default", true)]
    [InlineData("auto_increment_increment = 3", false)]
    [InlineData("timestamp = default", false)]
    public void TheClientGivesTheStepOfIdsBack(string assignment, bool expected) => Assert.Equal(expected, MySqlClockText.RestoresSeries("SET " + assignment));

    private static MySqlShapeValues Of(string text, string @class) =>
        MySqlShapeValues.Of(new Shape(0, Engine.MySql, 1, 2, text, @class), Catalog, new AccessReader(SqlDialect.MySql));
}
