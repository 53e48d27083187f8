using System.Text;

namespace Replay.Sql.Tests;

public class SecretsAndCommentsTests
{
    [Theory]
    [InlineData(SqlDialect.PostgreSql, "alter role r with encrypted password 'S'", "'S'")]
    [InlineData(SqlDialect.PostgreSql, "create user u password $$S$$ valid until 'x'", "$$S$$|'x'")]
    [InlineData(SqlDialect.PostgreSql, "create user mapping for u server s options (user 'u', password 'S')", "'S'")]
    [InlineData(SqlDialect.PostgreSql, "create subscription s connection 'host=h password=S' publication p", "'host=h password=S'")]
    [InlineData(SqlDialect.MySql, "create user 'u'@'h' identified by 'S'", "'S'")]
    [InlineData(SqlDialect.MySql, "create or replace user u identified by \"S\"", "\"S\"")]
    [InlineData(SqlDialect.MySql, "alter user u identified with p as 'S'", "'S'")]
    [InlineData(SqlDialect.MySql, "set password for 'u'@'h' = password('S')", "'u'|'h'|'S'")]
    [InlineData(SqlDialect.MySql, "grant all on *.* to u identified by 'S'", "'S'")]
    [InlineData(SqlDialect.MySql, "change master to master_host='h', master_password='S'", "'S'")]
    [InlineData(SqlDialect.MySql, "create table t (password varchar(9) default 'x')", "")]
    [InlineData(SqlDialect.MySql, "update users set password = 'x' where id = 1", "")]
    [InlineData(SqlDialect.MySql, "set @password = 'x'", "")]
    [InlineData(SqlDialect.PostgreSql, "create function f(password text) returns int as $$ select 1 $$ language sql", "")]
    public void SecretsAreFound(SqlDialect dialect, string sql, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(sql);
        var shape = new ShapeReader(dialect).Read(bytes);
        var found = new List<string>();
        foreach (var secret in shape.Secrets)
        {
            found.Add(Encoding.ASCII.GetString(secret.Of(bytes)));
        }

        Assert.Equal(expected, string.Join('|', found));
        Assert.Equal(expected.Length > 0, shape.Flags.HasFlag(StatementFlags.CarriesSecret));
        Assert.DoesNotContain("S", Encoding.ASCII.GetString(shape.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void MoreSecretsThanCanBeToldApartReachToTheEnd()
    {
        var sql = "create user " + string.Join(", ", Enumerable.Range(0, 40).Select(i => $"u{i} identified by 's{i}'")) + " comment 'c'";
        var shape = new ShapeReader(SqlDialect.MySql).Read(Encoding.ASCII.GetBytes(sql));
        Assert.Equal(ShapeReader.MaxSecrets, shape.Secrets.Length);
        Assert.Equal(sql.Length, shape.Secrets[^1].Start + shape.Secrets[^1].Length);
    }

    [Theory]
    [InlineData("select 1 /*app='billing',traceparent='00-ab-01'*/", "app=billing|traceparent=00-ab-01")]
    [InlineData("/* a='it\\'s', b='2' */ select 1", "a=it\\'s|b=2")]
    [InlineData("select 1 -- app:web,route:/x", "app=web|route=/x")]
    [InlineData("select 1 /* why = we do this */ /*k='v'", "why=we do this|k=v")]
    [InlineData("select 1 /* only words here */", "")]
    [InlineData("select 1 /* k='unfinished */", "")]
    [InlineData("select 1 /**/ /*", "")]
    [InlineData("select '/* k=''v'' */'", "")]
    public void CommentTagsAreRead(string sql, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(sql);
        var shape = new ShapeReader(SqlDialect.PostgreSql).Read(bytes);
        var found = new List<string>();
        foreach (var comment in shape.Comments)
        {
            foreach (var tag in new CommentTags(comment.Of(bytes)))
            {
                found.Add($"{Encoding.ASCII.GetString(tag.Key)}={Encoding.ASCII.GetString(tag.Value)}");
            }
        }

        Assert.Equal(expected, string.Join('|', found));
    }
}
