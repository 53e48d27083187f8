using Replay.Sql;

namespace Replay.Replayer.Tests.Ordering;

public class RoutineTextTests
{
    [Theory]
    [InlineData("SET NEW.updated = now()", "", "now", "updated")]
    [InlineData("BEGIN SET NEW.a = lower(NEW.b), NEW.`c` = 1; END", "", "lower", "a c")]
    [InlineData("INSERT INTO log (what) VALUES (NEW.id)", "log!", "", "")]
    [InlineData("BEGIN -- a; b\n INSERT INTO audit.log VALUES ('a; ''b'); /* x; */ UPDATE `t` SET a = 1 WHERE id = OLD.id; END", "audit.log! t!", "", "")]
    [InlineData("BEGIN IF NEW.a <> OLD.a THEN DELETE FROM t; ELSEIF check_it(NEW.a) THEN SET NEW.a = 2; ELSE SET NEW.b = 3; END IF; END", "t!", "check_it", "a b")]
    [InlineData("BEGIN DECLARE n, m INT DEFAULT 0; DECLARE c CURSOR FOR SELECT a FROM s; DECLARE CONTINUE HANDLER FOR NOT FOUND SET n = 1; OPEN c; r: LOOP FETCH c INTO m; IF n THEN LEAVE r; END IF; END LOOP; CLOSE c; END", "s", "", "")]
    [InlineData("BEGIN WHILE (SELECT count(*) FROM s) > 5 DO DELETE FROM s LIMIT 1; END WHILE; END", "s s!", "count", "")]
    [InlineData("BEGIN CASE NEW.a WHEN 1 THEN INSERT INTO x VALUES (1); WHEN 2 THEN INSERT INTO y VALUES (1); ELSE BEGIN END; END CASE; END", "x! y!", "", "")]
    [InlineData("RETURN (SELECT max(v) FROM t WHERE id = p) + f(p)", "t", "f max", "")]
    [InlineData("BEGIN DECLARE v DECIMAL(10,2); SELECT price INTO v FROM p WHERE id = i; RETURN v * 2; END", "p", "", "")]
    [InlineData("SELECT `s`.`a`.`x` AS `x` from (`s`.`a` join `s`.`b` on(`s`.`a`.`x` = `s`.`b`.`x`))", "s.a s.b", "", "")]
    public void BodiesAreRead(string body, string tables, string functions, string assigned)
    {
        var text = RoutineText.Read(SqlDialect.MySql, body);
        Assert.NotNull(text);
        Assert.Equal(tables, Sorted(text.Tables.Select(t => $"{(t.Schema == null ? "" : $"{t.Schema}.")}{t.Name}{(t.Writes ? "!" : "")}")));
        Assert.Equal(functions, Sorted(text.Functions));
        Assert.Equal(assigned, Sorted(text.Assigned));
    }

    [Theory]
    [InlineData("CALL p()")]
    [InlineData("BEGIN PREPARE s FROM @t; EXECUTE s; END")]
    [InlineData("BEGIN INSERT INTO a VALUES (1); TRUNCATE b; END")]
    [InlineData("SET NEW.a = GET_LOCK('x', 1)")]
    [InlineData("FROBNICATE")]
    [InlineData("INSERT INTO t VALUES ('not closed)")]
    [InlineData("INSERT INTO t VALUES (1) /*!50000 , (2) */")]
    [InlineData("IF (CASE WHEN NEW.a THEN 1 END) THEN DELETE FROM t; END IF")]
    [InlineData(null)]
    public void WhatIsNotUnderstoodIsSaid(string? body) => Assert.Null(RoutineText.Read(SqlDialect.MySql, body));

    [Fact]
    public void QuotesAreThoseOfTheMode()
    {
        const string Body = """UPDATE "t" SET a = 'x\'""";
        Assert.Null(RoutineText.Read(SqlDialect.MySql, Body));
        Assert.Equal("t", Assert.Single(RoutineText.Read(SqlDialect.MySql, Body, LexerOptions.AnsiQuotes | LexerOptions.NoBackslashEscapes)!.Tables).Name);
    }

    [Fact]
    public void WritesAreFollowedThroughTriggersKeysFunctionsAndViews()
    {
        var touches = new RoutineTouches(StringComparer.Ordinal);
        touches.Add(new CatalogTable { Schema = "s", Name = "log", ForeignKeys = [new(["kind"], "s", "kinds", ["id"], ReferenceAction.Restrict)] });
        touches.Add(new CatalogTable { Schema = "s", Name = "detail", ForeignKeys = [new(["log"], "s", "log", ["id"], ReferenceAction.Cascade)] });
        touches.Add(new CatalogTable { Schema = "s", Name = "totals" });
        touches.Add(new CatalogTable { Schema = "s", Name = "kinds" });
        touches.AddTrigger("s.detail", "s", RoutineText.Read(SqlDialect.MySql, "UPDATE totals SET n = n - 1"));
        touches.AddTrigger("s.kinds", "s", null);
        touches.AddFunction("s", "note", RoutineText.Read(SqlDialect.MySql, "BEGIN INSERT INTO log VALUES (1); RETURN 1; END"));
        touches.AddView("s", "v", RoutineText.Read(SqlDialect.MySql, "select * from kinds"));

        Assert.Equal("s.detail s.kinds s.log s.totals True", Of("SET @x = note(1)"));
        Assert.Equal("s.kinds False", Of("SELECT count(*) FROM v"));
        Assert.Equal("s.totals True", Of("SELECT * FROM totals FOR UPDATE"));
        Assert.Null(Of("DELETE FROM v"));
        Assert.Null(Of("UPDATE nowhere SET a = 1"));

        string? Of(string body) => touches.Of("s", RoutineText.Read(SqlDialect.MySql, body)) is { } known ? $"{string.Join(' ', known.Tables)} {known.Writes}" : null;
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));
}
