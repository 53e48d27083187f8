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
    [InlineData("BEGIN NEW.updated_at := now(); RETURN NEW; END;", "", "now", "updated_at")]
    [InlineData("begin new.a = lower(new.b); return new; end", "", "lower", "a")]
    [InlineData("DECLARE n int; m public.t%ROWTYPE; k numeric(10,2) := f(1); c CURSOR FOR SELECT * FROM s; BEGIN FOR r IN SELECT id FROM u LOOP DELETE FROM v WHERE id = r.id; END LOOP; RETURN NULL; END", "s u v!", "f", "")]
    [InlineData("BEGIN IF TG_OP = 'INSERT' THEN INSERT INTO log (what) VALUES (NEW.id) RETURNING id INTO x; ELSIF NEW.a IS DISTINCT FROM OLD.a THEN PERFORM pg_notify('a', NEW.id::text); END IF; RETURN NEW; END", "log!", "pg_notify", "")]
    [InlineData("BEGIN SELECT max(v) + 1 INTO STRICT NEW.v FROM t; IF NOT FOUND THEN RAISE EXCEPTION 'no % in %', NEW.v, g(2) USING ERRCODE = '22000'; END IF; RETURN NEW; EXCEPTION WHEN unique_violation THEN RETURN NULL; WHEN others THEN RAISE; END", "t", "g max", "v")]
    [InlineData("BEGIN FOR i IN 1..array_length(a, 1) LOOP CONTINUE WHEN a[i] = 0; UPDATE t SET n = n + 1 WHERE id = a[i]; END LOOP; RETURN QUERY SELECT * FROM t; END", "t t!", "array_length", "")]
    [InlineData("INSERT INTO t VALUES ($1); SELECT currval('s')", "t!", "currval", "")]
    public void PlPgSqlIsRead(string body, string tables, string functions, string assigned)
    {
        var text = RoutineText.Read(SqlDialect.PostgreSql, body);
        Assert.NotNull(text);
        Assert.Equal(tables, Sorted(text.Tables.Select(t => $"{t.Name}{(t.Writes ? "!" : "")}")));
        Assert.Equal(functions, Sorted(text.Functions));
        Assert.Equal(assigned, Sorted(text.Assigned));
    }

    [Theory]
    [InlineData("BEGIN EXECUTE format('DELETE FROM %I', TG_ARGV[0]); RETURN NEW; END")]
    [InlineData("BEGIN NEW := f(NEW); RETURN NEW; END")]
    [InlineData("BEGIN SELECT * INTO NEW FROM t; RETURN NEW; END")]
    [InlineData("BEGIN FOR r IN EXECUTE 'SELECT 1' LOOP END LOOP; END")]
    [InlineData("BEGIN RETURN QUERY EXECUTE x; END")]
    [InlineData("BEGIN CALL p(); END")]
    [InlineData("BEGIN CREATE TEMP TABLE x (a int); END")]
    [InlineData("BEGIN EXECUTE $q$ DELETE FROM t $q$; END")]
    public void WhatPlPgSqlMakesUpIsNotUnderstood(string body) => Assert.Null(RoutineText.Read(SqlDialect.PostgreSql, body));

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
