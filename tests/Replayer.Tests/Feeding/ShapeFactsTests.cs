using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class ShapeFactsTests
{
    [Theory]
    [InlineData("select * from t where id = ?", "read", ShapeTraits.Read)]
    [InlineData("begin", "transaction", ShapeTraits.Transaction)]
    [InlineData("set search_path = ?", "session", ShapeTraits.SessionState | ShapeTraits.Setting)]
    [InlineData("discard all", "session", ShapeTraits.SessionState | ShapeTraits.ResetsUser | ShapeTraits.Discards)]
    [InlineData("set local work_mem = ?", "session", ShapeTraits.SessionState)]
    [InlineData("set session authorization default", "session", ShapeTraits.SessionState | ShapeTraits.ResetsUser)]
    [InlineData("set names utf8mb4 ; update t set a = ?", "write", ShapeTraits.None)]
    [InlineData("use shop", "session", ShapeTraits.SessionState | ShapeTraits.Database)]
    [InlineData("listen orders", "session", ShapeTraits.SessionState | ShapeTraits.Repeatable)]
    [InlineData("rollback", "transaction", ShapeTraits.Transaction | ShapeTraits.RollsBack)]
    [InlineData("rollback to savepoint a", "transaction", ShapeTraits.Transaction)]
    [InlineData("select pg_advisory_lock ( ? )", "read", ShapeTraits.Read | ShapeTraits.SessionState)]
    [InlineData("select set_config ( ? , ? , ? )", "read", ShapeTraits.Read | ShapeTraits.SessionState | ShapeTraits.Repeatable)]
    [InlineData("create temporary table x ( a int )", "ddl", ShapeTraits.SessionState | ShapeTraits.Repeatable | ShapeTraits.MakesTemporaryTable)]
    [InlineData("create table temporary_orders ( a int )", "ddl", ShapeTraits.None)]
    [InlineData("kill ?", "utility", ShapeTraits.Dangerous)]
    [InlineData("select pg_terminate_backend ( ? )", "read", ShapeTraits.Read | ShapeTraits.Dangerous)]
    [InlineData("set global max_connections = ?", "session", ShapeTraits.SessionState | ShapeTraits.Dangerous | ShapeTraits.Setting)]
    [InlineData("set globalization = ?", "session", ShapeTraits.SessionState | ShapeTraits.Setting)]
    [InlineData("alter system set work_mem = ?", "ddl", ShapeTraits.Dangerous)]
    [InlineData("update skill set kill = ?", "write", ShapeTraits.None)]
    public void ShapesHaveTraits(string text, string @class, ShapeTraits traits) => Assert.Equal(traits, ShapeFacts.Of(new Shape(0, Engine.PostgreSql, 1, 2, text, @class)));

    [Theory]
    [InlineData("create temporary table cart ( id int )", "cart")]
    [InlineData("create temp table if not exists s.cart as select ?", "s.cart")]
    [InlineData("select * into temp cart from t", "cart")]
    [InlineData("create table cart ( id int )", null)]
    public void TemporaryTablesAreNamed(string text, string? name) => Assert.Equal(name, ShapeFacts.TemporaryTable(new Shape(0, Engine.PostgreSql, 1, 2, text, "ddl")));
}
