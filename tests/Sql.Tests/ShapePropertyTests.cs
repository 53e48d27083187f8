using System.Globalization;
using System.Text;

namespace Replay.Sql.Tests;

/// <summary>What changes a shape and what does not, over statements made from tokens by a seeded generator.</summary>
public class ShapePropertyTests
{
    private const int Rounds = 2000;
    private static readonly string[] Names = ["a", "b1", "orders", "total", "größe", "t_2", "x"];
    private static readonly string[] Words = ["select", "from", "where", "and", "order by", "join", "null", "not", "update", "insert into", "values", "set"];
    private static readonly string[] Operators = ["=", "<>", "<=", "*", "/", "||"];

    [Theory]
    [InlineData(SqlDialect.PostgreSql, 11)]
    [InlineData(SqlDialect.MySql, 12)]
    public void SpellingDoesNotChangeTheShape(SqlDialect dialect, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var tokens = Statement(random);
            var one = Spell(tokens, new Random(round), dialect);
            var other = Spell(tokens, new Random(round + 1_000_000), dialect);
            Assert.True(Shapes.Read(one, dialect).Hex == Shapes.Read(other, dialect).Hex, $"seed {seed}, round {round}:\n{one}\n{other}\n{Shapes.Read(one, dialect).Text}\n{Shapes.Read(other, dialect).Text}");
        }
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, 21)]
    [InlineData(SqlDialect.MySql, 22)]
    public void MeaningChangesTheShape(SqlDialect dialect, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var tokens = Statement(random);
            var changed = tokens.ToList();
            var at = random.Next(changed.Count);
            changed[at] = Different(changed[at], dialect);
            string one = Spell(tokens, new Random(1), dialect), other = Spell(changed, new Random(1), dialect);
            Assert.True(Shapes.Read(one, dialect).Hex != Shapes.Read(other, dialect).Hex, $"seed {seed}, round {round}:\n{one}\n{other}");
        }
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, 31)]
    [InlineData(SqlDialect.MySql, 32)]
    public void ANormalizedTextIsItsOwnShape(SqlDialect dialect, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var once = Shapes.Read(Spell(Statement(random), random, dialect), dialect);
            Assert.Equal(once.Text, Shapes.Read(once.Text, dialect).Text);
            Assert.Equal(once.Hex, Shapes.Read(once.Text, dialect).Hex);
        }
    }

    [Theory]
    [InlineData("a", "\"a\"")]
    [InlineData("a", "\"A\"")]
    [InlineData("null", "1")]
    [InlineData("true", "1")]
    [InlineData("a = 1", "a <> 1")]
    [InlineData("a, b", "b, a")]
    [InlineData("t.a", "ta")]
    [InlineData("a b", "ab")]
    [InlineData("a(1)", "a[1]")]
    public void Distinct(string one, string other) => Assert.NotEqual(Shapes.Postgres($"select {one}").Hex, Shapes.Postgres($"select {other}").Hex);

    private static List<string> Statement(Random random)
    {
        var tokens = new List<string> { "select" };
        for (var n = random.Next(2, 12); n > 0; n--)
        {
            tokens.Add(Words[random.Next(Words.Length)]);
            tokens.Add(Names[random.Next(Names.Length)]);
            tokens.Add(Operators[random.Next(Operators.Length)]);
            tokens.Add(random.Next(3) switch { 0 => "LIT", 1 => "LIST", _ => Names[random.Next(Names.Length)] });
        }

        return tokens;
    }

    private static string Different(string token, SqlDialect dialect) => token switch
    {
        "LIT" or "LIST" => "null",
        _ when Operators.Contains(token) => token == "=" ? "<" : "=",
        _ when Names.Contains(token) => dialect == SqlDialect.MySql ? $"`{token}`" : $"\"{token}\"",
        _ => "other",
    };

    private static string Spell(List<string> tokens, Random random, SqlDialect dialect)
    {
        var sql = new StringBuilder();
        foreach (var token in tokens)
        {
            sql.Append(Blank(random, dialect));
            sql.Append(token switch
            {
                "LIT" => Literal(random, dialect),
                "LIST" => "(" + string.Join(Blank(random, dialect) + ",", Enumerable.Range(0, random.Next(1, 5)).Select(_ => Literal(random, dialect))) + ")",
                _ when char.IsAscii(token[0]) => new string(token.Select(c => random.Next(2) == 0 || !char.IsAscii(c) ? c : char.ToUpperInvariant(c)).ToArray()),
                _ => token,
            });
        }

        return sql.Append(random.Next(2) == 0 ? ";" : " ").ToString();
    }

    private static string Blank(Random random, SqlDialect dialect) => random.Next(6) switch
    {
        0 => "\n\t",
        1 => " /* c 'x' */ ",
        2 => " -- c ?\n",
        3 when dialect == SqlDialect.MySql => " # c\n",
        _ => " ",
    };

    private static string Literal(Random random, SqlDialect dialect)
    {
        var number = random.Next(100_000).ToString(CultureInfo.InvariantCulture);
        return random.Next(7) switch
        {
            0 => number,
            1 => $"-{number}.5e3",
            2 => $"'it''s {number}, (x'",
            3 => dialect == SqlDialect.MySql ? $"\"{number}\\\" \"" : $"E'{number}\\' '",
            4 => dialect == SqlDialect.MySql ? "?" : "$1",
            5 => dialect == SqlDialect.MySql ? "0xAF" : "$q$ ' $q$",
            _ => "x'00'",
        };
    }
}
