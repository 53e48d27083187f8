using System.Text;

namespace Replay.Sql.Tests;

public class TextTemplateTests
{
    [Theory]
    [InlineData("select a from t where id = 12345", "select a from t where id = \u0001")]
    [InlineData("select 1.5, -7, 'x', 'it''s'", "select \u0001, -\u0001, \u0002, \u0002\u0002")]
    [InlineData("select t1, a2b, 0xFF, 1e5, t.5, $1", "select t1, a2b, 0xFF, 1e5, t.5, $1")]
    [InlineData("select \"a 1\" from t", "select \"a 1\" from t")]
    [InlineData("select a[1:2]", "select a[\u0001:2]")]
    public void PlainLiteralsGo(string sql, string expected) => Assert.Equal(expected, Template(sql, SqlDialect.PostgreSql));

    [Theory]
    [InlineData("select \"a 1\", `b 2`, @3", "select \u0002, `b 2`, @3")]
    public void MySqlsQuotes(string sql, string expected) => Assert.Equal(expected, Template(sql, SqlDialect.MySql));

    [Theory]
    [InlineData("select 1 -- x")]
    [InlineData("select /* 1 */ 1")]
    [InlineData("select E'a\\'b'")]
    [InlineData("select $$x$$")]
    [InlineData("select 'x")]
    [InlineData("select \u0001")]
    public void WhatCannotBeSeenAtAGlanceHasNone(string sql) => Assert.Null(Template(sql, SqlDialect.PostgreSql));

    /// <summary>The promise: same template, same shape.</summary>
    [Theory]
    [InlineData(SqlDialect.PostgreSql)]
    [InlineData(SqlDialect.MySql)]
    public void TextsOfOneTemplateHaveOneShape(SqlDialect dialect)
    {
        const int Seed = 5;
        string[] pieces = ["a", "t1", "'x'", "''", "'1'", "\"b 2\"", "\"c 3\"", "`d 4`", "`e 5`", "1", "22", "3.5", ".5", "0x1F", "1e5", "$1", "$2$", ".", ",", "(", ")", "-", "+", " ", "!", "/*!4", "*/",
            "--", "#", "@1", ":", "::", "[", "]", "=", "?", "E'", "\\", "'", "\"", "limit ", "values ", "in ", "N'q'", "/", "*"];
        var random = new Random(Seed);
        var shapes = new Dictionary<string, (string Hex, string Sql)>(StringComparer.Ordinal);
        var templates = new TextTemplate(dialect);
        var reader = new ShapeReader(dialect);
        var repeated = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var sql = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => pieces[random.Next(pieces.Length)]));
            var options = random.Next(4) == 0 ? LexerOptions.AnsiQuotes | LexerOptions.NoBackslashEscapes : LexerOptions.None;
            var bytes = Encoding.UTF8.GetBytes(sql);
            if (!templates.TryMake(bytes, options, out var template))
            {
                continue;
            }

            var hex = reader.Read(bytes, options).Fingerprint.ToString();
            var key = $"{options} {Encoding.UTF8.GetString(template)}";
            if (shapes.TryGetValue(key, out var known))
            {
                repeated++;
                Assert.True(known.Hex == hex, $"seed {Seed}, round {round}: {known.Sql} and {sql} share {key}");
            }
            else
            {
                shapes.Add(key, (hex, sql));
            }
        }

        Assert.True(repeated > 10_000, $"{repeated} texts met a template again");
    }

    private static string? Template(string sql, SqlDialect dialect, LexerOptions options = LexerOptions.None) =>
        new TextTemplate(dialect).TryMake(Encoding.UTF8.GetBytes(sql), options, out var template) ? Encoding.UTF8.GetString(template) : null;
}
