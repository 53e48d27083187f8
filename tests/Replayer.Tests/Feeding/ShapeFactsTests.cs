using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class ShapeFactsTests
{
    [Theory]
    [InlineData("select * from t where id = ?", "read", ShapeTraits.Read)]
    [InlineData("begin", "transaction", ShapeTraits.Transaction)]
    [InlineData("set search_path = ?", "session", ShapeTraits.SessionState)]
    [InlineData("discard all", "session", ShapeTraits.SessionState | ShapeTraits.ResetsUser)]
    [InlineData("select pg_advisory_lock ( ? )", "read", ShapeTraits.Read | ShapeTraits.SessionState)]
    [InlineData("select set_config ( ? , ? , ? )", "read", ShapeTraits.Read | ShapeTraits.SessionState)]
    [InlineData("create temporary table x ( a int )", "ddl", ShapeTraits.SessionState)]
    [InlineData("create table temporary_orders ( a int )", "ddl", ShapeTraits.None)]
    [InlineData("kill ?", "utility", ShapeTraits.Dangerous)]
    [InlineData("select pg_terminate_backend ( ? )", "read", ShapeTraits.Read | ShapeTraits.Dangerous)]
    [InlineData("set global max_connections = ?", "session", ShapeTraits.SessionState | ShapeTraits.Dangerous)]
    [InlineData("set globalization = ?", "session", ShapeTraits.SessionState)]
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
