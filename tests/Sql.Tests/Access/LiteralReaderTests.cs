using System.Text;

namespace Replay.Sql.Tests.Access;

public class LiteralReaderTests
{
    [Theory]
    [InlineData(SqlDialect.PostgreSql, "update t set a = 'x' where id = -5", "'x'|5")]
    [InlineData(SqlDialect.PostgreSql, "update t set a = E'x\\'' where id in (1.5, $1, $$q$$) -- 7", "E'x\\''|1.5|$$q$$")]
    [InlineData(SqlDialect.MySql, "update t set a = \"x\" where id = ? and 2b = 3 # 4", "\"x\"|3")]
    public void LiteralsAreFoundInOrder(SqlDialect dialect, string sql, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var spans = new TextSpan[8];
        var count = LiteralReader.Read(bytes, dialect, LexerOptions.None, spans);
        Assert.Equal(expected, string.Join('|', spans.Take(count).Select(s => Encoding.UTF8.GetString(s.Of(bytes)))));
        Assert.Equal(count, Accesses.Of(dialect, sql).Literals);
    }

    [Theory]
    [InlineData("5", "5", false)]
    [InlineData(".5e3", ".5e3", false)]
    [InlineData("'abc'", "abc", true)]
    [InlineData("E'abc'", "abc", true)]
    [InlineData("n'abc'", "abc", true)]
    [InlineData("\"abc\"", "abc", true)]
    [InlineData("''", "", true)]
    [InlineData("'a''b'", null, true)]
    [InlineData("E'a\\nb'", null, true)]
    [InlineData("x'41'", null, true)]
    [InlineData("$$a$$", null, true)]
    [InlineData("'abc", null, true)]
    [InlineData("'", null, true)]
    [InlineData("", null, false)]
    public void ValuesAreGivenWhereBytesAreTheValue(string literal, string? expected, bool isString)
    {
        var found = LiteralReader.TryValue(Encoding.UTF8.GetBytes(literal), backslashEscapes: false, out var value, out var wasString);
        Assert.Equal(expected, found ? Encoding.UTF8.GetString(value) : null);
        Assert.Equal(isString, wasString);
    }

    [Fact]
    public void ABackslashIsItselfWhereItEscapesNothing()
    {
        Assert.True(LiteralReader.TryValue("'a\\b'"u8, backslashEscapes: false, out _, out _));
        Assert.False(LiteralReader.TryValue("'a\\b'"u8, backslashEscapes: true, out _, out _));
    }

    // What a TextAccess says of one text must hold for all with its template: that is what it is kept for.
    [Theory]
    [InlineData(SqlDialect.PostgreSql)]
    [InlineData(SqlDialect.MySql)]
    public void TextsOfOneTemplateHaveOneAccess(SqlDialect dialect)
    {
        string[] pieces = ["select ", "update t set a = ", " where ", "id = ", "b in (", ", ", ") ", " and ", " or ", "#l", "#l", "-", "x", "x'41'", "(", ")", "insert into t values (", " from t", "::int", "\"q\"", "$1", "?"];
        const int Seed = 20261121;
        var random = new Random(Seed);
        var template = new TextTemplate(dialect);
        var checkedTexts = 0;
        for (var round = 0; round < 30_000; round++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(2, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            string first = Fill(pattern, random), second = Fill(pattern, random);
            if (!template.TryMake(Encoding.UTF8.GetBytes(first), LexerOptions.None, out var one))
            {
                continue;
            }

            var kept = one.ToArray();
            if (template.TryMake(Encoding.UTF8.GetBytes(second), LexerOptions.None, out var other) && other.SequenceEqual(kept))
            {
                checkedTexts++;
                Assert.True(
                    Accesses.Describe(dialect, first) == Accesses.Describe(dialect, second) && Accesses.Of(dialect, first).Literals == Accesses.Of(dialect, second).Literals,
                    $"seed {Seed}, round {round}: {first} <> {second}");
            }
        }

        Assert.True(checkedTexts > 1000, $"only {checkedTexts} were compared");
    }

    private static string Fill(string pattern, Random random)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '#')
            {
                i++;
                text.Append(random.Next(3) switch { 0 => "7", 1 => "123.25", _ => "'ab'" });
            }
            else
            {
                text.Append(pattern[i]);
            }
        }

        return text.ToString();
    }
}
