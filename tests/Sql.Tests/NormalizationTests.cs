namespace Replay.Sql.Tests;

public class NormalizationTests
{
    [Theory]
    [InlineData("SELECT * FROM t WHERE id=1", "select * from t where id = ?")]
    [InlineData("select  count( * )\n from T where ID = 22 ;", "select count(*) from t where id = ?")]
    [InlineData("select a from t where id in (1, 2,3)", "select a from t where id in (?)")]
    [InlineData("select a from t where id in ($1,$2)", "select a from t where id in (?)")]
    [InlineData("select a from t where id in (1,NULL,2)", "select a from t where id in (?, null, ?)")]
    [InlineData("insert into t(a,b) values (1,'x'),(2,'y') , (3,'z')", "insert into t(a, b) values (?)")]
    [InlineData("insert into t values (1, now()), (2, now()), (3,now())", "insert into t values (?, now())")]
    [InlineData("insert into t values (1, default), (default, 2)", "insert into t values (?, default), (default, ?)")]
    [InlineData("select * from t where (a,b) in ((1,2),(3,4))", "select * from t where (a, b) in ((?))")]
    [InlineData("select f(a), f(a)", "select f(a), f(a)")]
    [InlineData("select grouping sets ((a),(a))", "select grouping sets((a), (a))")]
    [InlineData("select -1, - 1, +2.5e-3, .5, 0xff, 1_000", "select ?")]
    [InlineData("select a-1, a - -1, -a, (b)-1, 3-2", "select a - ?, a - ?, - a, (b) - ?, ? - ?")]
    [InlineData("select 1, 2 + 3, 4, 5", "select ?, ? + ?, ?")]
    [InlineData("select 2 + 3, 4", "select ? + ?, ?")]
    [InlineData("select - - x, - 1", "select - - x, ?")]
    [InlineData("select /* note */ 1 -- end\n+ 2", "select ? + ?")]
    [InlineData("select true, false, null", "select true, false, null")]
    [InlineData("begin;; update t set a=1;", "begin; update t set a = ?")]
    [InlineData(";", "")]
    [InlineData("  ", "")]
    [InlineData("call p(1)", "call p(?)")]
    [InlineData("savepoint a1", "savepoint ?")]
    [InlineData("release savepoint a1", "release savepoint ?")]
    [InlineData("release a1", "release ?")]
    [InlineData("rollback to savepoint a1", "rollback to savepoint ?")]
    [InlineData("rollback to a1", "rollback to ?")]
    [InlineData("rollback", "rollback")]
    [InlineData("select t.select, t.to from t", "select t.select, t.to from t")]
    [InlineData("select 'a' 'b'", "select ?")]
    public void BothDialects(string sql, string expected)
    {
        Assert.Equal(expected, Shapes.Postgres(sql).Text);
        Assert.Equal(expected, Shapes.MySql(sql).Text);
    }

    [Theory]
    [InlineData("select \"A b\" from \"T\"", "select \"A b\" from \"T\"")]
    [InlineData("select U&\"d\\0061t\"", "select U&\"d\\0061t\"")]
    [InlineData("select $$it's$$, $q$ $$ $q$, E'a\\'b', 'a\\', N'x', B'01', U&'x'", "select ?")]
    [InlineData("select a::int, '1'::text", "select a::int, ?::text")]
    [InlineData("select a[1:2], b[i:j], array[1,2]", "select a[? : ?], b[i : j], array[?]")]
    [InlineData("select d->>'x', d@>'{}', d ? 'k', d ?| array['a']", "select d ->> ?, d @> ?, d ? ?, d ?| array[?]")]
    [InlineData("select a=-1, a<-1, a@-1, a*-$1", "select a = ?, a < ?, a @- ?, a * ?")]
    [InlineData("select /* a /* nested */ b */ 1", "select ?")]
    [InlineData("/*+ SeqScan(T) */ select 1", "/*+ seqscan(t) */ select ?")]
    [InlineData("prepare p1 as select 1", "prepare ? as select ?")]
    [InlineData("execute p1(1)", "execute p1(?)")]
    [InlineData("deallocate p1", "deallocate ?")]
    [InlineData("deallocate all", "deallocate all")]
    [InlineData("declare c1 cursor for select 1", "declare ? cursor for select ?")]
    [InlineData("declare \"C 1\" cursor for select 1", "declare ? cursor for select ?")]
    [InlineData("fetch forward 10 from c1", "fetch forward ? from ?")]
    [InlineData("fetch c1; move next in c2", "fetch ?; move next in ?")]
    [InlineData("close c1", "close ?")]
    [InlineData("close all", "close all")]
    [InlineData("delete from t where current of c9", "delete from t where current of ?")]
    [InlineData("prepare transaction 'x'", "prepare transaction ?")]
    [InlineData("select * from t limit 10 offset 20", "select * from t limit ? offset ?")]
    [InlineData("select * from t where a = :name and b = ?", "select * from t where a = ? and b = ?")]
    [InlineData("select 1--2", "select ?")]
    [InlineData("insert into t values (1) on conflict (id) do update set a = excluded.a - 1", "insert into t values (?) on conflict(id) do update set a = excluded.a - ?")]
    public void PostgreSql(string sql, string expected) => Assert.Equal(expected, Shapes.Postgres(sql).Text);

    [Theory]
    [InlineData("select `A b` from `T`", "select `A b` from `T`")]
    [InlineData("select \"a\\\"b\", 'it\\'s', _utf8mb4'x', x'00', 0b01", "select ?, _utf8mb4 ?, ?")]
    [InlineData("select @A, @@SESSION.sql_mode, @x := 1", "select @a, @@session.sql_mode, @x := ?")]
    [InlineData("select 1--2, a--1", "select ? - ?, a - ?")]
    [InlineData("select 1 -- two\n", "select ?")]
    [InlineData("select 1 # two\n, 3", "select ?")]
    [InlineData("select a->'$.x', b->>'$.y', a<=>b, !a, a&&!b, a||b", "select a -> ?, b ->> ?, a <=> b, ! a, a && ! b, a || b")]
    [InlineData("select a>-1, a=!b, a*-1", "select a > ?, a = ! b, a * ?")]
    [InlineData("/*!40101 SET NAMES utf8 */;", "/*!40101 set names utf8 */")]
    [InlineData("select /*+ MAX_EXECUTION_TIME(1000) */ 1", "select /*+ max_execution_time(?) */ ?")]
    [InlineData("select /*M!100100 x */ 1", "select /*M!100100 x */ ?")]
    [InlineData("select /* a /* b */ 1", "select ?")]
    [InlineData("select * from 1a, db.2b, t where a = ?", "select * from 1a, db.2b, t where a = ?")]
    [InlineData("select * from t limit 10, 20", "select * from t limit ?")]
    [InlineData("drop prepare s1", "drop prepare ?")]
    [InlineData("prepare s1 from 'select 1'", "prepare ? from ?")]
    [InlineData("create user 'u'@'h' identified by 'x'", "create user ? @ ? identified by ?")]
    public void MySql(string sql, string expected) => Assert.Equal(expected, Shapes.MySql(sql).Text);

    [Fact]
    public void OptionsChangeWhatAStringIs()
    {
        Assert.Equal("select \"a\"", Shapes.MySql("select \"a\"", LexerOptions.AnsiQuotes).Text);
        Assert.Equal("select ? from t", Shapes.MySql("select 'a\\' from t", LexerOptions.NoBackslashEscapes).Text);
        Assert.Equal("select ?", Shapes.MySql("select 'a\\' from t").Text);
        Assert.Equal("select ?", Shapes.Postgres("select 'a\\' from t", LexerOptions.BackslashEscapes).Text);
        Assert.Equal("select ? from t", Shapes.Postgres("select 'a\\' from t").Text);
    }

    [Fact]
    public void NumberedNamesFoldOnlyWhenAsked()
    {
        Assert.Equal("select * from events_20260101", Shapes.Postgres("select * from events_20260101").Text);
        Assert.Equal("select * from events_", Shapes.Postgres("select * from events_20260101", LexerOptions.FoldNumberedNames).Text);
        Assert.Equal("select * from t_123, t1234", Shapes.Postgres("select * from t_123, t1234", LexerOptions.FoldNumberedNames).Text);
    }

    [Fact]
    public void LettersBeyondAsciiAreNames() =>
        Assert.Equal("select größe from \"Tür\"", Shapes.Postgres("SELECT größe FROM \"Tür\" -- ß").Text);

    [Fact]
    public void ALongTextIsCutAndSaysSo()
    {
        var sql = "select " + string.Join(", ", Enumerable.Range(0, 60_000).Select(i => $"column{i}")) + " from t returning x";
        var shape = Shapes.Postgres(sql);
        Assert.Equal(NormalizedTextLimit, shape.Text.Length);
        Assert.True(shape.Flags.HasFlag(StatementFlags.Truncated | StatementFlags.Returning), "flags after the cut are still read");
        Assert.NotEqual(shape.Hex, Shapes.Postgres(sql.Replace("column7,", "column8,")).Hex);
    }

    private const int NormalizedTextLimit = 256 << 10;
}
