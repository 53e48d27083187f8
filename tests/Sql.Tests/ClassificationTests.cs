namespace Replay.Sql.Tests;

public class ClassificationTests
{
    [Theory]
    [InlineData("select 1", StatementClass.Read)]
    [InlineData("(select 1) union (select 2)", StatementClass.Read)]
    [InlineData("with x as (select 1) select * from x", StatementClass.Read)]
    [InlineData("with x as (select 1) update t set a = 1", StatementClass.Write)]
    [InlineData("with x as (delete from t returning *) select * from x", StatementClass.Write)]
    [InlineData("insert into t values (1)", StatementClass.Write)]
    [InlineData("create table t (a int)", StatementClass.Ddl)]
    [InlineData("begin", StatementClass.Transaction)]
    [InlineData("start transaction", StatementClass.Transaction)]
    [InlineData("commit", StatementClass.Transaction)]
    [InlineData("rollback to x", StatementClass.Transaction)]
    [InlineData("set x = 1", StatementClass.Session)]
    [InlineData("show tables", StatementClass.Utility)]
    [InlineData("explain select 1", StatementClass.Utility)]
    [InlineData("call p()", StatementClass.Call)]
    [InlineData("fetch 1 from c", StatementClass.Cursor)]
    [InlineData("frobnicate", StatementClass.Unknown)]
    [InlineData("'x'", StatementClass.Unknown)]
    [InlineData("-- nothing", StatementClass.Empty)]
    [InlineData("begin; update t set a = 1; commit", StatementClass.Write)]
    [InlineData("set x = 1; select 1", StatementClass.Read)]
    public void Classes(string sql, StatementClass expected)
    {
        Assert.Equal(expected, Shapes.Postgres(sql).Class);
        Assert.Equal(expected, Shapes.MySql(sql).Class);
    }

    [Fact]
    public void DialectsOwnClasses()
    {
        Assert.Equal(StatementClass.Copy, Shapes.Postgres("copy t from stdin").Class);
        Assert.Equal(StatementClass.Ddl, Shapes.Postgres("select 1 into t2 from t").Class);
        Assert.Equal(StatementClass.Call, Shapes.Postgres("do $$ begin end $$").Class);
        Assert.Equal(StatementClass.Copy, Shapes.MySql("load data local infile 'x' into table t").Class);
        Assert.Equal(StatementClass.Read, Shapes.MySql("select 1 into @x").Class);
        Assert.Equal(StatementClass.Write, Shapes.MySql("select 1 into outfile 'x'").Class);
        Assert.Equal(StatementClass.Write, Shapes.MySql("replace into t values (1)").Class);
        Assert.Equal(StatementClass.Utility, Shapes.MySql("start replica").Class);
        Assert.Equal(StatementClass.Session, Shapes.MySql("/*!40101 SET NAMES utf8 */").Class);
    }

    [Theory]
    [InlineData("select now()", StatementFlags.ReadsClock)]
    [InlineData("select now from t", StatementFlags.None)]
    [InlineData("select current_timestamp", StatementFlags.ReadsClock)]
    [InlineData("select random ( )", StatementFlags.ReadsChance)]
    [InlineData("select nextval('s')", StatementFlags.ReadsSequence)]
    [InlineData("select version()", StatementFlags.ReadsServerState)]
    [InlineData("select get_lock('x', 1), sleep(1)", StatementFlags.LocksOrSleeps)]
    [InlineData("select 1 for update", StatementFlags.LockingRead)]
    [InlineData("select 1 for no key update skip locked", StatementFlags.LockingRead | StatementFlags.SkipsLocks)]
    [InlineData("select 1 for share nowait", StatementFlags.LockingRead | StatementFlags.SkipsLocks)]
    [InlineData("select 1 lock in share mode", StatementFlags.LockingRead)]
    [InlineData("insert into t values (1) on duplicate key update a = 1", StatementFlags.None)]
    [InlineData("create table t (a int references u on update cascade)", StatementFlags.None)]
    [InlineData("select 1 order by 1 limit 1", StatementFlags.OrderBy | StatementFlags.Limit)]
    [InlineData("select 1 fetch first 3 rows only", StatementFlags.Limit)]
    [InlineData("select (select 1 order by 1 limit 1), rank() over (order by a)", StatementFlags.None)]
    [InlineData("delete from t returning id", StatementFlags.Returning)]
    [InlineData("select 1; select 2;", StatementFlags.SeveralStatements)]
    [InlineData("select 1;;", StatementFlags.None)]
    public void Flags(string sql, StatementFlags expected)
    {
        Assert.Equal(expected, Shapes.Postgres(sql).Flags);
        Assert.Equal(expected, Shapes.MySql(sql).Flags);
    }

    [Fact]
    public void BodiesOfRoutinesAreOneStatement()
    {
        Assert.Equal(1, Shapes.MySql("create procedure p() begin select 1; select 2; end").Statements);
        Assert.Equal(1, Shapes.Postgres("create function f() returns int begin atomic select 1; select 2; end").Statements);
        Assert.Equal(1, Shapes.MySql("begin not atomic select 1; select 2; end").Statements);
        Assert.Equal(3, Shapes.MySql("begin; select 1; commit").Statements);
        Assert.Equal(2, Shapes.Postgres("create view procedure_v as select 1; select 2").Statements);
    }
}
